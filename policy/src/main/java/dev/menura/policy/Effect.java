package dev.menura.policy;

/// What an accompanying action, or a rule in `mode: observe`, that stands before the deciding rule
/// comes to.
///
/// @param rule the rule
/// @param action one of its actions; for a rule in `mode: observe` it is reported and not carried
///   out
/// @param known true where the condition is true, false where the content that it asks about was
///   not seen
public record Effect(Rule rule, Action action, boolean known) {}

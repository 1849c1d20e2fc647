package dev.menura.policy;

/// A condition that had no value for the facts of an exchange.
///
/// @param reason what went wrong, in words, without anything that a peer sent
public record RuleFailure(Rule rule, String reason) {}

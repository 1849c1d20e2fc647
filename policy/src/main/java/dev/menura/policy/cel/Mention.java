package dev.menura.policy.cel;

/// A fixed text that a condition compares a variable with.
///
/// @param offset the index of the text in the expression, in code points
public record Mention(Variable variable, String text, int offset) {}

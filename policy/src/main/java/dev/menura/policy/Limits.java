package dev.menura.policy;

/// The bounds of inspection for one body, from `spec.limits`.
///
/// @param inspectedBytes how many bytes of a body, as sent, are inspected
/// @param heldBytes how many bytes of a message wait for a verdict at the most
/// @param decompressedBytes how many bytes a compressed body may come to
/// @param decompressionRatio how many times larger a body may become than what was sent; checked
///   past 1 MiB of output
public record Limits(
    long inspectedBytes, long heldBytes, long decompressedBytes, int decompressionRatio) {}

package dev.menura.certificates.upstream;

import java.time.Duration;

/// How much a peek may take, and how long what it saw is believed.
///
/// @param deadline for connecting and the handshake together
/// @param bytesMax bytes that an origin may send in a handshake
/// @param concurrentMax peeks under way at once; more wait, within their deadline
/// @param cacheBytesMax memory for looks that are remembered
/// @param validFor how long a valid certificate is believed; never beyond its own expiry
/// @param problemFor how long a problem is believed
/// @param unreachableFor how long an origin is taken as unreachable
public record PeekLimits(
    Duration deadline,
    int bytesMax,
    int concurrentMax,
    long cacheBytesMax,
    Duration validFor,
    Duration problemFor,
    Duration unreachableFor) {
  public static final PeekLimits DEFAULT =
      new PeekLimits(
          Duration.ofSeconds(5),
          128 * 1024,
          256,
          32L * 1024 * 1024,
          Duration.ofMinutes(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(5));
}

package dev.menura.certificates.secrets;

import java.time.Duration;

/// How many names are kept for Envoy, and how long.
///
/// @param namesMax names whose leaves are kept; beyond, the least recently admitted are removed
/// @param askWithin how long after its admission a name must be asked for first
/// @param shareFor how long after it was put a leaf also serves for other valid certificates of its
///   name
/// @param spellingsMax ways to write one name (upper case, trailing dot) that are served at once
/// @param batchMax secrets in one response; the others follow when Envoy has acknowledged it
public record SecretLimits(
    int namesMax, Duration askWithin, Duration shareFor, int spellingsMax, int batchMax) {
  public static final SecretLimits TRUSTED =
      new SecretLimits(2_000, Duration.ofSeconds(30), Duration.ofMinutes(1), 4, 200);

  /// Envoy opens a stream for each name of the block page: these cost it more.
  public static final SecretLimits BLOCK =
      new SecretLimits(500, Duration.ofSeconds(30), Duration.ofMinutes(1), 4, 200);

  /// As [#BLOCK].
  public static final SecretLimits DISTRUST = BLOCK;
}

package dev.menura.certificates.authority;

import java.time.Duration;

/// What leaves may be like.
///
/// @param validity how long a mimic is valid at most; never beyond the original or the authority
/// @param pageValidity how long a certificate of the block page is valid
/// @param namesMax subject alternative names that a mimic carries at most
/// @param namesBytesMax bytes that they may take
/// @param keyAge when a leaf key is replaced
/// @param keyUses after how many leaves a leaf key is replaced
/// @param rsaWait how long a mint waits for an RSA key that is being made; then it takes P-256
public record MintLimits(
    Duration validity,
    Duration pageValidity,
    int namesMax,
    int namesBytesMax,
    Duration keyAge,
    int keyUses,
    Duration rsaWait) {
  public static final MintLimits DEFAULT =
      new MintLimits(
          Duration.ofDays(7),
          Duration.ofDays(1),
          200,
          8 * 1024,
          Duration.ofDays(1),
          10_000,
          Duration.ofMillis(250));
}

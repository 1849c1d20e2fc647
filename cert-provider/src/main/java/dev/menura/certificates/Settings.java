package dev.menura.certificates;

import dev.menura.certificates.authority.AuthoritySettings;
import dev.menura.certificates.authority.Crypto;
import dev.menura.certificates.authority.MintLimits;
import dev.menura.certificates.secrets.SecretLimits;
import dev.menura.certificates.upstream.PeekLimits;
import dev.menura.certificates.upstream.TlsOffer;
import java.nio.file.Path;

/// How a certificate provider is set up.
///
/// @param authority how the authority is kept
/// @param crypto who computes signatures
/// @param offer what origins are offered in TLS when they are looked at
/// @param trusted the limits of names for which mimics are kept
/// @param block the limits of names for which certificates of the block page are kept
/// @param distrust the limits of names for which mimics are kept that no client trusts
public record Settings(
    AuthoritySettings authority,
    Crypto crypto,
    TlsOffer offer,
    PeekLimits peek,
    MintLimits mint,
    SecretLimits trusted,
    SecretLimits block,
    SecretLimits distrust) {

  /// The defaults, with the authority in `ca` below the data directory.
  public static Settings in(Path data) {
    return new Settings(
        AuthoritySettings.in(data.resolve("ca")),
        Crypto.preferred(),
        TlsOffer.STANDARD,
        PeekLimits.DEFAULT,
        MintLimits.DEFAULT,
        SecretLimits.TRUSTED,
        SecretLimits.BLOCK,
        SecretLimits.DISTRUST);
  }
}

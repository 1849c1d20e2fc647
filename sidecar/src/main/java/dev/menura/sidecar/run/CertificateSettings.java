package dev.menura.sidecar.run;

import dev.menura.certificates.Settings;
import dev.menura.certificates.authority.MintLimits;
import dev.menura.certificates.path.Profile;
import dev.menura.certificates.secrets.SecretLimits;
import dev.menura.certificates.upstream.PeekLimits;
import dev.menura.certificates.upstream.RevocationMode;
import dev.menura.certificates.upstream.Roots;
import dev.menura.certificates.upstream.TlsOffer;
import dev.menura.policy.Gateway;
import dev.menura.policy.TlsRules;
import java.security.cert.CertificateException;
import java.util.List;

/// What the `Gateway` document says of certificates, for the provider.
final class CertificateSettings {
  private CertificateSettings() {}

  static Settings of(Settings defaults, Gateway gateway) {
    var peek = defaults.peek();
    var mint = defaults.mint();
    var trusted = defaults.trusted();
    return new Settings(
        CaSettings.of(gateway.ca(), defaults.authority()),
        defaults.crypto(),
        offer(gateway.tls()),
        new PeekLimits(
            gateway.timeouts().peek(),
            peek.bytesMax(),
            peek.concurrentMax(),
            peek.cacheBytesMax(),
            peek.validFor(),
            peek.problemFor(),
            peek.unreachableFor()),
        new MintLimits(
            gateway.certificates().validity(),
            mint.pageValidity(),
            mint.namesMax(),
            mint.namesBytesMax(),
            mint.keyAge(),
            mint.keyUses(),
            mint.rsaWait()),
        new SecretLimits(
            gateway.certificates().names(),
            trusted.askWithin(),
            trusted.shareFor(),
            trusted.spellingsMax(),
            trusted.batchMax()),
        defaults.block(),
        defaults.distrust());
  }

  private static TlsOffer offer(TlsRules tls) {
    return new TlsOffer(
        switch (tls.upstreamMinimum()) {
          case TLS_1_2 -> TlsOffer.Lowest.TLS_1_2;
          case TLS_1_3 -> TlsOffer.Lowest.TLS_1_3;
        },
        switch (tls.restriction()) {
          case NONE -> TlsOffer.Algorithms.SOUND;
          case FIPS -> TlsOffer.Algorithms.FIPS;
        });
  }

  static Roots roots(Gateway gateway) {
    var trust = gateway.upstream().trust();
    try {
      var further =
          trust.roots().isEmpty() ? Roots.of(List.of()) : Roots.of(List.of(trust.rootsPem()));
      Roots roots = trust.systemRoots() ? Roots.system().and(further) : further;
      return switch (trust.profile()) {
        case BY_ROOT -> roots;
        case WEBPKI_STRICT -> roots.heldTo(Profile.WEBPKI_STRICT);
        case PRIVATE_CA -> roots.heldTo(Profile.PRIVATE_CA);
      };
    } catch (CertificateException e) {
      throw new IllegalStateException("roots that the policy's loader has read", e);
    }
  }

  static RevocationMode revocation(Gateway gateway) {
    return switch (gateway.upstream().trust().revocation()) {
      case SOFT -> RevocationMode.SOFT;
      case HARD -> RevocationMode.HARD;
      case OFF -> RevocationMode.OFF;
    };
  }
}

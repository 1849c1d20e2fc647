package dev.menura.certificates.authority;

import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.Pem;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;

/// What the world may know of a gateway's authorities at one time.
///
/// @param certificate the one that issues leaves
/// @param published those that clients are to trust, the issuing authority's first
/// @param own one for each of our keys: whatever one of them signed is never to be trusted as an
///   origin's. A root above them, whose key is elsewhere, is not among them: a company's own root
///   may stand above its origins too
public record Standing(
    X509Certificate certificate, List<X509Certificate> published, List<X509Certificate> own) {
  /// @throws IllegalArgumentException where nothing is published, the issuing one is not among our
  ///   own, or it has no key identifier
  public Standing {
    published = List.copyOf(published);
    own = List.copyOf(own);
    if (published.isEmpty() || !own.contains(certificate)) {
      throw new IllegalArgumentException("an authority that is not our own, or not published");
    }
  }

  /// The certificate that clients are to trust: that which issues leaves, or a root above it.
  public X509Certificate anchor() {
    return published.getFirst();
  }

  /// The [#anchor].
  public String pem() {
    return Pem.certificate(anchor());
  }

  /// [#published] in PEM.
  public String publishedPem() {
    return Pem.certificates(published);
  }

  /// The SHA-256 of the certificate that issues leaves, in hexadecimal.
  public String fingerprint() {
    return Fingerprint.of(certificate);
  }

  /// The subject key identifier of the certificate that issues leaves, in hexadecimal.
  public String keyIdentifier() {
    return HexFormat.of().formatHex(AuthorityCertificates.keyIdentifier(certificate));
  }
}

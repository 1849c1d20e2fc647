package dev.menura.certificates.authority;

import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.Pem;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/// A certificate that we issued for a leaf, and what is sent along with it, without the leaf's key.
/// Immutable.
public final class LeafCertificate {
  private final byte[] der;
  private final List<X509Certificate> sentAlong;
  private final Instant notAfter;
  private final Instant renewAt;

  /// @param der the certificate, which is read only when somebody asks for it
  /// @param sentAlong where the authority is none that clients know, the certificates that lead
  ///   from it to one that they know
  /// @param renewAt from when on another one should take its place
  public LeafCertificate(
      byte[] der, List<X509Certificate> sentAlong, Instant notAfter, Instant renewAt) {
    this.der = der.clone();
    this.sentAlong = List.copyOf(sentAlong);
    this.notAfter = notAfter;
    this.renewAt = renewAt;
  }

  /// Reads the certificate.
  public X509Certificate certificate() {
    return Signed.parse(der);
  }

  public byte[] der() {
    return der.clone();
  }

  public List<X509Certificate> sentAlong() {
    return sentAlong;
  }

  public Instant notAfter() {
    return notAfter;
  }

  public Instant renewAt() {
    return renewAt;
  }

  String fingerprint() {
    return Fingerprint.of(der);
  }

  List<X509Certificate> chain() {
    return Stream.concat(Stream.of(certificate()), sentAlong.stream()).toList();
  }

  String pem() {
    return Pem.certificate(der) + Pem.certificates(sentAlong);
  }
}

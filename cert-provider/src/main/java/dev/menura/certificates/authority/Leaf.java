package dev.menura.certificates.authority;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/// A certificate that we issued, with the key that it is for, and what is sent along with it. It is
/// no record, so that the key is printed nowhere by accident.
public final class Leaf {
  private final LeafCertificate certificate;
  private final LeafKey key;

  Leaf(LeafCertificate certificate, LeafKey key) {
    this.certificate = certificate;
    this.key = key;
  }

  /// Reads the certificate.
  public X509Certificate certificate() {
    return certificate.certificate();
  }

  /// The SHA-256 of the certificate in hexadecimal.
  public String fingerprint() {
    return certificate.fingerprint();
  }

  /// What a handshake presents: the leaf, and where the authority is none that clients know, the
  /// certificates that lead from it to one that they know.
  public List<X509Certificate> chain() {
    return certificate.chain();
  }

  /// The [#chain].
  public String certificatePem() {
    return certificate.pem();
  }

  /// PKCS#8. The same text object for all leaves of one key.
  public String keyPem() {
    return key.pem();
  }

  /// From when on another leaf should take its place; far in the future where another one could not
  /// be valid any longer than this one.
  public Instant renewAt() {
    return certificate.renewAt();
  }

  public Instant notAfter() {
    return certificate.notAfter();
  }

  @Override
  public String toString() {
    return "Leaf[" + fingerprint() + "]";
  }
}

package dev.menura.certificates.authority;

import dev.menura.certificates.x509.Pem;
import java.security.cert.X509Certificate;
import java.time.Instant;

/// A certificate that our authority issued, with the key that it is for. It is no record, so that
/// the key is printed nowhere by accident.
public final class Leaf {
  private final X509Certificate certificate;
  private final LeafKey key;
  private final Instant renewAt;

  Leaf(X509Certificate certificate, LeafKey key, Instant renewAt) {
    this.certificate = certificate;
    this.key = key;
    this.renewAt = renewAt;
  }

  public X509Certificate certificate() {
    return certificate;
  }

  public String certificatePem() {
    return Pem.certificate(certificate);
  }

  /// PKCS#8. The same text object for all leaves of one key.
  public String keyPem() {
    return key.pem();
  }

  /// From when on another leaf should take its place; far in the future where another one could not
  /// be valid any longer than this one.
  public Instant renewAt() {
    return renewAt;
  }

  public Instant notAfter() {
    return certificate.getNotAfter().toInstant();
  }

  @Override
  public String toString() {
    return "Leaf[" + certificate.getSerialNumber().toString(16) + "]";
  }
}

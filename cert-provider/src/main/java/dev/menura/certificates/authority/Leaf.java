package dev.menura.certificates.authority;

import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.Pem;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/// A certificate that we issued, with the key that it is for, and what is sent along with it. It is
/// no record, so that the key is printed nowhere by accident.
public final class Leaf {
  private final byte[] certificate;
  private final List<X509Certificate> sentAlong;
  private final LeafKey key;
  private final Validity validity;

  /// @param certificate its DER, which is read only when somebody asks for it
  Leaf(byte[] certificate, List<X509Certificate> sentAlong, LeafKey key, Validity validity) {
    this.certificate = certificate;
    this.sentAlong = List.copyOf(sentAlong);
    this.key = key;
    this.validity = validity;
  }

  /// Reads the certificate.
  public X509Certificate certificate() {
    return Signed.parse(certificate);
  }

  /// The SHA-256 of the certificate in hexadecimal.
  public String fingerprint() {
    return Fingerprint.of(certificate);
  }

  /// What a handshake presents: the leaf, and where the authority is none that clients know, the
  /// certificates that lead from it to one that they know.
  public List<X509Certificate> chain() {
    return Stream.concat(Stream.of(certificate()), sentAlong.stream()).toList();
  }

  /// The [#chain].
  public String certificatePem() {
    return Pem.certificate(certificate) + Pem.certificates(sentAlong);
  }

  /// PKCS#8. The same text object for all leaves of one key.
  public String keyPem() {
    return key.pem();
  }

  /// From when on another leaf should take its place; far in the future where another one could not
  /// be valid any longer than this one.
  public Instant renewAt() {
    return validity.renewAt();
  }

  public Instant notAfter() {
    return validity.until();
  }

  @Override
  public String toString() {
    return "Leaf[" + fingerprint() + "]";
  }
}

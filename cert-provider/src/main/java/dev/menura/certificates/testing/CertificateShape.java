package dev.menura.certificates.testing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.jspecify.annotations.Nullable;

/// What a certificate is to look like. Immutable: each method returns a changed copy. Without a
/// change it is a sound server certificate: P-256, SHA-256, valid from yesterday for ninety days.
public final class CertificateShape {
  /// Kinds of key; some are too weak to be accepted, on purpose.
  public enum KeyType {
    P256,
    P384,
    P521,
    ED25519,
    RSA_1024,
    RSA_2048,
    RSA_3072,
    RSA_4096,
    /// Of 2048 bits, for RSASSA-PSS alone (RFC 4055).
    RSA_PSS
  }

  /// Digests of the issuer's signature; SHA-1 is too weak to be accepted, on purpose.
  public enum Digest {
    SHA1,
    SHA256,
    SHA384
  }

  /// What the certificate may be used for.
  public enum Purpose {
    SERVER,
    CLIENT,
    UNRESTRICTED
  }

  final List<String> names;
  final String subject;
  final @Nullable Instant notBefore;
  final @Nullable Instant notAfter;
  final KeyType key;
  final Digest digest;
  final Purpose purpose;
  final List<Extension> extensions;

  private CertificateShape(
      List<String> names,
      String subject,
      @Nullable Instant notBefore,
      @Nullable Instant notAfter,
      KeyType key,
      Digest digest,
      Purpose purpose,
      List<Extension> extensions) {
    this.names = List.copyOf(names);
    this.subject = subject;
    this.notBefore = notBefore;
    this.notAfter = notAfter;
    this.key = key;
    this.digest = digest;
    this.purpose = purpose;
    this.extensions = List.copyOf(extensions);
  }

  /// A server certificate for these DNS names and IP addresses; the first is the common name too.
  public static CertificateShape forNames(String... names) {
    String subject = names.length == 0 ? "" : "CN=" + names[0];
    return sound(List.of(names), subject);
  }

  /// A certificate without subject alternative names, as authorities have.
  ///
  /// @param commonName the common name alone, without `CN=`
  public static CertificateShape forAuthority(String commonName) {
    return sound(List.of(), "CN=" + commonName);
  }

  private static CertificateShape sound(List<String> names, String subject) {
    return new CertificateShape(
        names, subject, null, null, KeyType.P256, Digest.SHA256, Purpose.SERVER, List.of());
  }

  /// @param name a distinguished name as RFC 4514 writes it, most specific first; may be empty
  public CertificateShape subject(String name) {
    return new CertificateShape(names, name, notBefore, notAfter, key, digest, purpose, extensions);
  }

  public CertificateShape validFrom(Instant time) {
    return new CertificateShape(names, subject, time, notAfter, key, digest, purpose, extensions);
  }

  public CertificateShape validUntil(Instant time) {
    return new CertificateShape(names, subject, notBefore, time, key, digest, purpose, extensions);
  }

  public CertificateShape key(KeyType kind) {
    return new CertificateShape(
        names, subject, notBefore, notAfter, kind, digest, purpose, extensions);
  }

  public CertificateShape signedWith(Digest strength) {
    return new CertificateShape(
        names, subject, notBefore, notAfter, key, strength, purpose, extensions);
  }

  public CertificateShape purpose(Purpose use) {
    return new CertificateShape(names, subject, notBefore, notAfter, key, digest, use, extensions);
  }

  /// Adds an extension as it is; one that would be made otherwise gives way to it.
  ///
  /// @param der the extension's value, not wrapped in an octet string
  public CertificateShape extension(String oid, boolean critical, byte[] der) {
    var all = new ArrayList<>(extensions);
    all.add(new Extension(new ASN1ObjectIdentifier(oid), critical, der));
    return new CertificateShape(names, subject, notBefore, notAfter, key, digest, purpose, all);
  }
}

package dev.menura.certificates.authority;

import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.Pem;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;

/// An authority that issues leaves: its certificate, what is sent along with its leaves, and the
/// means to sign. Immutable.
public final class CertificateAuthority {
  private final X509Certificate certificate;
  private final X509Certificate anchor;
  private final List<X509Certificate> sentAlong;
  private final Issuer issuer;
  private final byte[] keyIdentifier;
  private final X500Name name;
  private final NameLimits nameLimits;

  CertificateAuthority(Register.Entry entry, Issuer issuer) {
    this.certificate = entry.certificate();
    this.anchor = entry.anchor();
    this.sentAlong = entry.sentAlong();
    this.issuer = issuer;
    this.keyIdentifier = AuthorityCertificates.keyIdentifier(certificate);
    this.name = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    this.nameLimits =
        NameLimits.of(Stream.concat(Stream.of(certificate), Stream.of(anchor)).distinct().toList());
  }

  /// Reads the authority of this directory, or makes it where there is none, its key in a file.
  ///
  /// @param directory the authority's own directory; its parent is made where it is missing
  /// @throws AuthorityException where what is there cannot be used
  public static CertificateAuthority open(
      Path directory, Crypto crypto, Clock clock, SecureRandom random) throws AuthorityException {
    return Authorities.open(AuthoritySettings.in(directory), crypto, clock, random).active();
  }

  /// An authority that nobody trusts and that lives as long as this process: for leaves that stand
  /// for originals with a problem.
  static CertificateAuthority untrusted(Crypto crypto, Clock clock, SecureRandom random) {
    KeyPair key = Crypto.JAVA.ellipticCurve("secp256r1", random);
    var issuer = new Issuer(crypto, key.getPrivate(), key.getPublic());
    var root = AuthorityCertificates.untrusted(issuer, key.getPublic(), clock.instant(), random);
    return new CertificateAuthority(
        Register.Entry.root(Register.Role.ACTIVE, "memory", root), issuer);
  }

  /// A certificate that looks like an authority's, whose key is forgotten at once: as the only root
  /// it makes sure that nothing is trusted.
  public static X509Certificate withoutKey(Clock clock, SecureRandom random) {
    KeyPair key = Crypto.JAVA.ellipticCurve("secp256r1", random);
    var issuer = new Issuer(Crypto.JAVA, key.getPrivate(), key.getPublic());
    return AuthorityCertificates.root(issuer, key.getPublic(), clock.instant(), random);
  }

  /// The certificate that issues leaves.
  public X509Certificate certificate() {
    return certificate;
  }

  /// The certificate that clients are to trust: that which issues leaves, or a root above it.
  public X509Certificate anchor() {
    return anchor;
  }

  /// The [#anchor].
  public String pem() {
    return Pem.certificate(anchor);
  }

  /// The SHA-256 of the certificate that issues leaves, in hexadecimal.
  public String fingerprint() {
    return Fingerprint.of(certificate);
  }

  /// What is sent behind each leaf.
  List<X509Certificate> sentAlong() {
    return sentAlong;
  }

  Issuer issuer() {
    return issuer;
  }

  X500Name name() {
    return name;
  }

  NameLimits nameLimits() {
    return nameLimits;
  }

  /// The subject key identifier, as the certificate has it.
  byte[] keyIdentifier() {
    return keyIdentifier.clone();
  }

  /// Says which authority this is, and nothing of its key.
  @Override
  public String toString() {
    return "CertificateAuthority[" + certificate.getSubjectX500Principal().getName() + "]";
  }
}

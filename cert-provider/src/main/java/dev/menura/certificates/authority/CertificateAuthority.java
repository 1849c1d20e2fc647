package dev.menura.certificates.authority;

import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;

/// The authority that clients of this gateway trust. It is made at the first start, and only ever
/// issues leaves: its path length is zero.
public final class CertificateAuthority {
  private static final Duration VALIDITY = Duration.ofDays(5 * 365);
  private static final Duration BACKDATING = Duration.ofDays(1);

  private final X509Certificate certificate;
  private final Issuer issuer;
  private final byte[] keyIdentifier;

  private CertificateAuthority(X509Certificate certificate, Issuer issuer) {
    this.certificate = certificate;
    this.issuer = issuer;
    byte[] extension = certificate.getExtensionValue(Extension.subjectKeyIdentifier.getId());
    this.keyIdentifier =
        SubjectKeyIdentifier.getInstance(ASN1OctetString.getInstance(extension).getOctets())
            .getKeyIdentifier();
  }

  /// Reads the authority of this directory, or makes it where there is none.
  ///
  /// @param directory the authority's own directory; its parent is made where it is missing
  /// @throws AuthorityException where what is there cannot be used
  public static CertificateAuthority open(
      Path directory, Crypto crypto, Clock clock, SecureRandom random) throws AuthorityException {
    var files = new AuthorityFiles(directory);
    try {
      if (files.absent()) {
        KeyPair key = Crypto.JAVA.ellipticCurve("secp256r1", random);
        var made = selfSigned(key, clock.instant(), random);
        files.create(Pem.certificate(made), Pem.privateKey(key.getPrivate()));
      }
      return load(files, crypto, clock.instant());
    } catch (IOException e) {
      throw new AuthorityException(
          "the authority in " + directory + " cannot be read or written: " + e.getMessage(), e);
    }
  }

  private static CertificateAuthority load(AuthorityFiles files, Crypto crypto, Instant now)
      throws AuthorityException, IOException {
    files.check();
    X509Certificate certificate = readCertificate(files);
    PrivateKey key = readKey(files, certificate);
    var issuer = new Issuer(crypto, key, certificate.getPublicKey());
    if (!matches(issuer, certificate)) {
      throw new AuthorityException(
          files.key() + ": expected the key of " + files.certificate() + ", found another key");
    }
    if (now.isAfter(certificate.getNotAfter().toInstant())) {
      throw new AuthorityException(
          files.certificate()
              + ": expected a certificate that is valid now, found one that expired on "
              + certificate.getNotAfter().toInstant()
              + "; to have a new authority made, which clients must then be told to trust: mv "
              + files.directory()
              + " "
              + files.directory()
              + ".expired");
    }
    return new CertificateAuthority(certificate, issuer);
  }

  private static X509Certificate readCertificate(AuthorityFiles files)
      throws AuthorityException, IOException {
    try {
      var found = Pem.readCertificates(files.readCertificate());
      if (found.size() != 1) {
        throw new AuthorityException(
            files.certificate() + ": expected one certificate, found " + found.size());
      }
      X509Certificate certificate = found.getFirst();
      boolean[] usage = certificate.getKeyUsage();
      boolean signs = usage != null && usage.length > 5 && usage[5];
      if (certificate.getBasicConstraints() < 0
          || !signs
          || certificate.getExtensionValue(Extension.subjectKeyIdentifier.getId()) == null) {
        throw new AuthorityException(
            files.certificate()
                + ": expected the certificate of an authority (CA:TRUE, keyCertSign, a subject key"
                + " identifier), found another");
      }
      return certificate;
    } catch (CertificateException e) {
      throw new AuthorityException(
          files.certificate() + ": expected a certificate in PEM: " + e.getMessage(), e);
    }
  }

  private static PrivateKey readKey(AuthorityFiles files, X509Certificate certificate)
      throws AuthorityException, IOException {
    try {
      return Pem.readPrivateKey(files.readKey(), certificate.getPublicKey().getAlgorithm());
    } catch (GeneralSecurityException e) {
      // The cause is left out: its text could hold a part of the key.
      throw new AuthorityException(
          files.key() + ": expected one PKCS#8 private key in PEM, of the certificate's kind");
    }
  }

  private static boolean matches(Issuer issuer, X509Certificate certificate) {
    byte[] probe = "menura".getBytes(StandardCharsets.US_ASCII);
    try {
      var verifier = Signature.getInstance(issuer.algorithm());
      verifier.initVerify(certificate.getPublicKey());
      verifier.update(probe);
      return verifier.verify(issuer.sign(probe));
    } catch (GeneralSecurityException | IllegalStateException e) {
      return false;
    }
  }

  private static X509Certificate selfSigned(KeyPair key, Instant now, SecureRandom random) {
    try {
      SubjectKeyIdentifier identifier =
          new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key.getPublic());
      String shortId = HexFormat.of().formatHex(identifier.getKeyIdentifier(), 0, 4);
      X500Name name =
          new X500NameBuilder()
              .addRDN(BCStyle.O, "Menura")
              .addRDN(BCStyle.CN, "Menura CA " + shortId)
              .build();
      var builder =
          new JcaX509v3CertificateBuilder(
              name,
              Serial.next(random),
              Date.from(now.minus(BACKDATING)),
              Date.from(now.plus(VALIDITY)),
              name,
              key.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(Extension.subjectKeyIdentifier, false, identifier);
      var issuer = new Issuer(Crypto.JAVA, key.getPrivate(), key.getPublic());
      return new JcaX509CertificateConverter().getCertificate(builder.build(issuer.signer()));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot make an authority", e);
    }
  }

  /// A certificate that looks like an authority's, whose key is forgotten at once: as the only root
  /// it makes sure that nothing is trusted.
  public static X509Certificate withoutKey(Clock clock, SecureRandom random) {
    KeyPair key = Crypto.JAVA.ellipticCurve("secp256r1", random);
    return selfSigned(key, clock.instant(), random);
  }

  public X509Certificate certificate() {
    return certificate;
  }

  public String pem() {
    return Pem.certificate(certificate);
  }

  /// The SHA-256 of the certificate in hexadecimal.
  public String fingerprint() {
    return Fingerprint.of(certificate);
  }

  Issuer issuer() {
    return issuer;
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

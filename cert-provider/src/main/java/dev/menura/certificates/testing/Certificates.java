package dev.menura.certificates.testing;

import dev.menura.certificates.testing.CertificateShape.Purpose;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;

/// Turns shapes into certificates.
final class Certificates {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Duration LIFETIME = Duration.ofDays(90);

  private Certificates() {}

  /// Who signs, and with what.
  record Signer(X500Name name, KeyPair key) {}

  static KeyPair newKey(CertificateShape.KeyType kind) {
    try {
      return switch (kind) {
        case P256 -> ellipticCurve("secp256r1");
        case P384 -> ellipticCurve("secp384r1");
        case P521 -> ellipticCurve("secp521r1");
        case ED25519 -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        case RSA_1024 -> rsa(1024);
        case RSA_2048 -> rsa(2048);
        case RSA_3072 -> rsa(3072);
        case RSA_4096 -> rsa(4096);
        case RSA_PSS -> rsaPss();
      };
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot make " + kind + " keys", e);
    }
  }

  static X500Name name(CertificateShape shape) {
    return new X500Name(shape.subject);
  }

  /// @param authority whether the certificate is one of an authority, else of a server
  static X509Certificate issue(
      CertificateShape shape, KeyPair key, Signer signer, boolean authority, Clock clock) {
    var from =
        shape.notBefore != null ? shape.notBefore : clock.instant().minus(Duration.ofDays(1));
    var until = shape.notAfter != null ? shape.notAfter : clock.instant().plus(LIFETIME);
    var builder =
        new JcaX509v3CertificateBuilder(
            signer.name(),
            new BigInteger(127, RANDOM).setBit(126),
            Date.from(from),
            Date.from(until),
            name(shape),
            key.getPublic());
    try {
      for (Extension extension : extensions(shape, key, signer, authority).values()) {
        builder.addExtension(extension);
      }
      var content =
          new JcaContentSignerBuilder(algorithm(signer.key().getPrivate(), shape.digest))
              .build(signer.key().getPrivate());
      return new JcaX509CertificateConverter().getCertificate(builder.build(content));
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("cannot make the certificate " + shape.subject, e);
    }
  }

  static byte[] listRevoking(X509Certificate revoked, Signer signer, Clock clock) {
    var now = clock.instant();
    var builder = new X509v2CRLBuilder(signer.name(), Date.from(now));
    builder.setNextUpdate(Date.from(now.plus(Duration.ofDays(1))));
    builder.addCRLEntry(revoked.getSerialNumber(), Date.from(now), CRLReason.keyCompromise);
    try {
      var content =
          new JcaContentSignerBuilder(
                  algorithm(signer.key().getPrivate(), CertificateShape.Digest.SHA256))
              .build(signer.key().getPrivate());
      return builder.build(content).getEncoded();
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("cannot make a list of what is revoked", e);
    }
  }

  private static Map<ASN1ObjectIdentifier, Extension> extensions(
      CertificateShape shape, KeyPair key, Signer signer, boolean authority)
      throws IOException, GeneralSecurityException {
    var identifiers = new JcaX509ExtensionUtils();
    var all = new LinkedHashMap<ASN1ObjectIdentifier, Extension>();
    add(all, Extension.basicConstraints, true, new BasicConstraints(authority));
    add(
        all,
        Extension.keyUsage,
        true,
        new KeyUsage(
            authority ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature));
    add(
        all,
        Extension.subjectKeyIdentifier,
        false,
        identifiers.createSubjectKeyIdentifier(key.getPublic()));
    add(
        all,
        Extension.authorityKeyIdentifier,
        false,
        identifiers.createAuthorityKeyIdentifier(signer.key().getPublic()));
    if (!authority && shape.purpose != Purpose.UNRESTRICTED) {
      var purpose =
          shape.purpose == Purpose.SERVER
              ? KeyPurposeId.id_kp_serverAuth
              : KeyPurposeId.id_kp_clientAuth;
      add(all, Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
    }
    if (!shape.names.isEmpty()) {
      add(all, Extension.subjectAlternativeName, shape.subject.isEmpty(), names(shape.names));
    }
    for (Extension extension : shape.extensions) {
      all.put(extension.getExtnId(), extension);
    }
    return all;
  }

  private static void add(
      Map<ASN1ObjectIdentifier, Extension> all,
      ASN1ObjectIdentifier oid,
      boolean critical,
      ASN1Encodable value)
      throws IOException {
    all.put(oid, new Extension(oid, critical, value.toASN1Primitive().getEncoded()));
  }

  private static GeneralNames names(List<String> names) {
    return new GeneralNames(
        names.stream()
            .map(name ->
                new GeneralName(
                    IPAddress.isValid(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
            .toArray(GeneralName[]::new));
  }

  private static String algorithm(PrivateKey key, CertificateShape.Digest digest) {
    return switch (key.getAlgorithm()) {
      case "RSA" -> digest + "withRSA";
      case "EC" -> digest + "withECDSA";
      default -> "Ed25519";
    };
  }

  private static KeyPair ellipticCurve(String curve) throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve), RANDOM);
    return generator.generateKeyPair();
  }

  private static KeyPair rsaPss() throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("RSASSA-PSS");
    generator.initialize(2048, RANDOM);
    return generator.generateKeyPair();
  }

  private static KeyPair rsa(int bits) throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits, RANDOM);
    return generator.generateKeyPair();
  }
}

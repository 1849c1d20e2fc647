package dev.menura.certificates.authority;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;

/// Builds the certificate of a leaf: for servers only, no authority, and without anything that an
/// original says about its own issuer (RFC 5280 4.2; no AIA, CRL, SCT, must-staple or policies).
final class LeafBuilder {
  private final SecureRandom random;

  LeafBuilder(SecureRandom random) {
    this.random = random;
  }

  /// A leaf that this authority issues.
  Leaf build(CertificateAuthority authority, Likeness likeness, Validity validity, LeafKey key) {
    var certificate =
        issue(
            likeness,
            validity,
            key,
            authority.name(),
            new AuthorityKeyIdentifier(authority.keyIdentifier()),
            authority.issuer());
    return new Leaf(certificate, authority.sentAlong(), key, validity.renewAt());
  }

  /// A leaf that vouches for itself.
  Leaf buildSelfSigned(Likeness likeness, Validity validity, LeafKey key) {
    var issuer = new Issuer(Crypto.JAVA, key.privateKey(), key.publicKey());
    var own = new AuthorityKeyIdentifier(identifier(key.publicKey()).getKeyIdentifier());
    var certificate = issue(likeness, validity, key, likeness.subject(), own, issuer);
    return new Leaf(certificate, List.of(), key, validity.renewAt());
  }

  private X509Certificate issue(
      Likeness likeness,
      Validity validity,
      LeafKey key,
      X500Name issuerName,
      AuthorityKeyIdentifier issuerKey,
      Issuer issuer) {
    var builder =
        new X509v3CertificateBuilder(
            issuerName,
            Serial.next(random),
            Date.from(validity.from()),
            Date.from(validity.until()),
            likeness.subject(),
            SubjectPublicKeyInfo.getInstance(key.publicKey().getEncoded()));
    try {
      extend(builder, likeness, key, issuerKey);
      return new JcaX509CertificateConverter().getCertificate(builder.build(issuer.signer()));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot build a leaf", e);
    }
  }

  private static void extend(
      X509v3CertificateBuilder builder,
      Likeness likeness,
      LeafKey key,
      AuthorityKeyIdentifier issuerKey)
      throws IOException {
    var critical = likeness.critical();
    builder.addExtension(
        Extension.basicConstraints, critical.constraints(), new BasicConstraints(false));
    if (likeness.usage().present()) {
      builder.addExtension(
          Extension.keyUsage, critical.usage(), new KeyUsage(likeness.usage().bitsFor(key)));
    }
    builder.addExtension(
        Extension.extendedKeyUsage,
        critical.purposes(),
        new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
    if (!likeness.names().isEmpty()) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          // RFC 5280 4.2.1.6: it must be critical where the subject is empty.
          critical.names() || likeness.subject().getRDNs().length == 0,
          new GeneralNames(likeness.names().toArray(GeneralName[]::new)));
    }
    builder.addExtension(Extension.authorityKeyIdentifier, false, issuerKey);
    builder.addExtension(Extension.subjectKeyIdentifier, false, identifier(key.publicKey()));
  }

  private static org.bouncycastle.asn1.x509.SubjectKeyIdentifier identifier(PublicKey key) {
    try {
      return new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key has no identifier", e);
    }
  }
}

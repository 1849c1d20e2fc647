package dev.menura.certificates.authority;

import dev.menura.certificates.authority.Minter.Validity;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
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
  private final CertificateAuthority authority;
  private final X500Name issuerName;
  private final SecureRandom random;

  LeafBuilder(CertificateAuthority authority, SecureRandom random) {
    this.authority = authority;
    this.issuerName =
        X500Name.getInstance(authority.certificate().getSubjectX500Principal().getEncoded());
    this.random = random;
  }

  Leaf build(X500Name subject, List<GeneralName> names, Validity validity, LeafKey key) {
    try {
      var publicKey = SubjectPublicKeyInfo.getInstance(key.publicKey().getEncoded());
      var builder =
          new X509v3CertificateBuilder(
              issuerName,
              Serial.next(random),
              Date.from(validity.from()),
              Date.from(validity.until()),
              subject,
              publicKey);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      int usage =
          key.kind().isRsa()
              ? KeyUsage.digitalSignature | KeyUsage.keyEncipherment
              : KeyUsage.digitalSignature;
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
      builder.addExtension(
          Extension.subjectAlternativeName,
          // RFC 5280 4.2.1.6: critical exactly where the subject is empty.
          subject.getRDNs().length == 0,
          new GeneralNames(names.toArray(GeneralName[]::new)));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new AuthorityKeyIdentifier(authority.keyIdentifier()));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createSubjectKeyIdentifier(publicKey));
      var certificate =
          new JcaX509CertificateConverter()
              .getCertificate(builder.build(authority.issuer().signer()));
      return new Leaf(certificate, key, validity.renewAt());
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot build a leaf", e);
    }
  }
}

package dev.menura.certificates.authority;

import dev.menura.certificates.x509.KeyKind;
import java.io.IOException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/// Builds the certificate of a leaf: for servers only, no authority, and without anything that an
/// original says about its own issuer (RFC 5280 4.2; no AIA, CRL, SCT, must-staple or policies).
final class LeafBuilder {
  private final SecureRandom random;

  LeafBuilder(SecureRandom random) {
    this.random = random;
  }

  /// A leaf that this authority issues.
  LeafCertificate build(
      CertificateAuthority authority, Likeness likeness, Validity validity, PublicKey key) {
    return certificate(
        issue(
            likeness,
            validity,
            key,
            authority.name(),
            new AuthorityKeyIdentifier(authority.keyIdentifier()),
            authority.issuer()),
        authority.sentAlong(),
        validity);
  }

  /// A leaf that vouches for itself.
  LeafCertificate buildSelfSigned(Likeness likeness, Validity validity, LeafKey key) {
    var issuer = new Issuer(Crypto.JAVA, key.privateKey(), key.publicKey());
    var own =
        new AuthorityKeyIdentifier(
            Signed.identifier(SubjectPublicKeyInfo.getInstance(key.publicKey().getEncoded())));
    return certificate(
        issue(likeness, validity, key.publicKey(), likeness.subject(), own, issuer),
        List.of(),
        validity);
  }

  private static LeafCertificate certificate(
      byte[] der, List<X509Certificate> sentAlong, Validity validity) {
    return new LeafCertificate(der, sentAlong, validity.until(), validity.renewAt());
  }

  /// The DER of a certificate.
  private byte[] issue(
      Likeness likeness,
      Validity validity,
      PublicKey key,
      X500Name issuerName,
      AuthorityKeyIdentifier issuerKey,
      Issuer issuer) {
    var content = new V3TBSCertificateGenerator();
    content.setIssuer(issuerName);
    content.setSerialNumber(new ASN1Integer(Serial.next(random)));
    content.setStartDate(Signed.time(validity.from()));
    content.setEndDate(Signed.time(validity.until()));
    content.setSubject(likeness.subject());
    var publicKey = SubjectPublicKeyInfo.getInstance(key.getEncoded());
    content.setSubjectPublicKeyInfo(publicKey);
    content.setSignature(issuer.identifier());
    try {
      content.setExtensions(extensions(likeness, KeyKind.like(key), publicKey, issuerKey));
      byte[] signed = content.generateTBSCertificate().getEncoded(ASN1Encoding.DER);
      return Signed.certificate(signed, issuer);
    } catch (IOException e) {
      throw new IllegalStateException("cannot build a leaf", e);
    }
  }

  private static Extensions extensions(
      Likeness likeness,
      KeyKind key,
      SubjectPublicKeyInfo publicKey,
      AuthorityKeyIdentifier issuerKey)
      throws IOException {
    var critical = likeness.critical();
    var all = new ArrayList<Extension>();
    all.add(
        extension(Extension.basicConstraints, critical.constraints(), new BasicConstraints(false)));
    if (likeness.usage().present()) {
      all.add(
          extension(
              Extension.keyUsage, critical.usage(), new KeyUsage(likeness.usage().bitsFor(key))));
    }
    all.add(extension(Extension.extendedKeyUsage, critical.purposes(), likeness.purpose().usage()));
    if (!likeness.names().isEmpty()) {
      all.add(
          extension(
              Extension.subjectAlternativeName,
              // RFC 5280 4.2.1.6: it must be critical where the subject is empty.
              critical.names() || likeness.subject().getRDNs().length == 0,
              new GeneralNames(likeness.names().toArray(GeneralName[]::new))));
    }
    all.add(extension(Extension.authorityKeyIdentifier, false, issuerKey));
    all.add(
        extension(
            Extension.subjectKeyIdentifier,
            false,
            new SubjectKeyIdentifier(Signed.identifier(publicKey))));
    return new Extensions(all.toArray(Extension[]::new));
  }

  private static Extension extension(ASN1ObjectIdentifier oid, boolean critical, ASN1Object value)
      throws IOException {
    return new Extension(oid, critical, value.getEncoded(ASN1Encoding.DER));
  }
}

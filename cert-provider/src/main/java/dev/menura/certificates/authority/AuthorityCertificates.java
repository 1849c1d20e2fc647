package dev.menura.certificates.authority;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;

/// Makes the certificates of authorities, and requests for them. Each is for servers only or for
/// clients only, and has path length zero: what they issue can issue nothing.
final class AuthorityCertificates {
  static final Duration VALIDITY = Duration.ofDays(5 * 365);
  private static final Duration BACKDATING = Duration.ofDays(1);
  private static final int SHORT_ID_BYTES = 4;

  private AuthorityCertificates() {}

  /// A root without limits of names.
  static X509Certificate root(Issuer issuer, PublicKey key, Instant now, SecureRandom random) {
    return root(issuer, key, Remit.SERVERS, now, random);
  }

  /// A root with a name of its own.
  static X509Certificate root(
      Issuer issuer, PublicKey key, Remit remit, Instant now, SecureRandom random) {
    return root(
        issuer,
        key,
        name("Menura", "Menura " + remit.purpose().title() + " " + shortId(key)),
        remit,
        now,
        random);
  }

  static X509Certificate root(
      Issuer issuer, PublicKey key, X500Name name, Remit remit, Instant now, SecureRandom random) {
    var self = new Party(name, identifier(key));
    return issue(issuer, self, self, key, remit, now.minus(BACKDATING), now.plus(VALIDITY), random);
  }

  /// The name of an issuer or a subject, and the identifier of its key.
  private static final class Party {
    final X500Name name;
    final byte[] identifier;

    Party(X500Name name, byte[] identifier) {
      this.name = name;
      this.identifier = identifier;
    }

    static Party of(X509Certificate certificate) {
      return new Party(
          X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
          keyIdentifier(certificate));
    }
  }

  /// A root that nobody is to trust, and which says so.
  static X509Certificate untrusted(Issuer issuer, PublicKey key, Instant now, SecureRandom random) {
    return root(
        issuer,
        key,
        name("Menura (not trusted)", "Not trusted: problem at the origin " + shortId(key)),
        Remit.SERVERS,
        now,
        random);
  }

  /// The key of one root, certified by another root of the same name: a client that trusts either
  /// of them then accepts leaves of the former. As issuer and subject are the same, it does not
  /// count for a path length (RFC 4210 4.4, RFC 5280 6.1.4 l).
  static X509Certificate crossSigned(
      X509Certificate subject,
      Remit remit,
      Issuer issuer,
      X509Certificate by,
      SecureRandom random) {
    return issue(
        issuer,
        Party.of(by),
        Party.of(subject),
        subject.getPublicKey(),
        remit,
        later(subject.getNotBefore().toInstant(), by.getNotBefore().toInstant()),
        earlier(subject.getNotAfter().toInstant(), by.getNotAfter().toInstant()),
        random);
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static X509Certificate issue(
      Issuer issuer,
      Party by,
      Party subject,
      PublicKey key,
      Remit remit,
      Instant from,
      Instant until,
      SecureRandom random) {
    try {
      var builder =
          new X509v3CertificateBuilder(
              by.name,
              Serial.next(random),
              Date.from(from),
              Date.from(until),
              subject.name,
              SubjectPublicKeyInfo.getInstance(key.getEncoded()));
      var extensions = extensions(remit);
      extensions.addExtension(
          Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(subject.identifier));
      if (by != subject) {
        extensions.addExtension(
            Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(by.identifier));
      }
      for (ASN1ObjectIdentifier oid : extensions.generate().getExtensionOIDs()) {
        builder.addExtension(extensions.generate().getExtension(oid));
      }
      return new JcaX509CertificateConverter().getCertificate(builder.build(issuer.signer()));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot make an authority's certificate", e);
    }
  }

  /// A request to certify this key (RFC 2986), which names what the certificate is to be like.
  static byte[] request(Issuer issuer, PublicKey key, X500Name name, Remit remit) {
    try {
      return new PKCS10CertificationRequestBuilder(
              name, SubjectPublicKeyInfo.getInstance(key.getEncoded()))
          .addAttribute(
              PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions(remit).generate())
          .build(issuer.signer())
          .getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException("cannot make a request", e);
    }
  }

  /// The key that a request is for.
  static PublicKey keyOf(byte[] request) throws GeneralSecurityException, IOException {
    return new org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest(
            new PKCS10CertificationRequest(request))
        .getPublicKey();
  }

  static X500Name name(String organisation, String commonName) {
    return new X500NameBuilder()
        .addRDN(BCStyle.O, organisation)
        .addRDN(BCStyle.CN, commonName)
        .build();
  }

  static String shortId(PublicKey key) {
    return HexFormat.of().formatHex(identifier(key), 0, SHORT_ID_BYTES);
  }

  private static ExtensionsGenerator extensions(Remit remit) throws IOException {
    var extensions = new ExtensionsGenerator();
    extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    extensions.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    extensions.addExtension(Extension.extendedKeyUsage, false, remit.purpose().usage());
    ASN1Encodable names = remit.names().constraints().orElse(null);
    if (names != null) {
      extensions.addExtension(Extension.nameConstraints, true, names);
    }
    return extensions;
  }

  private static byte[] identifier(PublicKey key) {
    try {
      return new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key).getKeyIdentifier();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key has no identifier", e);
    }
  }

  /// The identifier that an authority's certificate gives its key.
  static byte[] keyIdentifier(X509Certificate certificate) {
    byte[] extension = certificate.getExtensionValue(Extension.subjectKeyIdentifier.getId());
    return SubjectKeyIdentifier.getInstance(ASN1OctetString.getInstance(extension).getOctets())
        .getKeyIdentifier();
  }
}

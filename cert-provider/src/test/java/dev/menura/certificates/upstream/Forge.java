package dev.menura.certificates.upstream;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;

/// Makes certificates field by field, sound or not; those of the `testing` package are always sound
/// in their structure.
final class Forge {
  static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  final KeyPair key;
  final X500Name name;
  final byte[] der;

  private Forge(KeyPair key, X500Name name, byte[] der) {
    this.key = key;
    this.name = name;
    this.der = der;
  }

  /// Everything that can be changed before the certificate is signed.
  static final class Draft {
    X500Name subject;
    X500Name issuer;
    BigInteger serial = BigInteger.valueOf(0x1234_5678_9abcL);
    int version = 3;
    ASN1Encodable notBefore = new Time(Date.from(NOW.minus(Duration.ofDays(10))));
    ASN1Encodable notAfter = new Time(Date.from(NOW.plus(Duration.ofDays(80))));
    String algorithm = "SHA256withECDSA";
    SubjectPublicKeyInfo spki;
    final Map<ASN1ObjectIdentifier, Extension> extensions = new LinkedHashMap<>();
    final List<Extension> doubled = new ArrayList<>();

    private Draft(X500Name subject, X500Name issuer, SubjectPublicKeyInfo spki) {
      this.subject = subject;
      this.issuer = issuer;
      this.spki = spki;
    }

    Draft set(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
      try {
        extensions.put(oid, new Extension(oid, critical, value.toASN1Primitive().getEncoded()));
        return this;
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    Draft raw(ASN1ObjectIdentifier oid, boolean critical, byte[] value) {
      extensions.put(oid, new Extension(oid, critical, value));
      return this;
    }

    Draft without(ASN1ObjectIdentifier oid) {
      extensions.remove(oid);
      return this;
    }

    Draft names(GeneralName... names) {
      return set(
          Extension.subjectAlternativeName, subject.getRDNs().length == 0, new GeneralNames(names));
    }

    Draft until(Instant time) {
      notAfter = new Time(Date.from(time));
      return this;
    }

    Draft from(Instant time) {
      notBefore = new Time(Date.from(time));
      return this;
    }
  }

  static GeneralName dns(String name) {
    return new GeneralName(GeneralName.dNSName, name);
  }

  static Forge root(String name) {
    return root(name, _ -> {});
  }

  static Forge root(String name, Consumer<Draft> change) {
    KeyPair key = newKey();
    var subject = new X500Name("CN=" + name);
    var draft = new Draft(subject, subject, spki(key));
    authority(draft, key);
    change.accept(draft);
    return new Forge(key, draft.subject, encode(draft, key.getPrivate()));
  }

  Forge intermediate(String name) {
    return intermediate(name, _ -> {});
  }

  Forge intermediate(String name, Consumer<Draft> change) {
    return issue(newKey(), new X500Name("CN=" + name), true, change);
  }

  /// The same name and key, certified by another authority.
  Forge crossSignedBy(Forge other, Consumer<Draft> change) {
    return other.issue(key, name, true, change);
  }

  Forge leaf(String name) {
    return leaf(name, _ -> {});
  }

  Forge leaf(String name, Consumer<Draft> change) {
    return issue(
        newKey(),
        new X500Name("CN=" + name),
        false,
        draft -> {
          draft.names(dns(name));
          change.accept(draft);
        });
  }

  Forge issue(KeyPair below, X500Name subject, boolean authority, Consumer<Draft> change) {
    var draft = new Draft(subject, name, spki(below));
    if (authority) {
      authority(draft, key);
    } else {
      draft.set(Extension.basicConstraints, true, new BasicConstraints(false));
      draft.set(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      draft.set(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
      identify(draft, key);
    }
    change.accept(draft);
    return new Forge(below, draft.subject, encode(draft, key.getPrivate()));
  }

  private static void authority(Draft draft, KeyPair issuer) {
    draft.set(Extension.basicConstraints, true, new BasicConstraints(true));
    draft.set(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    identify(draft, issuer);
  }

  private static void identify(Draft draft, KeyPair issuer) {
    try {
      var identifiers = new JcaX509ExtensionUtils();
      draft.set(
          Extension.subjectKeyIdentifier,
          false,
          identifiers.createSubjectKeyIdentifier(draft.spki));
      draft.set(
          Extension.authorityKeyIdentifier,
          false,
          new AuthorityKeyIdentifier(
              identifiers.createSubjectKeyIdentifier(spki(issuer)).getKeyIdentifier()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] encode(Draft draft, PrivateKey signer) {
    AlgorithmIdentifier algorithm =
        new DefaultSignatureAlgorithmIdentifierFinder().find(draft.algorithm);
    var fields = new ASN1EncodableVector();
    if (draft.version > 1) {
      fields.add(new DERTaggedObject(true, 0, new ASN1Integer(draft.version - 1L)));
    }
    fields.add(new ASN1Integer(draft.serial));
    fields.add(algorithm);
    fields.add(draft.issuer);
    var validity = new ASN1EncodableVector();
    validity.add(draft.notBefore);
    validity.add(draft.notAfter);
    fields.add(new DERSequence(validity));
    fields.add(draft.subject);
    fields.add(draft.spki);
    if (draft.version == 3) {
      var extensions = new ASN1EncodableVector();
      draft.extensions.values().forEach(extensions::add);
      draft.doubled.forEach(extensions::add);
      fields.add(new DERTaggedObject(true, 3, new DERSequence(extensions)));
    }
    try {
      var tbs = new DERSequence(fields);
      Signature signature = Signature.getInstance(draft.algorithm);
      signature.initSign(signer);
      signature.update(tbs.getEncoded("DER"));
      var all = new ASN1EncodableVector();
      all.add(tbs);
      all.add(algorithm);
      all.add(new DERBitString(signature.sign()));
      return new DERSequence(all).getEncoded("DER");
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static SubjectPublicKeyInfo spki(KeyPair key) {
    try {
      return SubjectPublicKeyInfo.getInstance(
          ASN1Primitive.fromByteArray(key.getPublic().getEncoded()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static KeyPair newKey() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}

package dev.menura.e2e;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
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
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;

/// A certificate with its key, made field by field, sound or not: of an authority or of a server.
final class Forged {
  /// Knows the keys and digests that Java no longer does.
  static final Provider PROVIDER = new BouncyCastleProvider();

  private static final AtomicLong SERIAL = new AtomicLong(0x1234_5678_9abcL);

  final KeyPair key;
  final X500Name name;
  final byte[] der;

  private Forged(KeyPair key, X500Name name, byte[] der) {
    this.key = key;
    this.name = name;
    this.der = der;
  }

  /// Everything that can be changed before the certificate is signed. As it comes, it is sound.
  static final class Draft {
    X500Name subject;
    X500Name issuer;
    int version = 3;
    Time notBefore = new Time(Date.from(Instant.now().minus(Duration.ofDays(10))));
    Time notAfter = new Time(Date.from(Instant.now().plus(Duration.ofDays(80))));
    String algorithm;
    SubjectPublicKeyInfo spki;
    final BigInteger serial = BigInteger.valueOf(SERIAL.incrementAndGet());
    final Map<ASN1ObjectIdentifier, Extension> extensions = new LinkedHashMap<>();
    final List<Extension> doubled = new ArrayList<>();

    private Draft(X500Name subject, Forged issuer, KeyPair below) {
      this.subject = subject;
      this.issuer = issuer.name;
      this.algorithm = usual(issuer.key.getPrivate());
      this.spki = spki(below);
    }

    Draft set(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
      try {
        return raw(oid, critical, value.toASN1Primitive().getEncoded());
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
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

    Draft from(Duration sinceNow) {
      notBefore = new Time(Date.from(Instant.now().plus(sinceNow)));
      return this;
    }

    Draft until(Duration sinceNow) {
      notAfter = new Time(Date.from(Instant.now().plus(sinceNow)));
      return this;
    }
  }

  static GeneralName dns(String name) {
    return new GeneralName(GeneralName.dNSName, name);
  }

  static KeyPair ec(String curve) {
    try {
      var generator = KeyPairGenerator.getInstance("EC", PROVIDER);
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static KeyPair rsa(int bits) {
    return sized("RSA", bits);
  }

  static KeyPair dsa(int bits) {
    return sized("DSA", bits);
  }

  private static KeyPair sized(String algorithm, int bits) {
    try {
      // Java's own are much faster here.
      var generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static Forged root(String commonName) {
    return selfSigned(ec("secp256r1"), "CN=" + commonName, true, _ -> {});
  }

  static Forged selfSigned(KeyPair key, String subject, boolean authority, Consumer<Draft> change) {
    var name = new X500Name(subject);
    return new Forged(key, name, new byte[0]).issue(key, name, authority, change);
  }

  Forged intermediate(String commonName, Consumer<Draft> change) {
    return issue(ec("secp256r1"), new X500Name("CN=" + commonName), true, change);
  }

  /// The same name and key, certified by another authority.
  Forged crossSignedBy(Forged other, Consumer<Draft> change) {
    return other.issue(key, name, true, change);
  }

  /// For a server of this name.
  Forged leaf(String host, Consumer<Draft> change) {
    return leaf(ec("secp256r1"), host, change);
  }

  Forged leaf(KeyPair below, String host, Consumer<Draft> change) {
    return issue(
        below,
        new X500Name("CN=" + host),
        false,
        draft -> {
          draft.names(dns(host));
          change.accept(draft);
        });
  }

  Forged issue(KeyPair below, X500Name subject, boolean authority, Consumer<Draft> change) {
    var draft = new Draft(subject, this, below);
    draft.set(Extension.basicConstraints, true, new BasicConstraints(authority));
    if (authority) {
      draft.set(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    } else {
      draft.set(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      draft.set(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
    }
    draft.set(Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(identifier(key)));
    if (authority) {
      draft.raw(Extension.subjectKeyIdentifier, false, octets(identifier(below)));
    }
    change.accept(draft);
    return new Forged(below, draft.subject, encode(draft, key.getPrivate()));
  }

  /// The same certificate in other bytes.
  Forged as(byte[] other) {
    return new Forged(key, name, other);
  }

  String pem() {
    return pem("CERTIFICATE", der);
  }

  String keyPem() {
    return pem("PRIVATE KEY", key.getPrivate().getEncoded());
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label);
  }

  private static byte[] identifier(KeyPair key) {
    try {
      return new JcaX509ExtensionUtils().createSubjectKeyIdentifier(spki(key)).getKeyIdentifier();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] octets(byte[] content) {
    try {
      return new org.bouncycastle.asn1.DEROctetString(content).getEncoded();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static SubjectPublicKeyInfo spki(KeyPair key) {
    return SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded());
  }

  private static String usual(PrivateKey key) {
    return key.getAlgorithm().startsWith("EC") ? "SHA256withECDSA" : "SHA256withRSA";
  }

  private static byte[] encode(Draft draft, PrivateKey signer) {
    var algorithm = new DefaultSignatureAlgorithmIdentifierFinder().find(draft.algorithm);
    var fields = new ASN1EncodableVector();
    if (draft.version > 1) {
      fields.add(new DERTaggedObject(true, 0, new ASN1Integer(draft.version - 1L)));
    }
    fields.add(new ASN1Integer(draft.serial));
    fields.add(algorithm);
    fields.add(draft.issuer);
    fields.add(new DERSequence(new ASN1Encodable[] {draft.notBefore, draft.notAfter}));
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
      var signature = Signature.getInstance(draft.algorithm, PROVIDER);
      signature.initSign(signer);
      signature.update(tbs.getEncoded("DER"));
      return new DERSequence(
              new ASN1Encodable[] {tbs, algorithm, new DERBitString(signature.sign())})
          .getEncoded("DER");
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }
}

package dev.menura.certificates.path;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.jspecify.annotations.Nullable;

/// The public key of a certificate (RFC 5280 4.1.2.7), and whether it is strong enough.
public final class SubjectKey {
  private static final int RSA_BITS_MIN = 2048;
  private static final int RSA_BITS_MAX = 8192;

  /// As much as BoringSSL takes.
  private static final int EXPONENT_BITS_MAX = 33;

  private final byte[] encoded;
  private final byte[] bits;
  private final String spkiSha256;
  private final Kind kind;
  private final String weakness;
  private volatile @Nullable PublicKey java;

  /// What signatures the key makes.
  enum Kind {
    RSA("RSA"),
    EC("EC"),
    ED25519("Ed25519"),
    ED448("Ed448"),
    OTHER("");

    private final String factory;

    Kind(String factory) {
      this.factory = factory;
    }
  }

  private SubjectKey(byte[] encoded, byte[] bits, Kind kind, String weakness) {
    this.encoded = encoded;
    this.bits = bits;
    this.kind = kind;
    this.weakness = weakness;
    this.spkiSha256 = digest("SHA-256", encoded);
  }

  static SubjectKey of(ASN1Sequence spki) throws IOException, MalformedException {
    if (spki.size() != 2) {
      throw new MalformedException("its key cannot be read");
    }
    byte[] encoded = spki.getEncoded("DER");
    ASN1Sequence algorithm = ASN1Sequence.getInstance(spki.getObjectAt(0));
    ASN1BitString string = ASN1BitString.getInstance(spki.getObjectAt(1));
    if (string.getPadBits() != 0) {
      throw new MalformedException("its key is no whole number of bytes");
    }
    byte[] bits = string.getOctets();
    String oid = ASN1ObjectIdentifier.getInstance(algorithm.getObjectAt(0)).getId();
    return switch (oid) {
      case "1.2.840.113549.1.1.1" -> new SubjectKey(encoded, bits, Kind.RSA, rsa(bits));
      case "1.2.840.10045.2.1" -> new SubjectKey(encoded, bits, Kind.EC, curve(algorithm));
      case "1.3.101.112" -> new SubjectKey(encoded, bits, Kind.ED25519, "");
      case "1.3.101.113" -> new SubjectKey(encoded, bits, Kind.ED448, "");
      case "1.2.840.10040.4.1" -> new SubjectKey(encoded, bits, Kind.OTHER, "a DSA key");
      default -> new SubjectKey(encoded, bits, Kind.OTHER, "a key of a kind that is not accepted");
    };
  }

  private static String rsa(byte[] bits) throws IOException, MalformedException {
    Der.check(bits);
    RSAPublicKey key = RSAPublicKey.getInstance(ASN1Primitive.fromByteArray(bits));
    int size = key.getModulus().bitLength();
    BigInteger exponent = key.getPublicExponent();
    if (size < RSA_BITS_MIN || size % Byte.SIZE != 0 || size > RSA_BITS_MAX) {
      return "an RSA key of " + size + " bits";
    }
    boolean usual =
        exponent.testBit(0)
            && exponent.compareTo(BigInteger.TWO) > 0
            && exponent.bitLength() <= EXPONENT_BITS_MAX;
    return usual && key.getModulus().testBit(0) ? "" : "an RSA key with an unusual exponent";
  }

  private static String curve(ASN1Sequence algorithm) {
    if (algorithm.size() != 2
        || !(algorithm.getObjectAt(1) instanceof ASN1ObjectIdentifier curve)) {
      return "an elliptic curve key whose curve has no name";
    }
    return switch (curve.getId()) {
      case "1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35" -> "";
      case "1.2.840.10045.3.1.1" -> "an elliptic curve key of 192 bits";
      case "1.3.132.0.33" -> "an elliptic curve key of 224 bits";
      default -> "an elliptic curve key on a curve that is not accepted";
    };
  }

  /// What is wrong with the key; empty where nothing is. Weak keys are never computed with.
  String weakness() {
    return weakness;
  }

  Kind kind() {
    return kind;
  }

  /// The SHA-256 of the whole SubjectPublicKeyInfo in hexadecimal.
  public String spkiSha256() {
    return spkiSha256;
  }

  /// The SHA-1 of the key's bits, as OCSP names an issuer's key (RFC 6960 4.1.1).
  public byte[] bitsSha1() {
    return HexFormat.of().parseHex(digest("SHA-1", bits));
  }

  /// Empty where the key is weak, or Java cannot read it.
  public Optional<PublicKey> java() {
    if (!weakness.isEmpty()) {
      return Optional.empty();
    }
    if (java == null) {
      try {
        java = KeyFactory.getInstance(kind.factory).generatePublic(new X509EncodedKeySpec(encoded));
      } catch (GeneralSecurityException e) {
        return Optional.empty();
      }
    }
    return Optional.ofNullable(java);
  }

  private static String digest(String algorithm, byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no " + algorithm, e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SubjectKey that && Arrays.equals(encoded, that.encoded);
  }

  @Override
  public int hashCode() {
    return spkiSha256.hashCode();
  }
}

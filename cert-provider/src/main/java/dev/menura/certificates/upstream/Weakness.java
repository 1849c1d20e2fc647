package dev.menura.certificates.upstream;

import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Locale;
import java.util.Optional;

/// Keys and signatures that can be forged with known means.
final class Weakness {
  private static final int RSA_BITS_MIN = 2048;
  private static final int RSA_BITS_MAX = 8192;

  /// As much as BoringSSL takes.
  private static final int EXPONENT_BITS_MAX = 33;

  private static final int EC_BITS_MIN = 256;

  private Weakness() {}

  static Optional<Verdict> ofKey(X509Certificate certificate) {
    String found = of(certificate.getPublicKey());
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Verdict(
                Problem.WEAK_KEY,
                "the certificate " + CertificateNames.of(certificate) + " has " + found));
  }

  /// What is wrong with a key; empty where nothing is.
  static String of(PublicKey key) {
    return switch (key) {
      case RSAPublicKey rsa -> rsa(rsa);
      case ECPublicKey ec -> {
        int bits = ec.getParams().getCurve().getField().getFieldSize();
        yield bits < EC_BITS_MIN ? "an elliptic curve key of " + bits + " bits" : "";
      }
      case EdECPublicKey _ -> "";
      default -> "a key of a kind that is not accepted";
    };
  }

  private static String rsa(RSAPublicKey key) {
    int bits = key.getModulus().bitLength();
    if (bits < RSA_BITS_MIN || bits % Byte.SIZE != 0 || bits > RSA_BITS_MAX) {
      return "an RSA key of " + bits + " bits";
    }
    BigInteger exponent = key.getPublicExponent();
    boolean usual =
        exponent.testBit(0)
            && exponent.compareTo(BigInteger.TWO) > 0
            && exponent.bitLength() <= EXPONENT_BITS_MAX;
    return usual ? "" : "an RSA key with an unusual exponent";
  }

  /// Whether checking one signature with this key takes longer than any serious key makes it take.
  static boolean isCostly(PublicKey key) {
    return key instanceof RSAPublicKey rsa
        && (rsa.getModulus().bitLength() > RSA_BITS_MAX
            || rsa.getPublicExponent().bitLength() > EXPONENT_BITS_MAX);
  }

  static Optional<Verdict> ofSignature(X509Certificate certificate) {
    String algorithm = certificate.getSigAlgName().toUpperCase(Locale.ROOT).replace("-", "");
    boolean weak =
        algorithm.startsWith("SHA1") || algorithm.startsWith("MD") || algorithm.contains("DSA1");
    return weak
        ? Optional.of(
            new Verdict(
                Problem.WEAK_SIGNATURE,
                "the certificate "
                    + CertificateNames.of(certificate)
                    + " is signed with "
                    + certificate.getSigAlgName()))
        : Optional.empty();
  }
}

package dev.menura.certificates.upstream;

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
  private static final int EC_BITS_MIN = 256;

  private Weakness() {}

  static Optional<Verdict> ofKey(X509Certificate certificate) {
    PublicKey key = certificate.getPublicKey();
    String found =
        switch (key) {
          case RSAPublicKey rsa ->
              rsa.getModulus().bitLength() < RSA_BITS_MIN
                  ? "an RSA key of " + rsa.getModulus().bitLength() + " bits"
                  : "";
          case ECPublicKey ec -> {
            int bits = ec.getParams().getCurve().getField().getFieldSize();
            yield bits < EC_BITS_MIN ? "an elliptic curve key of " + bits + " bits" : "";
          }
          case EdECPublicKey _ -> "";
          default -> "a key of a kind that is not accepted";
        };
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Verdict(
                Problem.WEAK_KEY,
                "the certificate " + CertificateNames.of(certificate) + " has " + found));
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

package dev.menura.certificates.x509;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;

/// SHA-256 over the encoding of certificates, in hexadecimal.
public final class Fingerprint {
  private Fingerprint() {}

  public static String of(X509Certificate certificate) {
    return of(List.of(certificate));
  }

  /// Of the DER of a certificate.
  public static String of(byte[] certificate) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("cannot take a fingerprint", e);
    }
  }

  /// One value for a whole chain, in its order.
  public static String of(List<X509Certificate> chain) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      for (X509Certificate certificate : chain) {
        digest.update(certificate.getEncoded());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
      throw new IllegalStateException("cannot take a fingerprint", e);
    }
  }
}

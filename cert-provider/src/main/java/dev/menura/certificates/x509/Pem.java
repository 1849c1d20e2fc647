package dev.menura.certificates.x509;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;

/// The textual form of certificates and keys (RFC 7468). Keys are always PKCS#8: BoringSSL refuses
/// the older EC form.
public final class Pem {
  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";

  private Pem() {}

  public static String certificate(X509Certificate certificate) {
    try {
      return encode(CERTIFICATE, certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("certificate cannot be encoded", e);
    }
  }

  /// @param der of one certificate
  public static String certificate(byte[] der) {
    return encode(CERTIFICATE, der);
  }

  public static String certificates(List<X509Certificate> chain) {
    var text = new StringBuilder();
    for (X509Certificate certificate : chain) {
      text.append(certificate(certificate));
    }
    return text.toString();
  }

  public static String privateKey(PrivateKey key) {
    byte[] der = key.getEncoded();
    if (der == null) {
      throw new IllegalArgumentException("this private key cannot be exported");
    }
    return encode(PRIVATE_KEY, der);
  }

  /// Reads every certificate of a text; other blocks and the text around them are skipped.
  ///
  /// @throws CertificateException where a certificate block cannot be read
  public static List<X509Certificate> readCertificates(String text) throws CertificateException {
    var factory = CertificateFactory.getInstance("X.509");
    var found = new ArrayList<X509Certificate>();
    for (byte[] der : blocks(CERTIFICATE, text)) {
      found.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
    }
    return List.copyOf(found);
  }

  /// As [#readCertificates(String)], but hands on what is wrong with a block and goes on with the
  /// next one.
  public static List<X509Certificate> readCertificates(
      String text, Consumer<CertificateException> skipped) throws CertificateException {
    var factory = CertificateFactory.getInstance("X.509");
    var found = new ArrayList<X509Certificate>();
    for (byte[] der : blocks(CERTIFICATE, text)) {
      try {
        found.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
      } catch (CertificateException e) {
        skipped.accept(e);
      }
    }
    return List.copyOf(found);
  }

  /// Reads the one PKCS#8 private key of a text.
  ///
  /// @param algorithm `EC` or `RSA`
  /// @throws GeneralSecurityException where there is not exactly one, or it is of another kind
  public static PrivateKey readPrivateKey(String text, String algorithm)
      throws GeneralSecurityException {
    List<byte[]> found;
    try {
      found = blocks(PRIVATE_KEY, text);
    } catch (CertificateException e) {
      throw new GeneralSecurityException("no readable PKCS#8 private key", e);
    }
    if (found.size() != 1) {
      throw new GeneralSecurityException(
          "expected one PKCS#8 'PRIVATE KEY' block, found " + found.size());
    }
    return KeyFactory.getInstance(algorithm)
        .generatePrivate(new PKCS8EncodedKeySpec(found.getFirst()));
  }

  private static String encode(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + LINES.encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  private static List<byte[]> blocks(String label, String text) throws CertificateException {
    String begin = "-----BEGIN " + label + "-----";
    String end = "-----END " + label + "-----";
    var blocks = new ArrayList<byte[]>();
    for (int at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, at)) {
      int from = at + begin.length();
      int to = text.indexOf(end, from);
      if (to < 0) {
        throw new CertificateException("block " + (blocks.size() + 1) + " has no '" + end + "'");
      }
      try {
        blocks.add(Base64.getMimeDecoder().decode(text.substring(from, to)));
      } catch (IllegalArgumentException e) {
        throw new CertificateException("block " + (blocks.size() + 1) + " is not base64", e);
      }
      at = to + end.length();
    }
    return blocks;
  }
}

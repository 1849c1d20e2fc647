package dev.menura.certificates.authority;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERGeneralizedTime;
import org.bouncycastle.asn1.DERUTCTime;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;

/// Puts a signature under the content of a certificate, which is encoded once only: this is the
/// path of every new name.
final class Signed {
  private static final int SEQUENCE = 0x30;
  private static final int SHORT_MAX = 0x7f;
  private static final CertificateFactory FACTORY = factory();

  private static final long TWELVE_DIGITS = 1_000_000_000_000L;
  private static final int CENTURY = 100;
  private static final Instant YEAR_2050 = Instant.parse("2050-01-01T00:00:00Z");
  private static final Instant YEAR_1950 = Instant.parse("1950-01-01T00:00:00Z");

  private Signed() {}

  private static CertificateFactory factory() {
    try {
      return CertificateFactory.getInstance("X.509");
    } catch (CertificateException e) {
      throw new IllegalStateException("this Java knows no certificates", e);
    }
  }

  /// A time in the form that its year asks for (RFC 5280 4.1.2.5).
  static Time time(Instant time) {
    boolean twoDigits = time.isBefore(YEAR_2050) && !time.isBefore(YEAR_1950);
    var date = LocalDateTime.ofEpochSecond(time.getEpochSecond(), 0, ZoneOffset.UTC);
    return new Time(
        twoDigits
            ? new DERUTCTime(digits(date, date.getYear() % CENTURY).substring(2) + "Z")
            : new DERGeneralizedTime(digits(date, date.getYear()) + "Z"));
  }

  /// Fourteen digits, from the year to the second; a formatter would cost as much as a signature.
  private static String digits(LocalDateTime date, int year) {
    long month = (long) date.getMonthValue() * CENTURY + date.getDayOfMonth();
    long day = month * CENTURY + date.getHour();
    long second = (day * CENTURY + date.getMinute()) * CENTURY + date.getSecond();
    return String.valueOf(CENTURY * TWELVE_DIGITS + year * (TWELVE_DIGITS / CENTURY) + second)
        .substring(1);
  }

  /// @param content the DER of a TBSCertificate (RFC 5280 4.1)
  /// @return the DER of the certificate
  static byte[] certificate(byte[] content, Issuer issuer) throws IOException {
    byte[] algorithm = issuer.identifier().getEncoded(ASN1Encoding.DER);
    byte[] signature = new DERBitString(issuer.sign(content)).getEncoded(ASN1Encoding.DER);
    int length = content.length + algorithm.length + signature.length;
    var whole = new ByteArrayOutputStream(length + 6);
    whole.write(SEQUENCE);
    writeLength(whole, length);
    whole.writeBytes(content);
    whole.writeBytes(algorithm);
    whole.writeBytes(signature);
    return whole.toByteArray();
  }

  static X509Certificate parse(byte[] certificate) {
    try {
      return (X509Certificate) FACTORY.generateCertificate(new ByteArrayInputStream(certificate));
    } catch (CertificateException e) {
      throw new IllegalStateException("a certificate of ours cannot be read", e);
    }
  }

  /// X.690 8.1.3.
  private static void writeLength(ByteArrayOutputStream out, int length) {
    if (length <= SHORT_MAX) {
      out.write(length);
      return;
    }
    int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
    out.write(0x80 | bytes);
    for (int i = bytes - 1; i >= 0; i--) {
      out.write(length >> (8 * i));
    }
  }

  /// The identifier of a key: the SHA-1 of its bits (RFC 5280 4.2.1.2, method 1).
  static byte[] identifier(SubjectPublicKeyInfo key) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(key.getPublicKeyData().getOctets());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java knows no SHA-1", e);
    }
  }
}

package dev.menura.certificates.upstream;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// How sentences for people speak of certificates. Text from the certificate is shortened and freed
/// of anything but printable ASCII.
final class CertificateNames {
  private static final int LENGTH_MAX = 120;
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

  private CertificateNames() {}

  static String of(X509Certificate certificate) {
    return quoted(certificate.getSubjectX500Principal().getName());
  }

  static String issuerOf(X509Certificate certificate) {
    return quoted(certificate.getIssuerX500Principal().getName());
  }

  static String date(Instant time) {
    return DAY.format(time);
  }

  private static String quoted(String name) {
    var clean = new StringBuilder("'");
    for (int i = 0; i < name.length() && i < LENGTH_MAX; i++) {
      char c = name.charAt(i);
      clean.append(c >= ' ' && c < 0x7f && c != '\'' ? c : '?');
    }
    return clean.append(name.length() > LENGTH_MAX ? "…'" : "'").toString();
  }
}

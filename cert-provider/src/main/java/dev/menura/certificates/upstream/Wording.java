package dev.menura.certificates.upstream;

import dev.menura.certificates.path.X509;

/// How sentences for people speak of certificates. Text from the certificate is shortened and freed
/// of anything but printable ASCII.
final class Wording {
  private static final int LENGTH_MAX = 120;

  private Wording() {}

  static String of(X509 certificate) {
    return quoted(certificate.subject());
  }

  static String issuerOf(X509 certificate) {
    return quoted(certificate.issuer());
  }

  static String quoted(String name) {
    return "'" + clean(name) + "'";
  }

  static String clean(String name) {
    var clean = new StringBuilder();
    for (int i = 0; i < name.length() && i < LENGTH_MAX; i++) {
      char c = name.charAt(i);
      clean.append(c >= ' ' && c < 0x7f && c != '\'' ? c : '?');
    }
    return clean.append(name.length() > LENGTH_MAX ? "…" : "").toString();
  }
}

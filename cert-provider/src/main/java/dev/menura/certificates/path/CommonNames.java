package dev.menura.certificates.path;

import dev.menura.certificates.path.GeneralName.Address;
import dev.menura.certificates.path.GeneralName.Dns;
import java.util.List;
import java.util.Locale;

/// Common names that look like a server's (CA/Browser Forum BR 7.1.4.3). They never make a
/// certificate good for a server; but one that names another server than the alternative names do
/// shows that its issuer does not check what it signs.
final class CommonNames {
  private CommonNames() {}

  /// Whether each common name that looks like an address is one of the alternative addresses, in
  /// its one canonical form; and each that looks like a DNS name is one of the alternative DNS
  /// names letter by letter, or lies above one. Where no alternative name has a dot nothing is
  /// compared: such a certificate is for no server of the public web.
  static boolean agree(X509 certificate) {
    List<GeneralName> names = certificate.extensions().names();
    return certificate.subjectName().texts(Name.COMMON_NAME).stream()
        .allMatch(common -> agrees(common, names));
  }

  private static boolean agrees(String common, List<GeneralName> names) {
    boolean looksLikeServer =
        (common.indexOf('.') >= 0 || common.indexOf(':') >= 0) && common.indexOf(' ') < 0;
    if (!looksLikeServer) {
      return true;
    }
    if (common.indexOf(':') >= 0 || DnsNames.isAddress(common)) {
      return names.stream()
          .anyMatch(name -> name instanceof Address address && address.text().equals(common));
    }
    List<String> dotted =
        names.stream()
            .filter(name -> name instanceof Dns dns && dns.text().indexOf('.') >= 0)
            .map(name -> ((Dns) name).text())
            .toList();
    String below = "." + common.toLowerCase(Locale.ROOT);
    return dotted.isEmpty()
        || dotted.stream()
            .anyMatch(dns -> dns.equals(common) || dns.toLowerCase(Locale.ROOT).endsWith(below));
  }
}

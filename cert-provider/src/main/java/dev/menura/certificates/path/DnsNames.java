package dev.menura.certificates.path;

import java.util.List;
import java.util.regex.Pattern;

/// The syntax of DNS names in certificates.
final class DnsNames {
  private static final int LENGTH_MAX = 253;
  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");
  private static final Pattern LOOSE_LABEL = Pattern.compile("[A-Za-z0-9_-]{1,255}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]+|0[xX][0-9A-Fa-f]*");

  private DnsNames() {}

  /// RFC 1034 3.5 and RFC 1123 2.1: letters, digits and inner hyphens.
  static boolean isPreferred(String name) {
    return name.length() <= LENGTH_MAX
        && !name.isEmpty()
        && List.of(name.split("\\.", -1)).stream().allMatch(l -> LABEL.matcher(l).matches());
  }

  /// A preferred name, or a star in place of its leftmost label with two labels after it at the
  /// least (CA/Browser Forum Baseline Requirements 1.6.1, "Wildcard Domain Name").
  static boolean isCertifiable(String name) {
    if (name.startsWith("*.")) {
      String base = name.substring(2);
      return base.indexOf('.') > 0 && isPreferred(base) && name.length() <= LENGTH_MAX;
    }
    return isPreferred(name) && !isAddress(name);
  }

  /// Whether the name's labels can be told apart, however they are spelt.
  static boolean isReadable(String name) {
    String base = name.startsWith("*.") ? name.substring(2) : name;
    return !base.isEmpty()
        && List.of(base.split("\\.", -1)).stream().allMatch(l -> LOOSE_LABEL.matcher(l).matches());
  }

  /// A name whose last label is a number is an address, in whatever notation.
  static boolean isAddress(String name) {
    return NUMBER.matcher(name.substring(name.lastIndexOf('.') + 1)).matches();
  }
}

package dev.menura.certificates.path;

import com.google.common.net.InternetDomainName;
import dev.menura.certificates.path.GeneralName.Address;
import dev.menura.certificates.path.GeneralName.Directory;
import dev.menura.certificates.path.GeneralName.Dns;
import dev.menura.certificates.path.GeneralName.Email;
import dev.menura.certificates.path.GeneralName.Other;
import dev.menura.certificates.path.GeneralName.Uri;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;

/// Which servers a certificate is for (RFC 9525): its alternative names say so, and nothing else.
/// The common name does not count, whatever the profile.
public final class ServerNames {
  private static final int LENGTH_MAX = 255;

  private ServerNames() {}

  /// What no name of a certificate may hold, whatever the profile; empty where there is nothing of
  /// the kind. Safe to show.
  public static Optional<String> unprintable(X509 certificate) {
    for (Name.Attribute attribute : certificate.subjectName().attributes()) {
      if (attribute.text().chars().anyMatch(Character::isISOControl)) {
        return Optional.of("its subject holds a control character");
      }
    }
    return certificate.extensions().names().stream()
        .flatMap(name -> unprintable(name).stream())
        .findFirst();
  }

  private static Optional<String> unprintable(GeneralName name) {
    return switch (name) {
      case Dns dns ->
          dns.text().isEmpty() || dns.text().length() > LENGTH_MAX
              ? Optional.of("it holds a DNS name of " + dns.text().length() + " bytes")
              : printable(dns.text());
      case Email email -> printable(email.text());
      case Uri uri -> printable(uri.text());
      case Address address -> {
        int size = address.bytes().size();
        yield size == 4 || size == 16
            ? Optional.empty()
            : Optional.of("it holds an IP address of " + size + " bytes");
      }
      case Directory _, Other _ -> Optional.empty();
    };
  }

  private static Optional<String> printable(String text) {
    return text.chars().allMatch(c -> c > ' ' && c < 0x7f)
        ? Optional.empty()
        : Optional.of("it holds a name with a blank, a control or a non-ASCII character");
  }

  /// Whether the certificate is for an address, byte by byte.
  public static boolean match(X509 certificate, InetAddress address) {
    return certificate.extensions().names().stream()
        .anyMatch(name -> name instanceof Address own && own.matches(address));
  }

  /// Whether the certificate is for a DNS name: letter by letter, or by a wildcard that is the
  /// whole leftmost label and stands for one (RFC 9525 6.3).
  ///
  /// @param asked in lower case, without a trailing dot
  public static boolean match(X509 certificate, String asked) {
    return certificate.extensions().names().stream()
        .anyMatch(name -> name instanceof Dns dns && matches(dns.text(), asked));
  }

  private static boolean matches(String certified, String asked) {
    String pattern = certified.toLowerCase(Locale.ROOT);
    return pattern.startsWith("*.")
        ? matchesWildcard(pattern.substring(1), asked)
        : pattern.equals(asked);
  }

  /// @param suffix what follows the star; it must be more than what a registry hands names out
  ///   below
  private static boolean matchesWildcard(String suffix, String asked) {
    int firstDot = asked.indexOf('.');
    return firstDot > 0
        && suffix.indexOf('.', 1) > 0
        && suffix.indexOf('*') < 0
        && asked.substring(firstDot).equals(suffix)
        && !isOfRegistry(suffix.substring(1));
  }

  /// Whether a registry hands out the names below this one, as below `co.uk` (the first part of the
  /// public suffix list, as browsers do; below `github.io` its owner may certify them all).
  private static boolean isOfRegistry(String name) {
    return InternetDomainName.isValid(name) && InternetDomainName.from(name).isRegistrySuffix();
  }
}

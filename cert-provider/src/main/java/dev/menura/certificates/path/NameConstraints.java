package dev.menura.certificates.path;

import dev.menura.certificates.path.GeneralName.Address;
import dev.menura.certificates.path.GeneralName.Directory;
import dev.menura.certificates.path.GeneralName.Dns;
import dev.menura.certificates.path.GeneralName.Email;
import dev.menura.certificates.path.GeneralName.Other;
import dev.menura.certificates.path.GeneralName.Uri;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;

/// The space in which the names below an authority must lie (RFC 5280 4.2.1.10).
///
/// @param flaw what is wrong with the constraints themselves, whoever reads them; empty where
///   nothing is
/// @param leadingDot whether a DNS constraint begins with a dot, which RFC 5280 does not know
record NameConstraints(
    List<GeneralName> permitted, List<GeneralName> excluded, String flaw, boolean leadingDot) {
  NameConstraints {
    permitted = List.copyOf(permitted);
    excluded = List.copyOf(excluded);
  }

  static NameConstraints of(ASN1Sequence value) throws MalformedException {
    var permitted = new ArrayList<GeneralName>();
    var excluded = new ArrayList<GeneralName>();
    String flaw = "";
    for (ASN1Encodable element : value) {
      ASN1TaggedObject tagged = ASN1TaggedObject.getInstance(element);
      List<GeneralName> into =
          switch (tagged.getTagNo()) {
            case 0 -> permitted;
            case 1 -> excluded;
            default -> throw new MalformedException("its name constraints cannot be read");
          };
      for (ASN1Encodable subtree : ASN1Sequence.getInstance(tagged, false)) {
        ASN1Sequence parts = ASN1Sequence.getInstance(subtree);
        into.add(GeneralName.of(parts.getObjectAt(0)));
        if (parts.size() > 1 && !isMinimumZero(parts)) {
          flaw = "distances in its name constraints";
        }
      }
    }
    if (permitted.isEmpty() && excluded.isEmpty()) {
      flaw = "empty name constraints";
    }
    boolean dot = false;
    for (GeneralName name : all(permitted, excluded)) {
      String found = flaw(name);
      flaw = found.isEmpty() ? flaw : found;
      dot |= name instanceof Dns dns && dns.text().startsWith(".");
    }
    return new NameConstraints(permitted, excluded, flaw, dot);
  }

  private static List<GeneralName> all(List<GeneralName> some, List<GeneralName> others) {
    var all = new ArrayList<>(some);
    all.addAll(others);
    return all;
  }

  /// DER leaves out the minimum of zero; some authorities write it all the same.
  private static boolean isMinimumZero(ASN1Sequence parts) {
    ASN1TaggedObject tagged = ASN1TaggedObject.getInstance(parts.getObjectAt(1));
    return parts.size() == 2
        && tagged.getTagNo() == 0
        && ASN1Integer.getInstance(tagged, false).getValue().signum() == 0;
  }

  private static String flaw(GeneralName constraint) {
    return switch (constraint) {
      case Dns dns -> {
        String bare = dns.text().startsWith(".") ? dns.text().substring(1) : dns.text();
        yield bare.isEmpty() || DnsNames.isPreferred(bare) ? "" : "a DNS constraint that is none";
      }
      case Address address -> isBlock(address) ? "" : "an address constraint that is no block";
      case Email email -> isMailSpace(email.text()) ? "" : "a mail constraint that is none";
      case Uri uri -> {
        String bare = uri.text().startsWith(".") ? uri.text().substring(1) : uri.text();
        yield DnsNames.isPreferred(bare) ? "" : "a URI constraint that is none";
      }
      case Directory _, Other _ -> "";
    };
  }

  private static boolean isMailSpace(String text) {
    int at = text.lastIndexOf('@');
    String host = at < 0 && text.startsWith(".") ? text.substring(1) : text.substring(at + 1);
    return DnsNames.isPreferred(host) && (at < 0 || isLocalPart(text.substring(0, at)));
  }

  private static boolean isLocalPart(String text) {
    return !text.isEmpty()
        && text.indexOf('@') < 0
        && text.chars().allMatch(c -> c > 32 && c < 127);
  }

  private static boolean isBlock(Address address) {
    int size = address.bytes().size();
    if (size != 8 && size != 32) {
      return false;
    }
    boolean ended = false;
    for (int bit = size / 2 * 8; bit < size * 8; bit++) {
      boolean one = (address.at(bit / 8) & (0x80 >> (bit % 8))) != 0;
      if (one && ended) {
        return false;
      }
      ended |= !one;
    }
    return true;
  }

  /// Why a name may not stand here; empty where it may.
  ///
  /// @param budget how many comparisons are left; it is drawn on
  Optional<String> refuses(GeneralName name, Budget budget) throws Budget.Spent {
    for (GeneralName constraint : excluded) {
      budget.compare();
      if (isSameKind(constraint, name) && (isUnreadable(name) || touches(name, constraint))) {
        return Optional.of("an excluded name");
      }
    }
    boolean constrained = false;
    for (GeneralName constraint : permitted) {
      budget.compare();
      if (isSameKind(constraint, name)) {
        constrained = true;
        if (!isUnreadable(name) && isWithin(name, constraint)) {
          return Optional.empty();
        }
      }
    }
    return constrained ? Optional.of("a name that is not permitted") : Optional.empty();
  }

  private static boolean isSameKind(GeneralName constraint, GeneralName name) {
    return switch (constraint) {
      case Other other -> name instanceof Other that && other.tag() == that.tag();
      case Address block ->
          name instanceof Address address && block.bytes().size() == 2 * address.bytes().size();
      case Dns _, Email _, Uri _, Directory _ -> constraint.getClass() == name.getClass();
    };
  }

  /// Names that cannot be compared are taken for forbidden.
  private static boolean isUnreadable(GeneralName name) {
    return switch (name) {
      case Other _ -> true;
      case Email email -> !isMailbox(email.text());
      case Uri uri -> uriHost(uri.text()).isEmpty();
      case Dns dns -> !DnsNames.isReadable(dns.text());
      case Address _, Directory _ -> false;
    };
  }

  static boolean isMailbox(String text) {
    int at = text.indexOf('@');
    return at > 0
        && isLocalPart(text.substring(0, at))
        && DnsNames.isPreferred(text.substring(at + 1));
  }

  /// Whether any name that this one stands for lies in the constraint's space.
  private static boolean touches(GeneralName name, GeneralName constraint) {
    if (name instanceof Dns dns && constraint instanceof Dns space && dns.text().startsWith("*.")) {
      List<String> base = GeneralName.labels(dns.text().substring(2));
      List<String> labels = GeneralName.labels(space.text());
      boolean expands =
          labels.size() == base.size() + 1 && labels.subList(1, labels.size()).equals(base);
      return expands || isWithin(name, constraint);
    }
    return isWithin(name, constraint);
  }

  private static boolean isWithin(GeneralName name, GeneralName constraint) {
    return switch (constraint) {
      case Dns space -> name instanceof Dns dns && isWithin(dns.text(), space.text());
      case Address block -> name instanceof Address address && isInside(address, block);
      case Email space -> name instanceof Email email && isMailWithin(email.text(), space.text());
      case Uri space ->
          name instanceof Uri uri
              && uriHost(uri.text()).filter(host -> isHostWithin(host, space.text())).isPresent();
      case Directory space -> name instanceof Directory dn && dn.name().isWithin(space.name());
      case Other _ -> false;
    };
  }

  /// Adding labels on the left keeps a name inside; a constraint with a leading dot demands one. A
  /// wildcard is inside where what follows its star is.
  private static boolean isWithin(String name, String space) {
    String suffix = space.toLowerCase(Locale.ROOT);
    if (suffix.isEmpty()) {
      return true;
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (suffix.startsWith(".")) {
      return lower.endsWith(suffix) && lower.length() > suffix.length();
    }
    return lower.equals(suffix) || lower.endsWith("." + suffix);
  }

  private static boolean isInside(Address address, Address block) {
    int size = address.bytes().size();
    for (int i = 0; i < size; i++) {
      if (((address.at(i) ^ block.at(i)) & block.at(size + i)) != 0) {
        return false;
      }
    }
    return true;
  }

  /// A mailbox, all mailboxes of a host, or those of all hosts below one. Local parts are compared
  /// letter by letter.
  private static boolean isMailWithin(String mailbox, String space) {
    int at = mailbox.indexOf('@');
    String host = mailbox.substring(at + 1);
    int spaceAt = space.indexOf('@');
    if (spaceAt >= 0) {
      return mailbox.substring(0, at).equals(space.substring(0, spaceAt))
          && host.equalsIgnoreCase(space.substring(spaceAt + 1));
    }
    return isHostWithin(host, space);
  }

  /// Unlike those of DNS names, these constraints name one host unless they begin with a dot.
  private static boolean isHostWithin(String host, String space) {
    return space.startsWith(".") ? isWithin(host, space) : host.equalsIgnoreCase(space);
  }

  /// The host of a URI's authority (RFC 3986 3.2.2), where it is a DNS name.
  private static Optional<String> uriHost(String uri) {
    int slashes = uri.indexOf("://");
    if (slashes <= 0) {
      return Optional.empty();
    }
    String rest = uri.substring(slashes + 3);
    int end = 0;
    while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
      end++;
    }
    String authority = rest.substring(rest.substring(0, end).lastIndexOf('@') + 1, end);
    int colon = authority.indexOf(':');
    String host = colon < 0 ? authority : authority.substring(0, colon);
    return DnsNames.isPreferred(host) && !DnsNames.isAddress(host)
        ? Optional.of(host)
        : Optional.empty();
  }
}

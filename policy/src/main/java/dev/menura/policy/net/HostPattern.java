package dev.menura.policy.net;

import java.net.IDN;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A host name, or with `*.` in front all names below it, at any depth, and not the name itself.
///
/// @param name in lower case, without a dot at its end, in its ASCII form (RFC 5890)
/// @param wildcard whether it stands for the names below
public record HostPattern(String name, boolean wildcard) {
  private static final int NAME_MAX = 253;
  private static final Pattern NAME =
      Pattern.compile(
          "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*");
  private static final Pattern NUMBER_AT_END = Pattern.compile("(^|\\.)[0-9]+$");

  /// Reads `bets.example` or `*.casino.example`.
  public static Optional<HostPattern> parse(String text) {
    boolean wildcard = text.startsWith("*.");
    return normalised(wildcard ? text.substring(2) : text)
        .map(name -> new HostPattern(name, wildcard));
  }

  /// A host name in the form in which names are compared; nothing where it is none. An address in
  /// its usual form is a host name too.
  public static Optional<String> normalised(String text) {
    if (text.length() > 4 * NAME_MAX) {
      return Optional.empty();
    }
    Optional<String> address = Cidr.address(text).map(found -> found.getHostAddress());
    if (address.isPresent()) {
      return address;
    }
    String bare = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    try {
      String name = ascii(bare) ? bare : IDN.toASCII(bare);
      String lower = name.toLowerCase(Locale.ROOT);
      return lower.length() <= NAME_MAX
              && NAME.matcher(lower).matches()
              && !NUMBER_AT_END.matcher(lower).find()
          ? Optional.of(lower)
          : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static boolean ascii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  @Override
  public String toString() {
    return wildcard ? "*." + name : name;
  }
}

package dev.menura.certificates.x509;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The name under which an origin is asked for, in the one form in which it is compared: a DNS name
/// in lower case without a trailing dot (RFC 1035 2.3.4, underscores allowed), or an IP address.
///
/// @param text the canonical text, safe to print: `[a-z0-9._:-]` only
/// @param isAddress whether it is an IP address
public record OriginName(String text, boolean isAddress) {
  private static final int NAME_LENGTH_MAX = 253;
  private static final int LABEL_LENGTH_MAX = 63;
  private static final Pattern IPV4 =
      Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]{2,45}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]+|0x[0-9a-f]*");

  /// @throws IllegalArgumentException where the text is no such name; the message does not repeat
  ///   it
  public static OriginName of(String raw) {
    return parse(raw)
        .orElseThrow(
            () -> new IllegalArgumentException("expected a DNS name or an IP address as origin"));
  }

  /// Empty where the text is neither a DNS name nor an IP address. Addresses in other than the
  /// usual notation (`127.1`, `0x7f.0.0.1`), names with other characters, and wildcards are
  /// neither.
  public static Optional<OriginName> parse(String raw) {
    if (raw.length() > NAME_LENGTH_MAX + 2) {
      return Optional.empty();
    }
    String text = raw;
    if (text.startsWith("[") && text.endsWith("]")) {
      text = text.substring(1, text.length() - 1);
      return text.indexOf(':') < 0 ? Optional.empty() : address(text);
    }
    if (text.indexOf(':') >= 0 || IPV4.matcher(text).matches()) {
      return address(text);
    }
    if (text.endsWith(".")) {
      text = text.substring(0, text.length() - 1);
    }
    if (!text.chars().allMatch(c -> c < 0x80)) {
      // Some characters beyond ASCII would become ASCII in lower case.
      return Optional.empty();
    }
    text = text.toLowerCase(Locale.ROOT);
    return isDnsName(text) ? Optional.of(new OriginName(text, false)) : Optional.empty();
  }

  /// The address that an address's name stands for.
  ///
  /// @throws IllegalStateException where this is a DNS name
  public InetAddress address() {
    if (!isAddress) {
      throw new IllegalStateException("a DNS name has no address of its own");
    }
    return InetAddress.ofLiteral(text);
  }

  private static Optional<OriginName> address(String text) {
    boolean v6 = text.indexOf(':') >= 0;
    if (v6 && !IPV6.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      InetAddress address = v6 ? Inet6Address.ofLiteral(text) : InetAddress.ofLiteral(text);
      return Optional.of(new OriginName(address.getHostAddress(), true));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isDnsName(String text) {
    if (text.isEmpty() || text.length() > NAME_LENGTH_MAX) {
      return false;
    }
    int labelStart = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || text.charAt(i) == '.') {
        if (!isLabel(text, labelStart, i)) {
          return false;
        }
        labelStart = i + 1;
      }
    }
    String last = text.substring(text.lastIndexOf('.') + 1);
    return !NUMBER.matcher(last).matches();
  }

  private static boolean isLabel(String text, int from, int to) {
    if (from == to || to - from > LABEL_LENGTH_MAX) {
      return false;
    }
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      boolean inner = c == '_' || (c == '-' && i > from && i < to - 1);
      if (!letterOrDigit && !inner) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return text;
  }
}

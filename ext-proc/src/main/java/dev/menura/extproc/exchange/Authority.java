package dev.menura.extproc.exchange;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/// The host and port that a request names in `:authority` (RFC 9110 7.2), in the form in which the
/// gate writes a target: lower case, no trailing dot, no brackets.
///
/// @param port the default port of the scheme where the request names none
public record Authority(String host, int port) {
  private static final int CHARS_MAX = 255 + 6;

  /// Reads a registered name, an IPv4 address or an IPv6 address in brackets, with an optional
  /// port. Empty for all else: user information, odd bytes, an empty name or port.
  public static Optional<Authority> parse(String text, int defaultPort) {
    if (text.length() > CHARS_MAX) {
      return Optional.empty();
    }
    int hostEnd = text.startsWith("[") ? text.indexOf(']') + 1 : text.indexOf(':');
    if (hostEnd < 0) {
      hostEnd = text.length();
    }
    String host = host(text.substring(0, hostEnd));
    int port = port(text.substring(hostEnd), defaultPort);
    return host.isEmpty() || port < 0 ? Optional.empty() : Optional.of(new Authority(host, port));
  }

  boolean names(String targetHost, int targetPort) {
    return port == targetPort
        && host.equals(targetHost.indexOf(':') < 0 ? targetHost : address(targetHost));
  }

  private static String host(String text) {
    if (text.startsWith("[")) {
      return text.endsWith("]") ? address(text.substring(1, text.length() - 1)) : "";
    }
    String host = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    boolean sound = !host.isEmpty() && !host.startsWith(".") && !host.endsWith(".");
    for (int i = 0; i < host.length() && sound; i++) {
      char c = host.charAt(i);
      sound = isAlphanumeric(c) || c == '-' || c == '_' || (c == '.' && host.charAt(i - 1) != '.');
    }
    return sound ? host.toLowerCase(Locale.ROOT) : "";
  }

  /// One spelling for all spellings of an IPv6 address. Never asks a name server.
  private static String address(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!HexFormat.isHexDigit(c) && c != ':' && c != '.') {
        return "";
      }
    }
    try {
      return text.indexOf(':') >= 0 && InetAddress.ofLiteral(text) instanceof Inet6Address address
          ? address.getHostAddress()
          : "";
    } catch (IllegalArgumentException _) {
      return "";
    }
  }

  private static int port(String text, int defaultPort) {
    if (text.isEmpty()) {
      return defaultPort;
    }
    if (text.charAt(0) != ':' || text.length() < 2 || text.length() > 6) {
      return -1;
    }
    int port = 0;
    for (int i = 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      port = port * 10 + (c - '0');
    }
    return port >= 1 && port <= 65535 ? port : -1;
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}

package dev.menura.policy.load;

import dev.menura.policy.net.Cidr;
import dev.menura.policy.net.HostPattern;
import dev.menura.policy.yaml.Type;
import dev.menura.policy.yaml.Types;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/// The types of names and addresses.
final class Names {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  private static final Pattern WITH_PORT =
      Pattern.compile("(?:\\[(?<v6>[0-9A-Fa-f:.]+)]|(?<v4>[0-9.]+)):(?<port>[0-9]{1,5})");

  private Names() {}

  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /// The name of a rule, a document or a category.
  static Type<String> name() {
    return Types.text(
        "a name of at most 63 letters, digits, '-', '_' and '.'",
        text -> Optional.of(text).filter(Names::isName));
  }

  static Type<Cidr> block() {
    return Types.text("an address, or a block such as 10.0.0.0/8", Cidr::parse);
  }

  static Type<InetAddress> address() {
    return Types.text("an address such as 192.0.2.1 or 2001:db8::1", Cidr::address);
  }

  /// The address of a name server, with its port.
  static Type<InetSocketAddress> nameServer() {
    return Types.text(
        "the address of a name server, as 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:53",
        Names::nameServer);
  }

  private static Optional<InetSocketAddress> nameServer(String text) {
    var alone = Cidr.address(text);
    if (alone.isPresent()) {
      return alone.map(address -> new InetSocketAddress(address, 53));
    }
    var parts = WITH_PORT.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    int port = Integer.parseInt(parts.group("port"));
    var address = parts.group("v6") == null ? parts.group("v4") : parts.group("v6");
    return Cidr.address(address)
        .filter(_ -> port >= 1 && port <= 65_535)
        .map(found -> new InetSocketAddress(found, port));
  }

  static Type<HostPattern> host() {
    return Types.text("a host name, or '*.' and a host name", HostPattern::parse);
  }

  /// The path of a file inside the policy's folder.
  static Type<String> file() {
    return Types.text(
        "the path of a file inside the policy's folder",
        text -> Optional.of(text).filter(Names::isInside));
  }

  private static boolean isInside(String path) {
    if (path.startsWith("/") || path.indexOf('\\') >= 0 || path.indexOf('\0') >= 0) {
      return false;
    }
    for (String part : path.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return false;
      }
    }
    return true;
  }
}

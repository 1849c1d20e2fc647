package dev.menura.extproc.gate;

import java.net.Inet6Address;
import java.net.InetAddress;

/// Where a client that knows of no proxy has dialled by itself.
///
/// @param text the address as Envoy writes it, which is the form that clients use in URLs (RFC
///   5952)
/// @param port 1 to 65535
public record Dialled(InetAddress address, String text, int port) {
  public Dialled {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("no port: " + port);
    }
  }

  /// @throws IllegalArgumentException where the text is no address
  public static Dialled of(String text, int port) {
    return new Dialled(InetAddress.ofLiteral(text), text, port);
  }

  /// The `host:port` that every request of the connection must name.
  ///
  /// @param name the server name of the ClientHello, empty where there is none
  public String target(String name) {
    if (!name.isEmpty()) {
      return name + ":" + port;
    }
    return (address instanceof Inet6Address ? "[" + text + "]" : text) + ":" + port;
  }

  /// The address as what a name on this connection leads to.
  Addresses.Answer of(Addresses addresses, String host, int hostPort) {
    var answer = addresses.dialled(address, port);
    if (!(answer instanceof Addresses.Answer.Checked)) {
      return answer;
    }
    return hostPort == port && addresses.has(host, address)
        ? answer
        : new Addresses.Answer.Elsewhere(
            "The connection was opened to %s, which is not %s port %d."
                .formatted(target(""), host, hostPort));
  }
}

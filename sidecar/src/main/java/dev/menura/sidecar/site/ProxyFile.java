package dev.menura.sidecar.site;

import dev.menura.policy.Gateway;
import dev.menura.policy.Listen;
import dev.menura.policy.Listen.Way;
import dev.menura.policy.ProxyCertificate;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The PAC file: a script in which a browser looks up its proxy for each URL.
///
/// It names one way in, and no way around: what is passed through undecrypted goes through the
/// proxy as well. Only names without a dot, which nobody else's name server knows, and the machine
/// itself are reached directly.
final class ProxyFile {
  /// What can stand between quotes in a script as it is.
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._:\\[\\]-]+");

  private ProxyFile() {}

  /// The script; empty where no way in is open to the client.
  ///
  /// @param listen where the proxy listens, with its real ports
  /// @param reached the gateway's address as the client has dialled it, empty where it has not
  static Optional<String> of(Listen listen, String reached) {
    return proxy(listen, reached)
        .filter(found -> PLAIN.matcher(found.address()).matches())
        .map(found ->
            """
            function FindProxyForURL(url, host) {
              if (isPlainHostName(host) || host == "localhost" || dnsDomainIs(host, ".localhost")
                  || shExpMatch(host, "127.*") || host == "::1" || host == "[::1]") {
                return "DIRECT";
              }
              return "%s %s";
            }
            """
                .formatted(found.word(), found.address()));
  }

  /// @param word how the script calls the kind of proxy
  /// @param address `host:port`
  private record Proxy(String word, String address) {}

  /// In clear text where that is open to the client, since it then needs to trust nobody yet.
  private static Optional<Proxy> proxy(Listen listen, String reached) {
    return at(listen, Way.EXPLICIT, reached)
        .map(address -> new Proxy("PROXY", address))
        .or(() ->
            at(listen, Way.EXPLICIT_TLS, reached).map(address -> new Proxy("HTTPS", address)));
  }

  private static Optional<String> at(Listen listen, Way way, String reached) {
    return listen
        .at(way)
        .filter(listener -> listener.port() != 0)
        .flatMap(listener ->
            host(listen, way, listener, reached)
                .map(host -> new Gateway.Listener(host, listener.port()).toString()));
  }

  private static Optional<String> host(
      Listen listen, Way way, Gateway.Listener listener, String reached) {
    if (!listener.isEverywhere()) {
      return isLoopback(listener.host()) && !reached.isEmpty() && !isLoopback(reached)
          ? Optional.empty()
          : Optional.of(listener.host());
    }
    // A certificate is for a name, where the proxy presents one.
    if (way.isEncrypted()
        && listen.certificate() instanceof ProxyCertificate.Issued(List<String> names)
        && !names.isEmpty()) {
      return Optional.of(names.getFirst());
    }
    return Optional.of(reached).filter(address -> !address.isEmpty());
  }

  private static boolean isLoopback(String host) {
    if (host.equals("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false; // a name
    }
  }
}

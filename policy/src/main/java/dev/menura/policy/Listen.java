package dev.menura.policy;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where clients come in: the address of each [Way] that is open. The explicit proxy always is.
///
/// @param addresses in the order of the ways
/// @param certificate what the proxy presents on the ways that are encrypted
public record Listen(Map<Way, Gateway.Listener> addresses, ProxyCertificate certificate) {
  /// What holds where nothing is said.
  public static final Listen STANDARD =
      new Listen(
          Map.of(Way.EXPLICIT, new Gateway.Listener("127.0.0.1", 3128)),
          new ProxyCertificate.Issued(List.of()));

  public Listen {
    if (!addresses.containsKey(Way.EXPLICIT)) {
      throw new IllegalArgumentException("the explicit proxy has no address");
    }
    addresses = Collections.unmodifiableMap(new EnumMap<>(addresses));
  }

  /// A way in. Envoy's listener for it has the same name as the key in the document.
  public enum Way {
    /// Clients are configured with a proxy, and tell it where they want to go: over HTTP/1.1, or
    /// HTTP/2 with prior knowledge.
    EXPLICIT("explicit"),
    /// The same over TLS: HTTP/1.1 and HTTP/2.
    EXPLICIT_TLS("explicit-tls"),
    /// The same over QUIC: HTTP/3.
    EXPLICIT_H3("explicit-h3"),
    /// Clients know of no proxy; their connections are redirected here.
    TRANSPARENT("transparent");

    private final String word;

    Way(String word) {
      this.word = word;
    }

    /// The key in the document, and the listener's name.
    public String word() {
      return word;
    }

    /// Whether the proxy presents a certificate of its own.
    public boolean isEncrypted() {
      return this == EXPLICIT_TLS || this == EXPLICIT_H3;
    }
  }

  /// The address of the explicit proxy.
  public Gateway.Listener explicit() {
    return at(Way.EXPLICIT).orElseThrow();
  }

  /// The address of a way, empty where it is closed.
  public Optional<Gateway.Listener> at(Way way) {
    return Optional.ofNullable(addresses.get(way));
  }

  /// The same with one way open at this address.
  public Listen with(Way way, Gateway.Listener address) {
    var changed = new EnumMap<>(addresses);
    changed.put(way, address);
    return new Listen(changed, certificate);
  }

  /// The same with another certificate of the proxy.
  public Listen with(ProxyCertificate other) {
    return new Listen(addresses, other);
  }

  /// The addresses of the ways that are encrypted.
  public List<Gateway.Listener> encrypted() {
    return addresses.entrySet().stream()
        .filter(way -> way.getKey().isEncrypted())
        .map(Map.Entry::getValue)
        .toList();
  }
}

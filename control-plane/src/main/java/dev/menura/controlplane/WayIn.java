package dev.menura.controlplane;

import io.envoyproxy.envoy.config.listener.v3.Listener;

/// A way in: a listener that clients reach.
///
/// @param host the IP address that it is bound to
/// @param port its port, 0 for any free one
public record WayIn(Kind kind, String host, int port) {
  public enum Kind {
    /// The proxy in clear text: HTTP/1.1, and HTTP/2 with prior knowledge.
    EXPLICIT("explicit"),
    /// The proxy over TLS: HTTP/1.1 and HTTP/2.
    EXPLICIT_TLS("explicit-tls"),
    /// The proxy over QUIC: HTTP/3.
    EXPLICIT_H3("explicit-h3");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /// The listener's name, which is the word in the `Gateway` document too.
    public String word() {
      return word;
    }
  }

  /// The listener's name.
  public String name() {
    return kind.word();
  }

  Listener listener() {
    return switch (kind) {
      case EXPLICIT -> ExplicitListener.inClear(name(), host, port);
      case EXPLICIT_TLS -> ExplicitListener.overTls(name(), host, port);
      case EXPLICIT_H3 -> ExplicitListener.overQuic(name(), host, port);
    };
  }
}

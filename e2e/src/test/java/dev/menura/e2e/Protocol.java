package dev.menura.e2e;

/// A version of HTTP, under the name that Go gives it.
enum Protocol {
  HTTP1("HTTP/1.1", "http/1.1"),
  HTTP2("HTTP/2.0", "h2,http/1.1");

  final String label;

  /// What an origin that speaks it offers in the TLS handshake.
  final String alpn;

  Protocol(String label, String alpn) {
    this.label = label;
    this.alpn = alpn;
  }
}

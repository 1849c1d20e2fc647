package dev.menura.policy;

/// The steps of an exchange, in the order in which their facts become known.
public enum Phase {
  /// Who asks, and for which host and port.
  CONNECT,
  /// What the client's first bytes say: the protocol, and the ClientHello where it is TLS.
  HELLO,
  /// What the origin's certificate says.
  UPSTREAM_CERTIFICATE,
  REQUEST_HEADERS,
  /// The request's body and its trailers.
  REQUEST_BODY,
  RESPONSE_HEADERS,
  /// The response's body and its trailers.
  RESPONSE_BODY
}

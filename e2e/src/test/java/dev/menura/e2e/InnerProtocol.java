package dev.menura.e2e;

/// What a client speaks with the origin, inside its tunnel.
enum InnerProtocol {
  HTTP1("h1"),
  HTTP2("h2"),
  WEBSOCKET("ws"),
  /// Opened with an extended CONNECT (RFC 8441).
  WEBSOCKET_OVER_HTTP2("ws-h2"),
  /// One message in each direction.
  GRPC("grpc"),
  /// Messages to and fro.
  GRPC_STREAM("grpc-stream"),
  SERVER_SENT_EVENTS("sse");

  private final String word;

  InnerProtocol(String word) {
    this.word = word;
  }

  boolean isWebSocket() {
    return this == WEBSOCKET || this == WEBSOCKET_OVER_HTTP2;
  }

  boolean isGrpc() {
    return this == GRPC || this == GRPC_STREAM;
  }

  /// What comes back where a text is sent and nothing is in the way.
  String answer(String text) {
    return switch (this) {
      case HTTP1, HTTP2, WEBSOCKET, WEBSOCKET_OVER_HTTP2, GRPC -> text;
      case GRPC_STREAM -> String.join("\n", java.util.Collections.nCopies(20, text));
      case SERVER_SENT_EVENTS -> ("data: " + text + "\n\n").repeat(3);
    };
  }

  @Override
  public String toString() {
    return word;
  }
}

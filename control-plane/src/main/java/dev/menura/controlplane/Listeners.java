package dev.menura.controlplane;

/// Bounds that all listeners share.
final class Listeners {
  /// How much Envoy buffers for one connection in each direction before it stops reading.
  static final int BUFFER_BYTES = 64 * 1024;

  /// A ClientHello larger than this is refused.
  static final int CLIENT_HELLO_BYTES = 64 * 1024;

  /// How long a client may take to send its first bytes, and then to finish its handshake.
  static final int HELLO_SECONDS = 10;

  private Listeners() {}
}

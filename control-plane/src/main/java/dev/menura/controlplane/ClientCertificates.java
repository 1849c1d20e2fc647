package dev.menura.controlplane;

/// Whether clients that reach the proxy over TLS or QUIC are asked for a certificate.
public enum ClientCertificates {
  NOT_ASKED,

  /// A client may go without one; one that is not valid ends the handshake.
  ASKED
}

package dev.menura.certificates.upstream;

import java.util.Optional;

/// What a server presented in a handshake.
///
/// @param chain its certificates, byte by byte
/// @param tlsVersion as `TLSv1.3`; empty where the handshake ended before one was agreed on
/// @param alpn the application protocol that it chose, empty where none
/// @param staple what it stapled about revocation
/// @param request whether it asked for a client certificate
record Captured(
    SentChain chain,
    String tlsVersion,
    String alpn,
    Optional<Staple> staple,
    Look.Request request) {
  /// Of a server that asked for no client certificate.
  Captured(SentChain chain, String tlsVersion, String alpn, Optional<Staple> staple) {
    this(chain, tlsVersion, alpn, staple, Look.Request.NONE);
  }
}

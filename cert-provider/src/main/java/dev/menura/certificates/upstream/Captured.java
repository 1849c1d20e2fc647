package dev.menura.certificates.upstream;

import java.util.Optional;

/// What a server presented in a handshake.
///
/// @param chain its certificates, byte by byte
/// @param tlsVersion as `TLSv1.3`; empty where the handshake ended before one was agreed on
/// @param alpn the application protocol that it chose, empty where none
/// @param staple what it stapled about revocation
record Captured(SentChain chain, String tlsVersion, String alpn, Optional<Staple> staple) {}

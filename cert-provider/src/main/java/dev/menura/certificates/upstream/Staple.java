package dev.menura.certificates.upstream;

/// An answer about revocation that came with the handshake (RFC 6066 8), as its bytes.
final class Staple {
  private final byte[] encoded;

  Staple(byte[] encoded) {
    this.encoded = encoded.clone();
  }

  byte[] encoded() {
    return encoded.clone();
  }
}

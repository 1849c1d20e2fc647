package dev.menura.certificates.x509;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;

/// The kinds of key that leaves of ours have.
public enum KeyKind {
  P256,
  P384,
  RSA_2048,
  RSA_3072,
  RSA_4096;

  /// The kind that a mimic of a certificate with this key has: the same where we make it, else the
  /// next stronger one, or the strongest that clients accept.
  public static KeyKind like(PublicKey original) {
    return switch (original) {
      case ECPublicKey key -> fieldSize(key) > 256 ? P384 : P256;
      case RSAPublicKey key -> {
        int bits = key.getModulus().bitLength();
        yield bits <= 2048 ? RSA_2048 : bits <= 3072 ? RSA_3072 : RSA_4096;
      }
      case EdECPublicKey key -> key.getParams().getName().equals("Ed448") ? P384 : P256;
      default -> P256;
    };
  }

  public boolean isRsa() {
    return switch (this) {
      case P256, P384 -> false;
      case RSA_2048, RSA_3072, RSA_4096 -> true;
    };
  }

  /// Words for a key of any kind, as `P-256`, `RSA-2048`, `Ed25519`.
  public static String describe(PublicKey key) {
    return switch (key) {
      case ECPublicKey ec -> "P-" + fieldSize(ec);
      case RSAPublicKey rsa -> "RSA-" + rsa.getModulus().bitLength();
      case EdECPublicKey edwards -> edwards.getParams().getName();
      default -> key.getAlgorithm();
    };
  }

  private static int fieldSize(ECPublicKey key) {
    return key.getParams().getCurve().getField().getFieldSize();
  }
}

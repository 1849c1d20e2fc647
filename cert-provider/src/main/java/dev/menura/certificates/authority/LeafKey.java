package dev.menura.certificates.authority;

import dev.menura.certificates.x509.KeyKind;
import dev.menura.certificates.x509.Pem;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/// The key of one leaf, or where it is an RSA key, of many. It is no record, so that its text never
/// says more than its kind.
final class LeafKey {
  private final KeyKind kind;
  private final PublicKey publicKey;
  private final PrivateKey privateKey;
  private final String pem;
  private final Instant made;
  private final AtomicInteger uses = new AtomicInteger();

  LeafKey(KeyKind kind, KeyPair pair, Instant made) {
    this.kind = kind;
    this.publicKey = pair.getPublic();
    this.privateKey = pair.getPrivate();
    this.pem = Pem.privateKey(pair.getPrivate());
    this.made = made;
  }

  KeyKind kind() {
    return kind;
  }

  PublicKey publicKey() {
    return publicKey;
  }

  PrivateKey privateKey() {
    return privateKey;
  }

  /// The private key, PKCS#8.
  String pem() {
    return pem;
  }

  Instant made() {
    return made;
  }

  int use() {
    return uses.incrementAndGet();
  }

  @Override
  public String toString() {
    return "LeafKey[" + kind + "]";
  }
}

package dev.menura.certificates.authority;

import java.security.GeneralSecurityException;

/// Signs with one private key, wherever that key is kept. Many threads sign at once.
@FunctionalInterface
interface SignatureSource {
  /// @throws GeneralSecurityException where no signature could be made; its text says nothing of
  ///   the key
  byte[] sign(String algorithm, byte[] content) throws GeneralSecurityException;
}

package dev.menura.certificates.authority;

import java.io.IOException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;

/// Keeps the private keys of authorities, each under a reference: the name of a file, or the label
/// of a key in a token. A key leaves it only as signatures.
interface KeyVault {
  /// A key that was made just now.
  ///
  /// @param file what is to be written to the file of that name for the key to be kept; empty where
  ///   it is kept already
  record NewKey(String reference, PublicKey publicKey, Issuer issuer, String file) {
    @Override
    public String toString() {
      return "NewKey[" + reference + "]";
    }
  }

  /// Makes a key on P-256.
  ///
  /// @param reference not in use yet
  NewKey make(String reference, SecureRandom random) throws AuthorityException;

  /// A reference that is not in use, for the key of a further authority.
  String another(SecureRandom random);

  /// Keeps the certificate beside the key, where the vault wants that.
  void attach(String reference, X509Certificate certificate) throws AuthorityException;

  /// @param publicKey of the certificate that the key must be for
  Issuer open(String reference, PublicKey publicKey) throws AuthorityException, IOException;

  /// Deletes the key for good.
  void destroy(String reference) throws AuthorityException, IOException;
}

package dev.menura.certificates.authority;

import dev.menura.certificates.x509.Pem;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Optional;

/// Keeps keys in files of mode 0600 in the authority's directory.
final class FileVault implements KeyVault {
  private static final int NAME_BYTES = 4;

  private final AuthorityFiles files;
  private final Optional<SecretSource> passphrase;
  private final Crypto crypto;

  FileVault(AuthorityFiles files, Optional<SecretSource> passphrase, Crypto crypto) {
    this.files = files;
    this.passphrase = passphrase;
    this.crypto = crypto;
  }

  @Override
  public String another(SecureRandom random) {
    byte[] name = new byte[NAME_BYTES];
    random.nextBytes(name);
    return "ca-key-" + HexFormat.of().formatHex(name) + ".pem";
  }

  @Override
  public NewKey make(String reference, SecureRandom random) throws AuthorityException {
    KeyPair pair = Crypto.JAVA.ellipticCurve("secp256r1", random);
    return keep(reference, pair.getPrivate(), pair.getPublic(), random);
  }

  /// A key that was made elsewhere.
  NewKey keep(String reference, PrivateKey key, PublicKey publicKey, SecureRandom random)
      throws AuthorityException {
    String text =
        passphrase.isPresent()
            ? EncryptedKey.write(key, passphrase.get().read(), random)
            : Pem.privateKey(key);
    return new NewKey(reference, publicKey, new Issuer(crypto, key, publicKey), text);
  }

  @Override
  public void attach(String reference, X509Certificate certificate) {
    // The certificate has a file of its own.
  }

  @Override
  public Issuer open(String reference, PublicKey publicKey) throws AuthorityException, IOException {
    return new Issuer(crypto, read(reference, publicKey), publicKey);
  }

  /// @throws AuthorityException where the file may be read by others, or holds no such key
  PrivateKey read(String reference, PublicKey publicKey) throws AuthorityException, IOException {
    files.checkKey(reference);
    String text = files.readKey(reference);
    if (passphrase.isPresent() && !EncryptedKey.is(text)) {
      throw new AuthorityException(
          files.key(reference)
              + ": expected an encrypted key, because a passphrase is configured, found one that is"
              + " not; to encrypt it: menura ca encrypt");
    }
    return parse(text, files.key(reference).toString(), publicKey);
  }

  /// Writes a key that is not encrypted yet anew, encrypted.
  ///
  /// @throws AuthorityException where there is no passphrase
  void encrypt(String reference, PublicKey publicKey, SecureRandom random)
      throws AuthorityException, IOException {
    if (passphrase.isEmpty()) {
      throw new AuthorityException(
          "expected a passphrase to encrypt the key with, found none; set"
              + " spec.ca.key.file.passphrase in the Gateway document");
    }
    files.checkKey(reference);
    String text = files.readKey(reference);
    if (!EncryptedKey.is(text)) {
      PrivateKey key = parse(text, files.key(reference).toString(), publicKey);
      files.replaceKey(reference, EncryptedKey.write(key, passphrase.get().read(), random));
    }
  }

  /// @param origin where the text comes from, for messages
  PrivateKey parse(String text, String origin, PublicKey publicKey) throws AuthorityException {
    if (EncryptedKey.is(text)) {
      if (passphrase.isEmpty()) {
        throw new AuthorityException(
            origin
                + ": expected the passphrase of this encrypted key, found no source for it; to name"
                + " one, set spec.ca.key.file.passphrase in the Gateway document");
      }
      return EncryptedKey.read(text, origin, passphrase.get().read());
    }
    try {
      return Pem.readPrivateKey(text, publicKey.getAlgorithm());
    } catch (GeneralSecurityException e) {
      // The cause is left out: its text could hold a part of the key.
      throw new AuthorityException(
          origin + ": expected one PKCS#8 private key in PEM, of the certificate's kind");
    }
  }

  @Override
  public void destroy(String reference) throws AuthorityException, IOException {
    files.deleteKey(reference);
  }
}

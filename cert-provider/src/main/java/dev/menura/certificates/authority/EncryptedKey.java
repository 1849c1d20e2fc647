package dev.menura.certificates.authority;

import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.crypto.util.ScryptConfig;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfoBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEOutputEncryptorBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/// Private keys that a passphrase protects: PKCS#8 under PBES2 (RFC 8018 6.2) with AES-256-CBC and
/// scrypt (RFC 7914). PBKDF2 is read too.
final class EncryptedKey {
  private static final String LABEL = "ENCRYPTED PRIVATE KEY";

  /// 16 MiB (RFC 7914 2), which is as much as OpenSSL reads without being told to.
  private static final ScryptConfig SCRYPT = new ScryptConfig.Builder(1 << 14, 8, 1).build();

  private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

  private EncryptedKey() {}

  static boolean is(String text) {
    return text.contains("-----BEGIN " + LABEL + "-----");
  }

  /// The passphrase is wiped.
  static String write(PrivateKey key, char[] passphrase, SecureRandom random) {
    try {
      var encryptor =
          new JcePKCSPBEOutputEncryptorBuilder(SCRYPT, NISTObjectIdentifiers.id_aes256_CBC)
              .setProvider(PROVIDER)
              .setRandom(random)
              .build(passphrase);
      byte[] der =
          new PKCS8EncryptedPrivateKeyInfoBuilder(PrivateKeyInfo.getInstance(key.getEncoded()))
              .build(encryptor)
              .getEncoded();
      var text = new java.io.StringWriter();
      try (var writer = new org.bouncycastle.util.io.pem.PemWriter(text)) {
        writer.writeObject(new PemObject(LABEL, der));
      }
      return text.toString();
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("cannot encrypt a key");
    } finally {
      Arrays.fill(passphrase, '\0');
    }
  }

  /// The passphrase is wiped.
  ///
  /// @param origin where the text comes from, for messages
  static PrivateKey read(String text, String origin, char[] passphrase) throws AuthorityException {
    try (var parser = new PEMParser(new StringReader(text))) {
      Object found = parser.readObject();
      if (!(found instanceof PKCS8EncryptedPrivateKeyInfo encrypted)) {
        throw unreadable(origin);
      }
      var decryptor =
          new JcePKCSPBEInputDecryptorProviderBuilder().setProvider(PROVIDER).build(passphrase);
      PrivateKeyInfo info = encrypted.decryptPrivateKeyInfo(decryptor);
      String algorithm =
          info.getPrivateKeyAlgorithm()
                  .getAlgorithm()
                  .equals(org.bouncycastle.asn1.x9.X9ObjectIdentifiers.id_ecPublicKey)
              ? "EC"
              : "RSA";
      return KeyFactory.getInstance(algorithm)
          .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    } catch (IOException
        | PKCSException
        | GeneralSecurityException
        | IllegalArgumentException
        | IllegalStateException e) {
      throw unreadable(origin);
    } finally {
      Arrays.fill(passphrase, '\0');
    }
  }

  /// Without a cause: its text could hold a part of the key.
  private static AuthorityException unreadable(String origin) {
    return new AuthorityException(
        origin + ": expected a PKCS#8 key that this passphrase opens, found another");
  }
}

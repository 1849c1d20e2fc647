package dev.menura.certificates.authority;

import java.nio.file.Path;
import java.util.Optional;

/// Where the private keys of our authorities are kept.
public sealed interface KeyPlace {
  /// Files of mode 0600 beside the certificate, PKCS#8; encrypted where there is a passphrase.
  record InFiles(Optional<SecretSource> passphrase) implements KeyPlace {}

  /// A hardware token, which makes the key and never hands it out.
  ///
  /// @param library the PKCS#11 module, as `/usr/lib/softhsm/libsofthsm2.so`
  /// @param token the token's label
  /// @param label the label of the key in it
  /// @param pin the user PIN
  record InToken(Path library, String token, String label, SecretSource pin) implements KeyPlace {}

  KeyPlace PLAIN_FILES = new InFiles(Optional.empty());
}

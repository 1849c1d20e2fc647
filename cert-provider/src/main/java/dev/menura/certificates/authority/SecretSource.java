package dev.menura.certificates.authority;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Where a passphrase or a token's PIN comes from; it is never part of a document or an argument.
public sealed interface SecretSource {
  /// An environment variable.
  record Variable(String name) implements SecretSource {}

  /// The first line of a file that only its owner may read.
  record InFile(Path file) implements SecretSource {}

  /// A credential that systemd hands to the service (`LoadCredential=`).
  record Credential(String name) implements SecretSource {}

  /// The longest one.
  int LENGTH_MAX = 1024;

  /// @throws AuthorityException where there is none
  default char[] read() throws AuthorityException {
    return read(System.getenv());
  }

  /// As [#read()].
  default char[] read(Map<String, String> environment) throws AuthorityException {
    return switch (this) {
      case Variable variable -> {
        String value = environment.get(variable.name());
        if (value == null || value.isEmpty()) {
          throw new AuthorityException(
              "the environment variable "
                  + variable.name()
                  + ": expected the passphrase or PIN, found nothing");
        }
        yield value.toCharArray();
      }
      case InFile(Path file) -> {
        try {
          OwnerOnly.checkFile(file.toAbsolutePath());
        } catch (IOException e) {
          throw unreadable(file, e);
        }
        yield firstLine(file);
      }
      case Credential(String name) -> {
        String directory = environment.get("CREDENTIALS_DIRECTORY");
        if (directory == null) {
          throw new AuthorityException(
              "the credential "
                  + name
                  + ": expected systemd to set CREDENTIALS_DIRECTORY, found it unset; add"
                  + " LoadCredential="
                  + name
                  + ":FILE to the unit");
        }
        // Its permissions are systemd's to set; group root may read it there.
        yield firstLine(Path.of(directory).resolve(name));
      }
    };
  }

  private static char[] firstLine(Path file) throws AuthorityException {
    try (var stream = Files.newInputStream(file)) {
      String text = new String(stream.readNBytes(LENGTH_MAX), StandardCharsets.UTF_8);
      String line = text.lines().findFirst().orElse("");
      if (line.isEmpty()) {
        throw new AuthorityException(
            file + ": expected the passphrase or PIN in its first line, found nothing");
      }
      return line.toCharArray();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static AuthorityException unreadable(Path file, IOException e) {
    return new AuthorityException(
        file + ": expected a file with the passphrase or PIN: " + e.getMessage(), e);
  }
}

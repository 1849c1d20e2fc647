package dev.menura.policy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The gateway's own certificate authority: `spec.ca` of the `Gateway` document.
///
/// @param key where its private key is kept
/// @param offlineRoot whether a root that is kept elsewhere signs its certificate
/// @param permit domains and address blocks that it may vouch for; where there are none, all
/// @param exclude domains and address blocks that it may not vouch for
/// @param renewBefore how long before its end its certificate is said to need renewal
public record AuthorityKeys(
    Place key,
    boolean offlineRoot,
    List<String> permit,
    List<String> exclude,
    Duration renewBefore) {
  public static final AuthorityKeys STANDARD =
      new AuthorityKeys(
          new Place.InFile(Optional.empty()), false, List.of(), List.of(), Duration.ofDays(30));

  public AuthorityKeys {
    permit = List.copyOf(permit);
    exclude = List.copyOf(exclude);
  }

  /// Where a private key is kept.
  public sealed interface Place {
    /// A file in the data directory, encrypted where there is a passphrase.
    record InFile(Optional<Secret> passphrase) implements Place {}

    /// A PKCS#11 token.
    ///
    /// @param library the module's path
    /// @param token the token's label
    /// @param label the key's label
    record InToken(Path library, String token, String label, Secret pin) implements Place {}
  }

  /// Where a passphrase or a PIN comes from.
  public sealed interface Secret {
    /// An environment variable.
    record Variable(String name) implements Secret {}

    /// The first line of a file.
    record InFile(Path file) implements Secret {}

    /// A credential that systemd hands over.
    record Credential(String name) implements Secret {}
  }
}

package dev.menura.sidecar.run;

import dev.menura.certificates.authority.AuthoritySettings;
import dev.menura.certificates.authority.AuthoritySettings.SignedBy;
import dev.menura.certificates.authority.KeyPlace;
import dev.menura.certificates.authority.NameScope;
import dev.menura.certificates.authority.SecretSource;
import dev.menura.policy.AuthorityKeys;
import dev.menura.policy.AuthorityKeys.Place;
import dev.menura.policy.AuthorityKeys.Secret;
import java.nio.file.Path;

/// What the `Gateway` document says of the authority, for those who keep it.
public final class CaSettings {
  private CaSettings() {}

  /// @param data the data directory
  public static AuthoritySettings of(AuthorityKeys keys, Path data) {
    return of(keys, AuthoritySettings.in(data.resolve("ca")));
  }

  static AuthoritySettings of(AuthorityKeys keys, AuthoritySettings defaults) {
    return new AuthoritySettings(
        defaults.directory(),
        switch (keys.key()) {
          case Place.InFile(var passphrase) ->
              new KeyPlace.InFiles(passphrase.map(CaSettings::source));
          case Place.InToken(var library, var token, var label, var pin) ->
              new KeyPlace.InToken(library, token, label, source(pin));
        },
        keys.offlineRoot() ? SignedBy.OFFLINE_ROOT : SignedBy.ITSELF,
        new NameScope(keys.permit(), keys.exclude()),
        keys.renewBefore());
  }

  private static SecretSource source(Secret secret) {
    return switch (secret) {
      case Secret.Variable(var name) -> new SecretSource.Variable(name);
      case Secret.InFile(var file) -> new SecretSource.InFile(file);
      case Secret.Credential(var name) -> new SecretSource.Credential(name);
    };
  }
}

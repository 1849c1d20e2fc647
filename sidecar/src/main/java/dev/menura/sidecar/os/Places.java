package dev.menura.sidecar.os;

import java.nio.file.Path;
import java.util.Map;

/// The folders of this user, by the XDG Base Directory Specification.
///
/// @param state where data that should survive a restart is kept
/// @param cache where files are kept that can be fetched again
public record Places(Path state, Path cache) {
  /// @param environment the variables of the process
  /// @param home the user's home folder
  public static Places of(Map<String, String> environment, Path home) {
    return new Places(
        under(environment.get("XDG_STATE_HOME"), home.resolve(".local/state")),
        under(environment.get("XDG_CACHE_HOME"), home.resolve(".cache")));
  }

  public static Places ofThisUser() {
    return of(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /// The specification has relative paths ignored.
  private static Path under(@org.jspecify.annotations.Nullable String base, Path otherwise) {
    Path folder =
        base == null || base.isEmpty() || !Path.of(base).isAbsolute() ? otherwise : Path.of(base);
    return folder.resolve("menura");
  }
}

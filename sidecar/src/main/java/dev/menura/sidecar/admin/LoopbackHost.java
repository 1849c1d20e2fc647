package dev.menura.sidecar.admin;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Whether a `Host` header names this machine as itself.
///
/// A page from elsewhere can make a browser send requests to a loopback address under a name of its
/// own (DNS rebinding); the name gives it away.
final class LoopbackHost {
  private static final Pattern NAMES =
      Pattern.compile(
          "(localhost|127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}|\\[::1\\])(:[0-9]{1,5})?");

  private LoopbackHost() {}

  static boolean accepts(@Nullable String host) {
    return host != null && NAMES.matcher(host.toLowerCase(Locale.ROOT)).matches();
  }
}

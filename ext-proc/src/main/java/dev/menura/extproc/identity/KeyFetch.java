package dev.menura.extproc.identity;

import java.io.IOException;
import java.net.URI;

/// Gets an issuer's keys. Takes a bounded time.
@FunctionalInterface
public interface KeyFetch {
  /// How large a key set may be.
  int BYTES_MAX = 256 * 1024;

  /// The text at an address of scheme `https`.
  ///
  /// @throws IOException where it cannot be had, or is larger than [#BYTES_MAX]
  String from(URI address) throws IOException;
}

package dev.menura.certificates.upstream;

import java.util.Optional;

/// Gets what certificates point at. Whatever goes wrong, nothing was got.
interface Fetch {
  /// Gets nothing.
  Fetch NONE = (_, _, _, _) -> Optional.empty();

  /// What is sent along, and its media type.
  final class Body {
    private final String type;
    private final byte[] bytes;

    Body(String type, byte[] bytes) {
      this.type = type;
      this.bytes = bytes.clone();
    }

    String type() {
      return type;
    }

    byte[] bytes() {
      return bytes.clone();
    }
  }

  /// @param address an address of scheme `http`; others are not gone to
  /// @param body what is posted; where there is none it is a plain request
  Optional<byte[]> from(String address, Optional<Body> body, int bytesMax, Deadline deadline);
}

package dev.menura.controlplane;

import java.util.Arrays;
import java.util.List;

/// Every way in, for tests.
final class WaysIn {
  private static final int PORT = 3128;

  private WaysIn() {}

  static List<WayIn> all() {
    return Arrays.stream(WayIn.Kind.values())
        .map(kind -> new WayIn(kind, "127.0.0.1", PORT))
        .toList();
  }
}

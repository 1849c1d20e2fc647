package dev.menura.bench.compare;

import java.time.Duration;

/// The time that a run may take.
///
/// @param endNanos when it is over, as [System#nanoTime] counts
record Budget(long endNanos) {
  static Budget of(Duration length) {
    return new Budget(System.nanoTime() + length.toNanos());
  }

  /// Whether something may begin that must leave so much of the time.
  boolean leaves(Duration rest) {
    return left().compareTo(rest) > 0;
  }

  Duration left() {
    return Duration.ofNanos(endNanos - System.nanoTime());
  }
}

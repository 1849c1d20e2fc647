package dev.menura.certificates.upstream;

import java.net.SocketTimeoutException;
import java.time.Duration;

/// A point in time that no number of small steps can move.
final class Deadline {
  private final long endNanos;

  Deadline(Duration from) {
    this.endNanos = System.nanoTime() + from.toNanos();
  }

  /// What is left, at least one millisecond.
  ///
  /// @throws SocketTimeoutException where nothing is left
  int remainingMs() throws SocketTimeoutException {
    long left = endNanos - System.nanoTime();
    if (left <= 0) {
      throw new SocketTimeoutException("deadline");
    }
    return Math.clamp(left / 1_000_000, 1, Integer.MAX_VALUE);
  }
}

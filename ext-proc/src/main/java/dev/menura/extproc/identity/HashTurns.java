package dev.menura.extproc.identity;

import dev.menura.extproc.gate.Callers.Reason;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Bounds how many hashes are computed at once, so that they cannot take all processors and all
/// memory. Who waits too long is told so. Thread-safe.
final class HashTurns {
  /// How long a check may wait for its turn.
  static final Duration WAIT_MAX = Duration.ofSeconds(5);

  private final Semaphore free;
  private final Duration wait;

  HashTurns(int atOnce, Duration wait) {
    this.free = new Semaphore(atOnce, true);
    this.wait = wait;
  }

  /// Half of this machine's processors.
  static HashTurns ofThisMachine() {
    return new HashTurns(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), WAIT_MAX);
  }

  Check take(Supplier<Check> check) {
    try {
      if (!free.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS)) {
        return new Check.Failed(Reason.BUSY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Check.Failed(Reason.BUSY);
    }
    try {
      return check.get();
    } finally {
      free.release();
    }
  }
}

package dev.menura.sidecar.run;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// Ids that are unique over restarts and Envoys: the run's own random part, and a number.
/// Thread-safe.
final class ConnectionIds implements Supplier<String> {
  private static final int RUN_BYTES = 4;

  private final String run;
  private final AtomicLong next = new AtomicLong(1);

  ConnectionIds(SecureRandom random) {
    var bytes = new byte[RUN_BYTES];
    random.nextBytes(bytes);
    this.run = HexFormat.of().formatHex(bytes);
  }

  @Override
  public String get() {
    return run + "-" + Long.toString(next.getAndIncrement(), 36);
  }
}

package dev.menura.extproc.exchange;

import java.util.concurrent.atomic.AtomicLong;

/// The memory that bodies may take while they wait for a verdict, shared by all exchanges of a
/// process. Envoy sends bodies without flow control, so this bound is the only one on their sum.
public final class HeldBytes {
  /// The bound where nothing is said.
  public static final long MAX_DEFAULT = 256L << 20;

  private final long max;
  private final AtomicLong held = new AtomicLong();

  public HeldBytes(long max) {
    this.max = max;
  }

  public long held() {
    return held.get();
  }

  /// Takes note that an exchange now holds `after` bytes where it held `before`.
  ///
  /// @return false where that is more than all exchanges together may hold; nothing is taken note
  ///   of then
  boolean change(long before, long after) {
    long delta = after - before;
    if (delta <= 0) {
      held.addAndGet(delta);
      return true;
    }
    while (true) {
      long now = held.get();
      if (now + delta > max) {
        return false;
      }
      if (held.compareAndSet(now, now + delta)) {
        return true;
      }
    }
  }
}

package dev.menura.sidecar.envoy;

import java.time.Duration;

/// How long to wait before a process that ended is started again: twice as long each time, up to a
/// bound, and from the start again once it has run for a while.
final class RestartPauses {
  static final Duration FIRST = Duration.ofMillis(100);
  static final Duration LONGEST = Duration.ofSeconds(10);

  /// A run of this length counts as stable.
  static final Duration STABLE = Duration.ofSeconds(30);

  private Duration next = FIRST;

  /// @param ran how long the process ran before it ended
  Duration after(Duration ran) {
    if (ran.compareTo(STABLE) >= 0) {
      next = FIRST;
    }
    Duration pause = next;
    Duration doubled = pause.multipliedBy(2);
    next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
    return pause;
  }
}

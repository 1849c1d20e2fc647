package dev.menura.e2e;

import java.time.Duration;
import org.awaitility.Awaitility;

/// How many bytes of bodies the sidecar has inspected, as sent.
///
/// @param part `request` or `response`
record Inspected(Lab lab, String part) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  long bytes() {
    return Math.round(lab.meters.get("menura.inspected").tag("part", part).counter().count());
  }

  /// Waits until so many have been inspected since the gateway's start.
  void await(long bytes) {
    Awaitility.await("the sidecar to inspect byte " + bytes + " of all " + part + " bodies")
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> bytes() >= bytes);
  }
}

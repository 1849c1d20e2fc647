package dev.menura.controlplane;

import dev.menura.policy.Gateway;
import dev.menura.policy.Listen;
import dev.menura.policy.Listen.Way;

/// All ways in, open at the same time.
final class EveryWay {
  static final Listen IN = in();

  private EveryWay() {}

  private static Listen in() {
    var all = Listen.STANDARD;
    for (Way way : Way.values()) {
      all = all.with(way, new Gateway.Listener("127.0.0.1", 3128));
    }
    all = all.with(Way.TRANSPARENT, new Gateway.Listener("::", 15001));
    return all;
  }
}

package dev.menura.certificates;

import dev.menura.certificates.secrets.SecretWatcher;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;

/// What Envoy is served, by class of connections: an SDS stream of one class sees no other's.
///
/// @param trusted mimics, and what is served inside ADS: roots, and the gateway's own certificates
/// @param block certificates of the block page
/// @param distrust mimics that no client trusts
/// @param pinned what belongs to origins whose problem a rule lets through
record Watchers(
    SecretWatcher trusted, SecretWatcher block, SecretWatcher distrust, SecretWatcher pinned) {

  static Watchers of(Settings settings, Clock clock, MeterRegistry registry) {
    return new Watchers(
        new SecretWatcher("trusted", settings.trusted(), clock, registry),
        new SecretWatcher("block", settings.block(), clock, registry),
        new SecretWatcher("distrust", settings.distrust(), clock, registry),
        new SecretWatcher("pinned", settings.distrust(), clock, registry));
  }

  /// Removes what has ended. What is pinned goes with its slots.
  void sweep() {
    trusted.sweep();
    block.sweep();
    distrust.sweep();
  }
}

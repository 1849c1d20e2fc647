package dev.menura.extproc.exchange;

import dev.menura.extproc.event.EventSink;
import dev.menura.policy.Policy;
import java.time.Clock;
import java.util.function.Supplier;

/// Where exchanges come from, and what they share.
///
/// @param policy the policy in force; an exchange keeps the one that it began with
/// @param ids names for requests to which Envoy gave none
public record Exchanges(
    Supplier<Policy> policy,
    ScanFactory scans,
    HeldBytes held,
    EventSink events,
    ExchangeMetrics metrics,
    Clock clock,
    Supplier<String> ids) {

  /// Begins an exchange; its first event is to follow.
  public Exchange open(Streams streams, ConnectionContext connection) {
    return new Exchange(this, policy.get(), streams, connection);
  }
}

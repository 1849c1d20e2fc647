package dev.menura.extproc.exchange;

import dev.menura.extproc.event.EventSink;
import dev.menura.policy.Policy;
import java.time.Clock;
import java.util.function.Supplier;

/// Where exchanges come from, and what they share.
///
/// @param policy the policy in force; an exchange keeps the one that it began with
/// @param ids names for requests to which Envoy gave none
/// @param site what is answered to requests for the gateway itself
public record Exchanges(
    Supplier<Policy> policy,
    ScanFactory scans,
    HeldBytes held,
    EventSink events,
    ExchangeMetrics metrics,
    Clock clock,
    Supplier<String> ids,
    OwnSite site) {

  /// Without pages of the gateway's own.
  public Exchanges(
      Supplier<Policy> policy,
      ScanFactory scans,
      HeldBytes held,
      EventSink events,
      ExchangeMetrics metrics,
      Clock clock,
      Supplier<String> ids) {
    this(policy, scans, held, events, metrics, clock, ids, OwnSite.NONE);
  }

  /// Begins an exchange; its first event is to follow.
  public Exchange open(Streams streams, ConnectionContext connection) {
    return new Exchange(this, policy.get(), streams, connection);
  }
}

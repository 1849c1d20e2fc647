package dev.menura.extproc.exchange;

import dev.menura.extproc.accesslog.LoggedRequest;
import dev.menura.extproc.event.EventSink;
import dev.menura.extproc.event.GatewayEvent;
import dev.menura.policy.Facts;
import dev.menura.proto.Wire;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Records the exchanges that Envoy carried out by itself: on connections whose requests the gate
/// has allowed already, and of requests that it has cleared. Thread-safe.
public final class SettledExchanges implements Consumer<LoggedRequest> {
  private static final int MISDIRECTED = 421;

  /// A verdict on requests of a connection.
  ///
  /// @param rule the deciding rule's name, empty where no rule decided
  /// @param policyVersion the policy that decided
  public record Verdict(ConnectionContext connection, String rule, String policyVersion) {}

  private final Function<String, Optional<Verdict>> verdicts;
  private final Cleared cleared;
  private final EventSink events;
  private final ExchangeMetrics metrics;
  private final Clock clock;
  private final Supplier<String> ids;

  /// The verdict on a request that Envoy has cleared.
  public interface Cleared {
    /// @param ticket what the gate left on its connection
    /// @param head its head, as far as the log tells
    /// @return empty where Envoy clears no request of such a connection
    Optional<Verdict> verdict(String ticket, Facts.RequestHead head);
  }

  /// @param verdicts reads what the gate left on a connection; empty where that is no verdict
  /// @param ids names for requests to which Envoy gave none
  public SettledExchanges(
      Function<String, Optional<Verdict>> verdicts,
      Cleared cleared,
      EventSink events,
      ExchangeMetrics metrics,
      Clock clock,
      Supplier<String> ids) {
    this.verdicts = verdicts;
    this.cleared = cleared;
    this.events = events;
    this.metrics = metrics;
    this.clock = clock;
    this.ids = ids;
  }

  /// Takes an entry of the access log. Those of other exchanges, which recorded themselves, and of
  /// bytes that were no request are passed over.
  @Override
  public void accept(LoggedRequest request) {
    if (request.details().equals(ExtProcMessages.DETAILS) || request.method().isEmpty()) {
      return;
    }
    verdicts
        .apply(request.ticket())
        .or(() -> cleared.verdict(request.ticket(), head(request)))
        .ifPresent(by -> record(request, by));
  }

  private static Facts.RequestHead head(LoggedRequest request) {
    return new Facts.RequestHead(
        request.method(),
        Heads.canonical(request.path()),
        request.scheme(),
        Map.of(":authority", request.authority()));
  }

  private void record(LoggedRequest request, Verdict by) {
    boolean misdirected =
        request.status() == MISDIRECTED && request.details().equals(Wire.TARGET_CHECK);
    var connect = by.connection().connect();
    var common =
        new GatewayEvent.Common(
            clock.instant(),
            by.connection().id() + "/" + Ledger.requestId(request.requestId(), ids),
            connect.clientIp(),
            connect.hostName(),
            connect.hostPort(),
            misdirected ? null : orNull(by.rule()),
            by.policyVersion(),
            misdirected ? "block" : "allow",
            null,
            null,
            misdirected ? "host-mismatch" : null,
            Ledger.caller(connect.client()));
    metrics.ended(common.verdict());
    events.record(
        new GatewayEvent.ExchangeEvent(
            common,
            Ledger.method(request.method()),
            Ledger.path(request.path()),
            request.status(),
            Map.of(),
            List.of()));
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}

package dev.menura.extproc.exchange;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import dev.menura.extproc.event.EventSink;
import dev.menura.extproc.event.GatewayEvent;
import dev.menura.policy.Facts;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPRequestProperties;
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
public final class SettledExchanges implements Consumer<HTTPAccessLogEntry> {
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
    /// @param policyVersion the policy by whose clearance it went
    /// @param head its head, as far as the log tells
    /// @return empty where the ticket cannot be read
    Optional<Verdict> verdict(String ticket, String policyVersion, Facts.RequestHead head);
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
  public void accept(HTTPAccessLogEntry entry) {
    if (ExtProcMessages.DETAILS.equals(entry.getResponse().getResponseCodeDetails())
        || entry.getRequest().getRequestHeadersOrDefault(":method", "").isEmpty()) {
      return;
    }
    AccessLogCommon common = entry.getCommonProperties();
    var note = text(common, Wire.NOTE);
    var verdict =
        note.isEmpty()
            ? verdicts
                .apply(text(common, Wire.CONNECTION))
                .filter(by ->
                    text(common, Wire.MODE)
                        .equals(Wire.mode(by.policyVersion(), Wire.MODE_SETTLED)))
            : cleared.verdict(
                text(common, Wire.CONNECTION), Wire.versionOfNote(note), head(entry.getRequest()));
    verdict.ifPresent(by -> record(entry, by));
  }

  private static Facts.RequestHead head(HTTPRequestProperties request) {
    return new Facts.RequestHead(
        request.getRequestHeadersOrDefault(":method", ""),
        Heads.canonical(request.getPath()),
        request.getScheme(),
        Map.of(":authority", request.getAuthority()));
  }

  private void record(HTTPAccessLogEntry entry, Verdict by) {
    int status = entry.getResponse().getResponseCode().getValue();
    boolean misdirected =
        status == MISDIRECTED
            && Wire.TARGET_CHECK.equals(entry.getResponse().getResponseCodeDetails());
    var connect = by.connection().connect();
    var common =
        new GatewayEvent.Common(
            clock.instant(),
            by.connection().id() + "/" + Ledger.requestId(entry.getRequest().getRequestId(), ids),
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
            Ledger.method(entry.getRequest().getRequestHeadersOrDefault(":method", "")),
            Ledger.path(entry.getRequest().getPath()),
            status,
            Map.of(),
            List.of()));
  }

  /// The value that the gate set, as Envoy writes a string's.
  private static String text(AccessLogCommon common, String key) {
    Any value = common.getFilterStateObjectsOrDefault(key, Any.getDefaultInstance());
    try {
      return value.is(StringValue.class) ? value.unpack(StringValue.class).getValue() : "";
    } catch (InvalidProtocolBufferException e) {
      return "";
    }
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}

package dev.menura.extproc.gate;

import dev.menura.extproc.event.EventSink;
import dev.menura.extproc.event.GatewayEvent.Caller;
import dev.menura.extproc.event.GatewayEvent.Common;
import dev.menura.extproc.event.GatewayEvent.ConnectionEvent;
import dev.menura.extproc.event.GatewayEvent.Tls;
import dev.menura.gate.v1.ConnectionOrBuilder;
import dev.menura.policy.Action;
import dev.menura.policy.Decision;
import dev.menura.policy.Outcome;
import dev.menura.policy.Policy;
import dev.menura.policy.Rule;
import dev.menura.proto.Wire;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/// Records the gates' decisions as events and counts them.
final class GateLog {
  static final String DECRYPT = "decrypt";
  private static final String MIMIC = "mimic";
  private static final String STORED = "stored";

  private final EventSink events;
  private final Clock clock;
  private final MeterRegistry meters;

  GateLog(EventSink events, Clock clock, MeterRegistry meters) {
    this.events = events;
    this.clock = clock;
    this.meters = meters;
  }

  Clock clock() {
    return clock;
  }

  void refused(Policy rules, ConnectionOrBuilder connection, Refusal refusal) {
    count(refusal);
    record(
        connection,
        new Common(
            clock.instant(),
            connection.getId(),
            connection.getClientIp(),
            connection.getHost(),
            connection.getPort(),
            nullIfEmpty(refusal.rule()),
            rules.version(),
            refusal.verdict(),
            null,
            null,
            nullIfEmpty(refusal.reason()),
            caller(connection)));
  }

  /// A connection that goes on: decided already, or decrypted so that each exchange can be.
  void admitted(Policy rules, ConnectionOrBuilder connection, Outcome outcome) {
    var decision = outcome instanceof Outcome.Decided(Decision made) ? made : null;
    var observed = decision == null ? null : decision.observed().orElse(null);
    record(
        connection,
        new Common(
            clock.instant(),
            connection.getId(),
            connection.getClientIp(),
            connection.getHost(),
            connection.getPort(),
            decision == null ? null : decision.rule().map(Rule::name).orElse(null),
            rules.version(),
            decision == null ? DECRYPT : word(decision.action()),
            observed == null ? null : word(observed.action()),
            observed == null ? null : observed.rule(),
            null,
            caller(connection)));
  }

  /// A connection that is passed through although no rule says so, for its clients' sake.
  void exempted(Policy rules, ConnectionOrBuilder connection) {
    record(
        connection,
        new Common(
            clock.instant(),
            connection.getId(),
            connection.getClientIp(),
            connection.getHost(),
            connection.getPort(),
            null,
            rules.version(),
            "passthrough",
            null,
            null,
            "pinned-client-exemption"));
  }

  void unreadableTicket() {
    count("error");
    refusals("no-ticket");
  }

  /// A rule's own reason is anybody's text, and no label.
  private void count(Refusal refusal) {
    refusals(refusal.rule().isEmpty() ? refusal.reason() : "rule");
  }

  private void refusals(String reason) {
    meters.counter("menura.gate.refusals", "reason", reason).increment();
  }

  private static Caller caller(ConnectionOrBuilder connection) {
    var client = connection.getClient();
    return Caller.of(
        client.getUser(), client.getGroupsList(), client.getDevice(), client.getWorkload().getId());
  }

  private void record(ConnectionOrBuilder connection, Common common) {
    count(common.verdict());
    if (connection.hasUpstreamCertificate()) {
      meters
          .counter(
              "menura.gate.certificates",
              "problem",
              orElse(connection.getUpstreamCertificate().getProblem(), "none"),
              "class",
              orElse(connection.getConnectionClass(), "closed"))
          .increment();
    }
    countPresented(connection);
    events.record(
        new ConnectionEvent(
            common,
            connection.getAddressesCount() == 0 ? null : connection.getAddresses(0),
            tls(connection)));
  }

  private void count(String verdict) {
    meters.counter("menura.connections", "verdict", verdict).increment();
  }

  private static Tls tls(ConnectionOrBuilder connection) {
    var sni = nullIfEmpty(connection.getHello().getSni());
    var seen = connection.getUpstreamCertificate();
    return new Tls(
        sni,
        nullIfEmpty(connection.getHello().getJa4()),
        nullIfEmpty(seen.getTlsVersion()),
        nullIfEmpty(seen.getIssuer()),
        nullIfEmpty(seen.getProblem()),
        nullIfEmpty(seen.getSubject()),
        nullIfEmpty(seen.getFingerprint()),
        nullIfEmpty(seen.getRevocation()),
        nullIfEmpty(connection.getConnectionClass()),
        nullIfEmpty(shown(connection.getConnectionClass())),
        nullIfEmpty(connection.getClientVersion()),
        nullIfEmpty(connection.getException()),
        nullIfEmpty(seen.getClientCertificate()),
        nullIfEmpty(presented(connection)),
        nullIfEmpty(hint(connection)));
  }

  /// What the origin is presented where it asks: the stored certificate's name behind a word, or
  /// the word for one that says who is asking.
  private static String presented(ConnectionOrBuilder connection) {
    if (!connection.getMimickedClient().isEmpty()) {
      return MIMIC;
    }
    var stored = connection.getClientCertificate();
    return stored.isEmpty() ? "" : STORED + "/" + stored;
  }

  /// The client's own certificate cannot be presented by anybody else: where the origin does not do
  /// without, only a rule of the operator's helps.
  private static String hint(ConnectionOrBuilder connection) {
    boolean asked = !connection.getUpstreamCertificate().getClientCertificate().isEmpty();
    return asked && isDecrypted(connection) && presented(connection).isEmpty()
        ? "the origin asks for a client certificate and is presented none; for the client's own to"
            + " reach it, the connection must not be decrypted: {name: own-certificate, when:"
            + " host.name == '%s', then: passthrough}".formatted(connection.getHost())
        : "";
  }

  private static boolean isDecrypted(ConnectionOrBuilder connection) {
    return switch (connection.getConnectionClass()) {
      case Wire.CLASS_TRUSTED, Wire.CLASS_PINNED, Wire.CLASS_DISTRUST -> true;
      default -> false;
    };
  }

  private void countPresented(ConnectionOrBuilder connection) {
    var presented = presented(connection);
    boolean asked = !connection.getUpstreamCertificate().getClientCertificate().isEmpty();
    if (isDecrypted(connection) && (asked || !presented.isEmpty())) {
      meters
          .counter(
              "menura.gate.client.certificates",
              "asked",
              asked ? "yes" : "no",
              "presented",
              presented.isEmpty() ? "none" : presented.equals(MIMIC) ? MIMIC : STORED)
          .increment();
    }
  }

  private static String shown(String connectionClass) {
    return switch (connectionClass) {
      case Wire.CLASS_TRUSTED, Wire.CLASS_PINNED -> "mimic";
      case Wire.CLASS_DISTRUST -> "untrusted-mimic";
      case Wire.CLASS_BLOCK -> "block-page";
      case Wire.CLASS_PASSTHROUGH -> "original";
      default -> "";
    };
  }

  private static String word(Action.Deciding action) {
    return switch (action) {
      case Action.Allow _ -> "allow";
      case Action.Passthrough _ -> "passthrough";
      case Action.Distrust _ -> "distrust";
      case Action.Block _ -> "block";
    };
  }

  private static String orElse(String text, String other) {
    return text.isEmpty() ? other : text;
  }

  private static @Nullable String nullIfEmpty(String text) {
    return text.isEmpty() ? null : text;
  }
}

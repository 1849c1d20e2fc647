package dev.menura.extproc.pinning;

import dev.menura.extproc.event.EventSink;
import dev.menura.extproc.event.GatewayEvent;
import dev.menura.extproc.event.GatewayEvent.Common;
import dev.menura.extproc.event.GatewayEvent.Evidence;
import dev.menura.extproc.event.GatewayEvent.ProposalEvent;
import dev.menura.extproc.event.GatewayEvent.RejectionEvent;
import dev.menura.extproc.gate.Exemptions;
import dev.menura.extproc.gate.Ticket;
import dev.menura.gate.v1.Connection;
import dev.menura.policy.Action;
import dev.menura.policy.Decision;
import dev.menura.policy.Facts;
import dev.menura.policy.Gateway;
import dev.menura.policy.Outcome;
import dev.menura.policy.Policy;
import dev.menura.policy.Rule;
import dev.menura.proto.Wire;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Counts the clients that reject our certificates, by host, and draws the consequence: past a
/// threshold a host is proposed for passthrough, or exempted for a while where the operator says so
/// and no rule would be left unasked. Everything is kept in memory and bounded. Thread-safe.
public final class PinnedClients implements Exemptions {
  /// So many hosts are counted, and as many proposals kept; the one heard of longest ago goes
  /// first.
  static final int HOSTS_MAX = 1000;

  private final Supplier<Gateway.PinnedClients> settings;
  private final Supplier<Policy> policy;
  private final EventSink events;
  private final Clock clock;
  private final MeterRegistry meters;
  private final Map<String, HostTally> hosts = new LinkedHashMap<>(16, 0.75f, true);
  private final Strangers strangers = new Strangers();
  private final Map<String, ProposalEvent> proposals = new LinkedHashMap<>(16, 0.75f, true);

  /// Since when each host is exempted. How long it is, the settings of now say.
  private final Map<String, Instant> exempted = new ConcurrentHashMap<>();

  /// @param settings those in force
  /// @param policy the policy in force
  public PinnedClients(
      Supplier<Gateway.PinnedClients> settings,
      Supplier<Policy> policy,
      EventSink events,
      Clock clock,
      MeterRegistry meters) {
    this.settings = settings;
    this.policy = policy;
    this.events = events;
    this.clock = clock;
    this.meters = meters;
  }

  /// A client has given up a connection because of the certificate. Only connections count whose
  /// client was shown a certificate that it should have trusted.
  public void rejected(Connection connection, Sign sign) {
    var shown = connection.getConnectionClass();
    if (!shown.equals(Wire.CLASS_TRUSTED) && !shown.equals(Wire.CLASS_PINNED)) {
      return;
    }
    meters.counter("menura.pinned.rejections", "sign", sign.word()).increment();
    var now = clock.instant();
    var rules = policy.get();
    events.record(
        new RejectionEvent(
            common(connection, rules, "rejected", "client-rejected-certificate", now),
            sign.word(),
            tls(connection)));
    proposal(connection, sign, now, rules).ifPresent(this::announce);
  }

  private synchronized Optional<ProposalEvent> proposal(
      Connection connection, Sign sign, Instant now, Policy rules) {
    var limits = settings.get();
    var host = connection.getHost();
    var tally = hosts.computeIfAbsent(host, _ -> new HostTally());
    trim(hosts);
    tally.forgetBefore(now.minus(limits.within()));
    if (tally.clients() < limits.proposeAfter()) {
      tally.proposed(false);
    }
    var client = ClientKey.of(connection.getClientIp());
    strangers.add(client, host, now, now.minus(limits.within()));
    tally.add(client, connection.getClientIp(), sign, now);
    if (tally.clients() < limits.proposeAfter()) {
      return Optional.empty();
    }
    var facts = facts(connection);
    var lost = rules.lostByPassthrough(facts);
    boolean exempts =
        limits.exemptFor().isPresent()
            && tally.decisiveClients(each -> !strangers.contains(each)) >= limits.proposeAfter()
            && lost.isEmpty();
    if ((tally.isProposed() && !exempts) || isDecided(rules, facts)) {
      return Optional.empty();
    }
    tally.proposed(true);
    var event =
        new ProposalEvent(
            common(connection, rules, exempts ? "exempt" : "propose", "pinned-clients", now),
            new Evidence(
                tally.rejections(),
                tally.clients(),
                tally.addresses(),
                tally.signs(),
                tally.first(),
                tally.last(),
                exempts ? now.plus(limits.exemptFor().orElseThrow()) : null,
                lost,
                Suggestion.rule(host),
                before(rules, facts)));
    proposals.put(host, event);
    trim(proposals);
    if (exempts) {
      exempt(host, now);
    }
    return Optional.of(event);
  }

  /// A host that a rule blocks, or passes through already, is not proposed. The connection may have
  /// been decided under another policy.
  private static boolean isDecided(Policy rules, Facts facts) {
    return rules
        .certain(facts)
        .map(Decision::action)
        .filter(action ->
            action instanceof Action.Block
                || (action instanceof Action.Passthrough
                    && rules.lostByPassthrough(facts).isEmpty()))
        .isPresent();
  }

  /// Begins an exemption. What was counted is spent: after it, clients must reject anew.
  private void exempt(String host, Instant now) {
    exempted.values().removeIf(since -> !isRunning(since, now));
    if (exempted.size() >= HOSTS_MAX) {
      exempted.entrySet().stream()
          .min(Comparator.comparing(Map.Entry::getValue))
          .ifPresent(oldest -> exempted.remove(oldest.getKey()));
    }
    exempted.put(host, now);
    hosts.remove(host);
  }

  @Override
  public boolean exempts(String host) {
    var since = exempted.get(host);
    return since != null && isRunning(since, clock.instant());
  }

  private boolean isRunning(Instant since, Instant now) {
    return settings.get().exemptFor().filter(span -> now.isBefore(since.plus(span))).isPresent();
  }

  /// The proposals since the start, the latest last.
  public synchronized List<ProposalEvent> proposals() {
    return List.copyOf(proposals.values());
  }

  private void announce(ProposalEvent event) {
    meters.counter("menura.pinned.proposals", "verdict", event.common().verdict()).increment();
    events.record(event);
  }

  private static <V> void trim(Map<String, V> map) {
    if (map.size() > HOSTS_MAX) {
      map.remove(map.keySet().iterator().next());
    }
  }

  private static @Nullable String before(Policy rules, Facts facts) {
    return switch (rules.onRequest(facts)) {
      case Outcome.Waiting waiting -> waiting.rule().name();
      case Outcome.Decided(Decision decision) -> decision.rule().map(Rule::name).orElse(null);
    };
  }

  private static Facts facts(Connection connection) {
    var hello = connection.getHello();
    var seen = connection.getUpstreamCertificate();
    return Facts.of(
            new Facts.Connect(
                Ticket.client(connection), connection.getHost(), connection.getPort()))
        .with(new Facts.Hello(hello.getProtocol(), hello.getSni(), hello.getJa4()))
        .with(
            new Facts.UpstreamCertificate(
                seen.getProblem(),
                seen.getIssuer(),
                seen.getSubject(),
                seen.getKey(),
                seen.getTlsVersion(),
                seen.getClientCertificate()));
  }

  private static Common common(
      Connection connection, Policy rules, String verdict, String reason, Instant now) {
    return new Common(
        now,
        connection.getId(),
        connection.getClientIp(),
        connection.getHost(),
        connection.getPort(),
        null,
        rules.version(),
        verdict,
        null,
        null,
        reason);
  }

  private static GatewayEvent.Tls tls(Connection connection) {
    var sni = connection.getHello().getSni();
    var ja4 = connection.getHello().getJa4();
    return new GatewayEvent.Tls(
        sni.isEmpty() ? null : sni,
        ja4.isEmpty() ? null : ja4,
        null,
        null,
        null,
        null,
        null,
        null,
        connection.getConnectionClass(),
        "mimic",
        connection.getClientVersion(),
        null,
        null,
        null,
        null);
  }
}

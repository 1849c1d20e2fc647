package dev.menura.extproc.gate;

import dev.menura.extproc.event.EventSink;
import dev.menura.extproc.exchange.Authority;
import dev.menura.extproc.exchange.OwnSite;
import dev.menura.gate.v1.Connection;
import dev.menura.policy.Action;
import dev.menura.policy.Decision;
import dev.menura.policy.Facts;
import dev.menura.policy.Outcome;
import dev.menura.policy.Phase;
import dev.menura.policy.Policy;
import dev.menura.policy.TlsRules;
import dev.menura.proto.Wire;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/// The decisions about a connection: at CONNECT, where the target is known, and at the hello, where
/// the client's first bytes are. Resolving and peeking block for a bounded time, so a caller gives
/// each decision a thread of its own. Thread-safe.
public final class Gate {
  private static final int HTTP_PORT = 80;

  private final Supplier<Policy> policy;
  private final Supplier<TlsRules> tls;
  private final Callers callers;
  private final Addresses addresses;
  private final Origins origins;
  private final Exemptions exemptions;
  private final Supplier<String> ids;
  private final GateLog log;

  /// @param policy the policy in force
  /// @param tls how TLS is spoken
  /// @param ids makes a new id for each connection
  public Gate(
      Supplier<Policy> policy,
      Supplier<TlsRules> tls,
      Callers callers,
      Addresses addresses,
      Origins origins,
      Exemptions exemptions,
      EventSink events,
      Supplier<String> ids,
      Clock clock,
      MeterRegistry meters) {
    this.policy = policy;
    this.tls = tls;
    this.callers = callers;
    this.addresses = addresses;
    this.origins = origins;
    this.exemptions = exemptions;
    this.ids = ids;
    this.log = new GateLog(events, clock, meters);
  }

  /// Decides about a CONNECT, or about a plain HTTP request through the proxy.
  public ConnectAnswer connect(ConnectQuestion question) {
    return connect(
        question, () -> callers.of(question.credentials(), question.clientIp()), addresses::of);
  }

  /// Decides about a request in clear text of a client that knows of no proxy.
  public ConnectAnswer request(ConnectQuestion question, Dialled dialled) {
    if (question.tunnel()) {
      var connection = Connection.newBuilder().setId(ids.get()).setClientIp(question.clientIp());
      return refuse(policy.get(), connection, question, Refusal.MALFORMED_TARGET);
    }
    return connect(
        question,
        () -> callers.unasked(question.clientIp()),
        (host, port) -> dialled.of(addresses, host, port));
  }

  /// How the addresses of a target are found.
  private interface Finding {
    Addresses.Answer of(String host, int port);
  }

  private ConnectAnswer connect(
      ConnectQuestion question, Supplier<Callers.Answer> caller, Finding finding) {
    var rules = policy.get();
    var connection =
        Connection.newBuilder()
            .setId(ids.get())
            .setClientIp(question.clientIp())
            .setPlain(!question.tunnel());
    // A CONNECT names its port (RFC 9110 9.3.6).
    var authority = Authority.parse(question.authority(), question.tunnel() ? 0 : HTTP_PORT);
    if (authority.isEmpty()
        || authority.get().port() == 0
        || !TargetName.isSound(authority.get().host())) {
      return refuse(rules, connection, question, Refusal.MALFORMED_TARGET);
    }
    connection.setHost(authority.get().host()).setPort(authority.get().port());
    if (!question.tunnel() && !question.scheme().equals("http")) {
      return refuse(rules, connection, question, Refusal.SCHEME);
    }
    if (isOwn(question, connection)) {
      return question.tunnel()
          ? refuse(rules, connection, question, Refusal.OWN_SITE)
          : own(rules, connection, question);
    }
    switch (caller.get()) {
      case Callers.Answer.Known known -> Ticket.put(known, connection);
      case Callers.Answer.Unknown unknown -> {
        return unknown(rules, connection, question, unknown);
      }
    }
    var facts =
        Facts.of(
            new Facts.Connect(
                Ticket.client(connection), connection.getHost(), connection.getPort()));
    if (!question.tunnel()) {
      facts = facts.with(Facts.Hello.NONE).with(Facts.UpstreamCertificate.NONE);
    }
    if (rules.onRequest(facts) instanceof Outcome.Decided(Decision decision)
        && decision.action() instanceof Action.Block block) {
      return question.tunnel() && block.page() == Action.Page.INSIDE
          // The tunnel is let in as far as the page, and no name is resolved for it.
          ? admit(rules, connection, question, facts, "")
          : refuse(rules, connection, question, Refusal.byRule(decision, block));
    }
    return switch (finding.of(connection.getHost(), connection.getPort())) {
      case Addresses.Answer.Refused(String detail) ->
          refuse(rules, connection, question, Refusal.address(detail));
      case Addresses.Answer.Unresolved(String detail) ->
          refuse(rules, connection, question, Refusal.unresolved(detail));
      case Addresses.Answer.Elsewhere(String detail) ->
          refuse(rules, connection, question, Refusal.nameNotAtAddress(detail));
      case Addresses.Answer.Checked(List<InetAddress> checked) -> {
        checked.forEach(address -> connection.addAddresses(literal(address)));
        yield admit(
            rules, connection, question, facts, dial(checked.getFirst(), connection.getPort()));
      }
    };
  }

  /// Whether the gateway itself is asked for its pages: under their name, or by the very address at
  /// which the client has reached the proxy. They are there for clients that cannot yet say who
  /// they are, so that nobody is asked, and no rule can hide them.
  private static boolean isOwn(ConnectQuestion question, Connection.Builder connection) {
    return connection.getHost().equals(OwnSite.HOST)
        || (!question.tunnel()
            && question
                .reached()
                .filter(proxy ->
                    literal(proxy.address()).equals(connection.getHost())
                        && proxy.port() == connection.getPort())
                .isPresent());
  }

  private static ConnectAnswer own(
      Policy rules, Connection.Builder connection, ConnectQuestion question) {
    connection.setOwnSite(
        dev.menura.gate.v1.OwnSite.newBuilder()
            .setReached(question.reached().map(proxy -> literal(proxy.address())).orElse("")));
    return new ConnectAnswer.Admit(
        connection.build(),
        Wire.mode(rules.version(), Wire.MODE_HEADERS),
        target(question.authority(), connection),
        pool(connection, question),
        "");
  }

  /// Decides about a tunnel whose first bytes were seen.
  ///
  /// @param admitted what [#connect] handed on; empty where it could not be read
  public HelloAnswer hello(Optional<Connection> admitted, Facts.Hello hello) {
    if (admitted.isEmpty()) {
      log.unreadableTicket();
      return new HelloAnswer.Close("no-ticket");
    }
    return new HelloDecision(
            policy.get(),
            tls.get(),
            origins,
            exemptions,
            log,
            admitted.get(),
            hello,
            Destination.CHECKED)
        .decide();
  }

  /// Records a connection that Envoy has closed by itself, since its ClientHello is too large.
  ///
  /// @param known what a gate has handed on before, or what the connection itself says
  void tooLarge(Connection known) {
    var connection = known.toBuilder();
    if (connection.getId().isEmpty()) {
      connection.setId(ids.get());
    }
    log.refused(policy.get(), connection, Refusal.HELLO_TOO_LARGE);
  }

  /// Decides about a connection of a client that knows of no proxy, whose first bytes were seen.
  public HelloAnswer transparent(String clientIp, Dialled dialled, Facts.Hello hello) {
    var host =
        HelloDecision.isName(hello.sni(), dialled.port())
            ? hello.sni()
            : literal(dialled.address());
    var connection =
        Connection.newBuilder()
            .setId(ids.get())
            .setClientIp(clientIp)
            .setHost(host)
            .setPort(dialled.port())
            .addAddresses(literal(dialled.address()));
    var destination =
        switch (callers.unasked(clientIp)) {
          case Callers.Answer.Known known -> {
            Ticket.put(known, connection);
            yield Destination.of(dialled, host, addresses);
          }
          case Callers.Answer.Unknown unknown -> Destination.refused(Refusal.unknown(unknown));
        };
    return new HelloDecision(
            policy.get(),
            tls.get(),
            origins,
            exemptions,
            log,
            connection.build(),
            hello,
            destination)
        .decide();
  }

  private static ConnectAnswer admit(
      Policy rules,
      Connection.Builder connection,
      ConnectQuestion question,
      Facts facts,
      String address) {
    return new ConnectAnswer.Admit(
        connection.build(),
        question.tunnel() ? Wire.MODE_TUNNEL : mode(rules, facts),
        target(question.authority(), connection),
        question.tunnel() ? connection.getId() : pool(connection, question),
        address);
  }

  /// One connection of a client may bring plain requests of several users.
  private static String pool(Connection.Builder connection, ConnectQuestion question) {
    return question.clientAddress() + "/" + connection.getClient().getUser();
  }

  private ConnectAnswer unknown(
      Policy rules,
      Connection.Builder connection,
      ConnectQuestion question,
      Callers.Answer.Unknown unknown) {
    var refusal = Refusal.unknown(unknown);
    if (refusal.status() != Refusal.PROXY_AUTHENTICATION_REQUIRED) {
      return refuse(rules, connection, question, refusal);
    }
    log.refused(rules, connection, refusal);
    return new ConnectAnswer.Challenge(
        refusal
            .page(connection.getHost(), connection.getId(), log.clock().instant(), rules.version())
            .render("text/plain"),
        unknown.challenges());
  }

  /// The form in which Envoy compares targets. It cannot rewrite an IPv6 address, so that one stays
  /// as it was written.
  private static String target(String authority, Connection.Builder connection) {
    var host =
        authority.startsWith("[")
            ? authority.substring(0, authority.indexOf(']') + 1).toLowerCase(Locale.ROOT)
            : connection.getHost();
    return host + ":" + connection.getPort();
  }

  private ConnectAnswer refuse(
      Policy rules, Connection.Builder connection, ConnectQuestion question, Refusal refusal) {
    log.refused(rules, connection, refusal);
    return new ConnectAnswer.Refuse(
        refusal
            .page(connection.getHost(), connection.getId(), log.clock().instant(), rules.version())
            .render(question.accept()));
  }

  /// The exchange filter that this connection's requests need: the one that can hold and stream
  /// bodies where any rule that can still decide may come to ask about one, or one that decides
  /// nothing would like to see it.
  static String mode(Policy rules, Facts facts) {
    boolean bodies =
        rules.mayNeed(facts).contains(Phase.REQUEST_BODY)
            || rules.watching(facts, soFar(rules, facts)).contains(Phase.REQUEST_BODY);
    return Wire.mode(rules.version(), bodies ? Wire.MODE_BODIES : Wire.MODE_HEADERS);
  }

  /// What lets every request of this connection go, whatever it holds: a rule that is true already,
  /// with no rule in front of it that could still decide or would like to see more, and nothing to
  /// be done or recorded for each request beside.
  static Optional<Decision> settled(Policy rules, Facts facts) {
    return rules.onRequest(facts) instanceof Outcome.Decided(Decision decision)
            && decision.action() instanceof Action.Allow
            && decision.observed().isEmpty()
            && rules.mayNeed(facts).isEmpty()
            && rules.watching(facts, decision).isEmpty()
            // The mimic has been adapted by then.
            && rules.effects(facts, decision).stream()
                .allMatch(effect -> effect.action() instanceof Action.AdaptCertificate)
            && rules.failures(facts, decision).isEmpty()
        ? Optional.of(decision)
        : Optional.empty();
  }

  private static Decision soFar(Policy rules, Facts facts) {
    return rules.onRequest(facts) instanceof Outcome.Decided(Decision decision)
        ? decision
        : new Decision(Optional.empty(), new Action.Allow(), Optional.empty());
  }

  /// The address in the form that Envoy's filter state takes.
  static String dial(InetAddress address, int port) {
    var text = literal(address);
    return (text.indexOf(':') < 0 ? text : "[" + text + "]") + ":" + port;
  }

  private static String literal(InetAddress address) {
    var text = address.getHostAddress();
    int scope = text.indexOf('%');
    return scope < 0 ? text : text.substring(0, scope);
  }
}

package dev.menura.extproc.gate;

import dev.menura.extproc.exchange.Authority;
import dev.menura.gate.v1.Connection;
import dev.menura.gate.v1.Hello;
import dev.menura.gate.v1.Settled;
import dev.menura.gate.v1.UpstreamCertificate;
import dev.menura.policy.Action;
import dev.menura.policy.CertificateProblem;
import dev.menura.policy.Decision;
import dev.menura.policy.Effect;
import dev.menura.policy.Facts;
import dev.menura.policy.Outcome;
import dev.menura.policy.Policy;
import dev.menura.policy.Rule;
import dev.menura.policy.TlsRules;
import dev.menura.proto.Wire;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/// The decision about one tunnel whose first bytes were seen: pass it through, decrypt it, show the
/// page, or close it.
final class HelloDecision {
  /// A name may have many addresses; the peek tries this many of them.
  static final int ADDRESSES_TRIED_MAX = 3;

  private static final String TLS_1_2 = "TLSv1.2";
  private static final String TLS_1_3 = "TLSv1.3";

  private final Policy rules;
  private final TlsRules tls;
  private final Origins origins;
  private final Exemptions exemptions;
  private final GateLog log;
  private final Connection.Builder connection;
  private final Facts.Hello hello;
  private final Destination destination;
  private Facts facts;

  /// What the origin presented, where it was looked at.
  private Optional<Origins.Look.Seen> looked = Optional.empty();

  HelloDecision(
      Policy rules,
      TlsRules tls,
      Origins origins,
      Exemptions exemptions,
      GateLog log,
      Connection admitted,
      Facts.Hello hello,
      Destination destination) {
    this.rules = rules;
    this.tls = tls;
    this.origins = origins;
    this.exemptions = exemptions;
    this.log = log;
    this.hello = hello;
    this.destination = destination;
    this.connection =
        admitted.toBuilder()
            .setHello(
                Hello.newBuilder()
                    .setProtocol(hello.protocol())
                    .setSni(hello.sni())
                    .setJa4(hello.ja4()));
    this.facts =
        Facts.of(new Facts.Connect(Ticket.client(admitted), admitted.getHost(), admitted.getPort()))
            .with(hello);
  }

  HelloAnswer decide() {
    try {
      return decided();
    } catch (Origins.NotSigned e) {
      connection.clearException();
      return close(Refusal.notSigned(String.valueOf(e.getMessage())));
    }
  }

  private HelloAnswer decided() {
    var name = judgeName();
    if (name.isPresent()) {
      return name.get();
    }
    var elsewhere = destination.refusal();
    if (elsewhere.isPresent()) {
      return refused(elsewhere.get());
    }
    var outcome = rules.onRequest(facts);
    var decided = carriedOut(outcome);
    if (decided.isPresent()) {
      return decided.get();
    }
    if (connection.getAddressesCount() == 0) {
      return refused(Refusal.POLICY_CHANGED);
    }
    return switch (hello.protocol()) {
      case "tls" -> peek();
      case "http" -> clear();
      default -> refused(Refusal.NOT_INSPECTABLE);
    };
  }

  /// The client must name the host in its handshake that it named to the proxy.
  private Optional<HelloAnswer> judgeName() {
    if (hello.sni().isEmpty()) {
      return Optional.empty();
    }
    if (!isName(hello.sni(), connection.getPort())) {
      return Optional.of(close(Refusal.MALFORMED_SNI));
    }
    return hello.sni().equals(connection.getHost())
        ? Optional.empty()
        : Optional.of(refused(Refusal.SNI_MISMATCH));
  }

  /// Whether the server name of a ClientHello is one in the form that names have here.
  static boolean isName(String sni, int port) {
    return Authority.parse(sni, port).filter(name -> name.host().equals(sni)).isPresent()
        && TargetName.isSound(sni);
  }

  /// The answer where the policy has decided something other than to decrypt.
  private Optional<HelloAnswer> carriedOut(Outcome outcome) {
    if (!(outcome instanceof Outcome.Decided(Decision decision))) {
      return Optional.empty();
    }
    return switch (decision.action()) {
      case Action.Allow _, Action.Distrust _ -> Optional.empty();
      case Action.Block block -> Optional.of(refused(Refusal.byRule(decision, block)));
      case Action.Passthrough _ -> Optional.of(passthrough(outcome));
    };
  }

  private HelloAnswer passthrough(Outcome outcome) {
    if (connection.getAddressesCount() == 0) {
      return close(Refusal.POLICY_CHANGED);
    }
    return nameBelongs()
        ? tunnel(outcome, Wire.CLASS_PASSTHROUGH, Wire.CLASS_PASSTHROUGH)
        : refused(Refusal.NAME_NOT_AT_ADDRESS);
  }

  /// A name belongs to the address that a client dialled if it resolves to it, or if what is there
  /// presents a valid certificate for the name.
  private boolean nameBelongs() {
    if (looked.filter(HelloDecision::isValid).isPresent() || destination.isNamed()) {
      return true;
    }
    return looked.isEmpty()
        && hello.protocol().equals("tls")
        && look() instanceof Origins.Look.Seen seen
        && isValid(seen);
  }

  private static boolean isValid(Origins.Look.Seen seen) {
    return seen.certificate().problem().isEmpty();
  }

  private HelloAnswer clear() {
    facts = facts.with(Facts.UpstreamCertificate.NONE);
    var outcome = rules.onRequest(facts);
    var decided = carriedOut(outcome);
    if (decided.isPresent()) {
      return decided.get();
    }
    return tunnel(outcome, Wire.CLASS_CLEAR, Wire.CLASS_CLEAR);
  }

  private HelloAnswer peek() {
    return switch (look()) {
      case Origins.Look.Unreachable unreachable -> refused(Refusal.unreachable(unreachable));
      case Origins.Look.Seen seen -> seen(seen);
    };
  }

  private Origins.Look look() {
    Origins.Look look = new Origins.Look.Unreachable("refused", "No address was tried.");
    var address = "";
    int tried = Math.min(connection.getAddressesCount(), ADDRESSES_TRIED_MAX);
    for (int i = 0; i < tried && !(look instanceof Origins.Look.Seen); i++) {
      address = connection.getAddresses(i);
      look =
          origins.peek(
              connection.getHost(),
              new InetSocketAddress(InetAddress.ofLiteral(address), connection.getPort()));
    }
    connection.clearAddresses().addAddresses(address);
    return look;
  }

  private HelloAnswer seen(Origins.Look.Seen seen) {
    looked = Optional.of(seen);
    var certificate = seen.certificate();
    facts = facts.with(certificate);
    connection.setUpstreamCertificate(
        UpstreamCertificate.newBuilder()
            .setProblem(certificate.problem())
            .setIssuer(certificate.issuer())
            .setSubject(certificate.subject())
            .setKey(certificate.key())
            .setTlsVersion(certificate.tlsVersion())
            .setFingerprint(seen.fingerprint())
            .setRevocation(seen.revocation())
            .setClientCertificate(certificate.clientCertificate()));
    var outcome = rules.onRequest(facts);
    var decided = carriedOut(outcome);
    if (decided.isPresent()) {
      return decided.get();
    }
    if (!certificate.problem().isEmpty()) {
      return nameBelongs() ? flawed(seen, outcome) : refused(Refusal.NAME_NOT_AT_ADDRESS);
    }
    if (exemptions.exempts(connection.getHost()) && rules.lostByPassthrough(facts).isEmpty()) {
      return exempted();
    }
    if (hello.sni().isEmpty()) {
      return unnamed(seen, outcome);
    }
    var presented = presented();
    if (presented.isPresent() && !canPresent(presented.get())) {
      return refused(Refusal.NO_CLIENT_IDENTITY);
    }
    origins.admit(hello.sni(), seen, validFor());
    return mimic(
        outcome,
        Wire.CLASS_TRUSTED,
        presented.isPresent() ? Wire.CLASS_CERTIFIED : Wire.CLASS_TRUSTED);
  }

  /// The client certificate that the first rule wants which wants one.
  private Optional<Action.Presented> presented() {
    return effects()
        .filter(Action.PresentClientCertificate.class::isInstance)
        .map(action -> ((Action.PresentClientCertificate) action).what())
        .findFirst();
  }

  private boolean canPresent(Action.Presented presented) {
    return switch (presented) {
      case Action.Presented.Stored(String name) -> {
        connection.setClientCertificate(name);
        yield true;
      }
      case Action.Presented.Mimic() -> {
        var client = connection.getClient();
        var secret =
            client.getUser().isEmpty() && !client.hasHolder()
                ? Optional.<String>empty()
                : origins.admitClient(client);
        secret.ifPresent(connection::setMimickedClient);
        yield secret.isPresent();
      }
    };
  }

  /// What rules want of the mimic's validity: the shortest. Undecided rules are passed over, since
  /// the client is shown the mimic before they can be decided.
  private Optional<Duration> validFor() {
    return effects()
        .filter(Action.AdaptCertificate.class::isInstance)
        .map(action -> ((Action.AdaptCertificate) action).validFor())
        .min(Comparator.naturalOrder());
  }

  /// What rules do beside the decision, as far as it is known before decryption.
  private Stream<Action> effects() {
    var decision =
        rules
            .certain(facts)
            .orElseGet(() -> new Decision(Optional.empty(), new Action.Allow(), Optional.empty()));
    return rules.effects(facts, decision).stream()
        .filter(effect -> effect.known() && effect.rule().mode() == Rule.Mode.ENFORCE)
        .map(Effect::action);
  }

  /// Passed through as a rule could have said. The origin's certificate is valid, and no rule that
  /// could still act on what passes is left unasked.
  private HelloAnswer exempted() {
    connection.setConnectionClass(Wire.CLASS_PASSTHROUGH);
    log.exempted(rules, connection);
    return answer(Wire.CLASS_PASSTHROUGH, Gate.mode(rules, facts), "");
  }

  private HelloAnswer unnamed(Origins.Look.Seen seen, Outcome outcome) {
    var slot = origins.admitUnnamed(connection.getHost(), seen, validFor());
    if (slot.isEmpty()) {
      return refused(Refusal.NO_SLOT);
    }
    return mimic(outcome, Wire.CLASS_TRUSTED, Wire.slotClass(slot.getAsInt()));
  }

  /// An origin whose certificate has a problem is refused, unless a rule that is true already says
  /// otherwise.
  private HelloAnswer flawed(Origins.Look.Seen seen, Outcome outcome) {
    var refusal = Refusal.certificate(seen.certificate().problem(), seen.detail());
    var problem =
        CertificateProblem.of(seen.certificate().problem())
            .filter(CertificateProblem::excusable)
            .filter(_ -> !seen.fingerprint().isEmpty());
    var decision = rules.certain(facts);
    if (problem.isEmpty() || decision.isEmpty()) {
      return refused(refusal);
    }
    connection.setException(decision.get().rule().map(Rule::name).orElse(""));
    return switch (decision.get().action()) {
      case Action.Distrust _ when !hello.sni().isEmpty() -> {
        origins.admitDistrusted(hello.sni(), seen);
        yield mimic(outcome, Wire.CLASS_DISTRUST, Wire.CLASS_DISTRUST);
      }
      case Action.Allow(var problems) when problems.contains(problem.get()) ->
          pinned(seen, outcome);
      case Action.Distrust _, Action.Allow _, Action.Passthrough _, Action.Block _ -> {
        connection.clearException();
        yield refused(refusal);
      }
    };
  }

  private HelloAnswer pinned(Origins.Look.Seen seen, Outcome outcome) {
    var slot = origins.admitPinned(connection.getHost(), seen);
    if (slot.isEmpty()) {
      connection.clearException();
      return refused(Refusal.NO_PIN);
    }
    return mimic(outcome, Wire.CLASS_PINNED, Wire.pinnedClass(slot.getAsInt()));
  }

  /// Shows the client a mimic, over no higher TLS version than the origin's.
  ///
  /// @param chain the name of the filter chain
  private HelloAnswer mimic(Outcome outcome, String connectionClass, String chain) {
    boolean lower =
        tls.clientVersions() == TlsRules.ClientVersions.AS_ORIGIN
            && connection.getUpstreamCertificate().getTlsVersion().equals(TLS_1_2);
    if (lower && tls.clientMinimum() == TlsRules.Version.TLS_1_3) {
      connection.clearException();
      return refused(Refusal.CLIENT_MINIMUM);
    }
    connection.setClientVersion(lower ? TLS_1_2 : TLS_1_3);
    return tunnel(outcome, connectionClass, lower ? Wire.tls12(chain) : chain);
  }

  private HelloAnswer tunnel(Outcome outcome, String connectionClass, String chain) {
    connection.setConnectionClass(connectionClass);
    log.admitted(rules, connection, outcome);
    if (settle(connectionClass)) {
      return answer(chain, Wire.mode(rules.version(), Wire.MODE_SETTLED), "");
    }
    var note = note(connectionClass);
    connection.setClearedBy(note.isEmpty() ? "" : rules.version());
    return answer(chain, Gate.mode(rules, facts), note);
  }

  /// What Envoy has to know of the connection to clear requests by itself.
  private String note(String connectionClass) {
    return proved(connectionClass)
        ? rules
            .clearance()
            .flatMap(clearance -> clearance.words(facts))
            .map(words -> Wire.note(rules.version(), words))
            .orElse("")
        : "";
  }

  private HelloAnswer answer(String chain, String mode, String note) {
    return new HelloAnswer.Tunnel(
        connection.build(),
        chain,
        mode,
        note,
        Gate.dial(InetAddress.ofLiteral(connection.getAddresses(0)), connection.getPort()));
  }

  /// Whether the origin has proved to be the target, as far as it can.
  private static boolean proved(String connectionClass) {
    return connectionClass.equals(Wire.CLASS_TRUSTED) || connectionClass.equals(Wire.CLASS_CLEAR);
  }

  /// Whether no request needs to be looked at: policy allows them all.
  private boolean settle(String connectionClass) {
    if (!proved(connectionClass)) {
      return false;
    }
    var decision = Gate.settled(rules, facts);
    decision.ifPresent(by ->
        connection.setSettled(
            Settled.newBuilder()
                .setRule(by.rule().map(Rule::name).orElse(""))
                .setPolicyVersion(rules.version())));
    return decision.isPresent();
  }

  /// Shows the page where the client can be shown one, else closes.
  private HelloAnswer refused(Refusal refusal) {
    boolean tls = hello.protocol().equals("tls");
    if (refusal.closes() || (tls ? hello.sni().isEmpty() : !hello.protocol().equals("http"))) {
      return close(refusal);
    }
    if (tls && !admitBlockPage()) {
      return close(refusal);
    }
    connection.setConnectionClass(tls ? Wire.CLASS_BLOCK : Wire.CLASS_CLEAR_BLOCK);
    log.refused(rules, connection, refusal);
    connection.setRefusal(refusal.toMessage(rules.version()));
    return new HelloAnswer.Tunnel(
        connection.build(),
        connection.getConnectionClass(),
        Wire.mode(rules.version(), Wire.MODE_HEADERS),
        "",
        "");
  }

  private boolean admitBlockPage() {
    try {
      origins.admitBlockPage(hello.sni());
      return true;
    } catch (Origins.NotSigned e) {
      return false;
    }
  }

  private HelloAnswer close(Refusal refusal) {
    log.refused(rules, connection, refusal);
    return new HelloAnswer.Close(refusal.reason());
  }
}

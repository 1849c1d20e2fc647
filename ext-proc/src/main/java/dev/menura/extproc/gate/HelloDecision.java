package dev.menura.extproc.gate;

import dev.menura.extproc.exchange.Authority;
import dev.menura.gate.v1.Connection;
import dev.menura.gate.v1.Hello;
import dev.menura.gate.v1.UpstreamCertificate;
import dev.menura.policy.Action;
import dev.menura.policy.CertificateProblem;
import dev.menura.policy.Decision;
import dev.menura.policy.Facts;
import dev.menura.policy.Gateway;
import dev.menura.policy.Outcome;
import dev.menura.policy.Policy;
import dev.menura.policy.Rule;
import dev.menura.proto.Wire;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/// The decision about one tunnel whose first bytes were seen: pass it through, decrypt it, show the
/// page, or close it.
final class HelloDecision {
  /// A name may have many addresses; the peek tries this many of them.
  static final int ADDRESSES_TRIED_MAX = 3;

  private static final String TLS_1_2 = "TLSv1.2";
  private static final String TLS_1_3 = "TLSv1.3";

  private final Policy rules;
  private final Gateway.ClientVersions clientVersions;
  private final Origins origins;
  private final GateLog log;
  private final Connection.Builder connection;
  private final Facts.Hello hello;
  private Facts facts;

  HelloDecision(
      Policy rules,
      Gateway.ClientVersions clientVersions,
      Origins origins,
      GateLog log,
      Connection admitted,
      Facts.Hello hello) {
    this.rules = rules;
    this.clientVersions = clientVersions;
    this.origins = origins;
    this.log = log;
    this.hello = hello;
    this.connection =
        admitted.toBuilder()
            .setHello(Hello.newBuilder().setProtocol(hello.protocol()).setSni(hello.sni()));
    this.facts =
        Facts.of(new Facts.Connect(admitted.getClientIp(), admitted.getHost(), admitted.getPort()))
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
    var name = Authority.parse(hello.sni(), connection.getPort());
    if (name.isEmpty()
        || !name.get().host().equals(hello.sni())
        || !TargetName.isSound(hello.sni())) {
      return Optional.of(close(Refusal.MALFORMED_SNI));
    }
    return hello.sni().equals(connection.getHost())
        ? Optional.empty()
        : Optional.of(refused(Refusal.SNI_MISMATCH));
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
    return tunnel(outcome, Wire.CLASS_PASSTHROUGH, Wire.CLASS_PASSTHROUGH);
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
    return switch (look) {
      case Origins.Look.Unreachable unreachable -> refused(Refusal.unreachable(unreachable));
      case Origins.Look.Seen seen -> seen(seen);
    };
  }

  private HelloAnswer seen(Origins.Look.Seen seen) {
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
            .setRevocation(seen.revocation()));
    var outcome = rules.onRequest(facts);
    var decided = carriedOut(outcome);
    if (decided.isPresent()) {
      return decided.get();
    }
    if (!certificate.problem().isEmpty()) {
      return flawed(seen, outcome);
    }
    if (hello.sni().isEmpty()) {
      return unnamed(seen, outcome);
    }
    origins.admit(hello.sni(), seen);
    return mimic(outcome, Wire.CLASS_TRUSTED, Wire.CLASS_TRUSTED);
  }

  private HelloAnswer unnamed(Origins.Look.Seen seen, Outcome outcome) {
    var slot = origins.admitUnnamed(connection.getHost(), seen);
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
        clientVersions == Gateway.ClientVersions.AS_ORIGIN
            && connection.getUpstreamCertificate().getTlsVersion().equals(TLS_1_2);
    connection.setClientVersion(lower ? TLS_1_2 : TLS_1_3);
    return tunnel(outcome, connectionClass, lower ? Wire.tls12(chain) : chain);
  }

  private HelloAnswer tunnel(Outcome outcome, String connectionClass, String chain) {
    connection.setConnectionClass(connectionClass);
    log.admitted(rules, connection, outcome);
    return new HelloAnswer.Tunnel(
        connection.build(),
        chain,
        Gate.mode(rules, facts),
        Gate.dial(InetAddress.ofLiteral(connection.getAddresses(0)), connection.getPort()));
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

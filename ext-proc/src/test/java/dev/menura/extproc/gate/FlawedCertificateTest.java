package dev.menura.extproc.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.event.GatewayEvent.ConnectionEvent;
import dev.menura.policy.CertificateProblem;
import dev.menura.policy.TlsRules;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the gate makes of an origin whose certificate has a problem.
class FlawedCertificateTest {
  private static final String DISTRUST = "- {name: see, when: true, then: distrust}\n";
  private static final String OLD =
      """
      - name: old
        when: host.name == 'a.test'
        then: {allow: {problems: [expired]}}
      """;
  private static final String ALLOW = "- {name: all, when: true, then: allow}\n";

  private static String chain(GateFixture given, String sni) {
    return given.hello("a.test:443", "tls", sni) instanceof HelloAnswer.Tunnel tunnel
        ? tunnel.connectionClass()
        : "closed";
  }

  private static ConnectionEvent event(GateFixture given) {
    return (ConnectionEvent) given.events.getLast();
  }

  @ParameterizedTest
  @EnumSource
  void isRefusedWhereARuleOnlyAllows(CertificateProblem problem) {
    var given = new GateFixture(ALLOW);
    given.look = GateFixture.seen(problem.word());
    assertThat(chain(given, "a.test")).isEqualTo("block");
    assertThat(given.lastReason()).isEqualTo("certificate-" + problem.word());
    assertThat(given.admitted).isEmpty();
    assertThat(event(given).tls().shown()).isEqualTo("block-page");
  }

  @ParameterizedTest
  @EnumSource
  void isShownUntrustedWhereARuleDistrusts(CertificateProblem problem) {
    var given = new GateFixture(DISTRUST);
    given.look = GateFixture.seen(problem.word());
    assertThat(chain(given, "a.test")).isEqualTo(problem.excusable() ? "distrust" : "block");
    assertThat(given.distrusted).hasSize(problem.excusable() ? 1 : 0);
    assertThat(given.admitted).isEmpty();
  }

  @Test
  void isRefusedToAClientThatNamesNoServerWhereARuleDistrusts() {
    var given = new GateFixture(DISTRUST);
    given.look = GateFixture.seen("expired");
    assertThat(chain(given, "")).isEqualTo("closed");
    assertThat(given.lastReason()).isEqualTo("certificate-expired");
    assertThat(given.distrusted).isEmpty();
  }

  @Test
  void isPinnedWhereARuleNamesItWhetherOrNotTheClientNamesTheServer() {
    var given = new GateFixture(OLD + ALLOW);
    given.look = GateFixture.seen("expired");
    assertThat(chain(given, "a.test")).isEqualTo("pinned-5");
    assertThat(chain(given, "")).isEqualTo("pinned-5");
    assertThat(given.pinned).containsExactly("a.test expired", "a.test expired");
    assertThat(event(given).common().verdict()).isEqualTo("allow");
    assertThat(event(given).tls().exception()).isEqualTo("old");
    assertThat(event(given).tls().connectionClass()).isEqualTo("pinned");
    assertThat(given.admitted).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"revoked", "self-signed", "wrong-host"})
  void isRefusedWhereARuleNamesAnotherProblem(String problem) {
    var given = new GateFixture(OLD + ALLOW);
    given.look = GateFixture.seen(problem);
    assertThat(chain(given, "a.test")).isEqualTo("block");
    assertThat(given.pinned).isEmpty();
  }

  @Test
  void isRefusedByTheRuleThatNamesAnotherProblemWhateverStandsBehindIt() {
    var given = new GateFixture(OLD + DISTRUST);
    given.look = GateFixture.seen("revoked");
    assertThat(chain(given, "a.test")).isEqualTo("block");
    assertThat(given.distrusted).isEmpty();
  }

  @Test
  void isRefusedWhereAPlainAllowStandsInFront() {
    var given = new GateFixture(ALLOW.replace("true", "host.port == 443") + OLD);
    given.look = GateFixture.seen("expired");
    assertThat(chain(given, "a.test")).isEqualTo("block");
    assertThat(given.pinned).isEmpty();
  }

  @Test
  void isJudgedByTheFirstRuleThatIsTrueAlready() {
    var given =
        new GateFixture("- {name: later, when: \"request.path == '/x'\", then: block}\n" + OLD);
    given.look = GateFixture.seen("expired");
    assertThat(chain(given, "a.test")).isEqualTo("pinned-5");
    assertThat(event(given).common().verdict()).isEqualTo("decrypt");
    assertThat(event(given).tls().exception()).isEqualTo("old");
  }

  @Test
  void isRefusedWhereNoPinIsFree() {
    var given = new GateFixture(OLD);
    given.look = GateFixture.seen("expired");
    given.pin = OptionalInt.empty();
    assertThat(chain(given, "a.test")).isEqualTo("block");
    assertThat(given.lastReason()).isEqualTo("no-pin");
    assertThat(event(given).tls().exception()).isNull();
  }

  @Test
  void isShownOverNoHigherVersionThanTheOrigins() {
    var given = new GateFixture(OLD + DISTRUST);
    given.look = GateFixture.seen("expired", "TLSv1.2");
    assertThat(chain(given, "a.test")).isEqualTo("pinned-5-tls12");
    given.rules(DISTRUST);
    assertThat(chain(given, "a.test")).isEqualTo("distrust-tls12");
    given.look = GateFixture.seen("", "TLSv1.2");
    assertThat(chain(given, "a.test")).isEqualTo("trusted-tls12");
    assertThat(chain(given, "")).isEqualTo("slot-3-tls12");
    assertThat(event(given).tls().clientVersion()).isEqualTo("TLSv1.2");
    given.tls =
        new TlsRules(
            TlsRules.ClientVersions.ALL,
            TlsRules.Version.TLS_1_2,
            TlsRules.Version.TLS_1_2,
            TlsRules.Restriction.NONE);
    assertThat(chain(given, "a.test")).isEqualTo("trusted");
    assertThat(event(given).tls().clientVersion()).isEqualTo("TLSv1.3");
  }

  @Test
  void isCountedByProblemAndClass() {
    var given = new GateFixture(DISTRUST);
    given.look = GateFixture.seen("expired");
    chain(given, "a.test");
    given.look = GateFixture.seen("");
    chain(given, "a.test");
    chain(given, "a.test");
    assertThat(count(given, "expired", "distrust")).isEqualTo(1);
    assertThat(count(given, "none", "trusted")).isEqualTo(2);
  }

  private static double count(GateFixture given, String problem, String connectionClass) {
    return given
        .meters
        .get("menura.gate.certificates")
        .tag("problem", problem)
        .tag("class", connectionClass)
        .counter()
        .count();
  }
}

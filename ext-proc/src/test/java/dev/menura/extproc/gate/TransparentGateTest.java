package dev.menura.extproc.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.Facts;
import dev.menura.proto.Wire;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransparentGateTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";
  private static final String PASS = "- {name: all, when: true, then: passthrough}";
  private static final String EXCUSE =
      "- {name: old, when: \"host.name == 'shop.test'\", then: {allow: {problems:"
          + " [expired]}}}\n";

  private final GateFixture given = new GateFixture(ALLOW);

  private HelloAnswer hello(String protocol, String sni) {
    return hello("203.0.113.10", protocol, sni);
  }

  private HelloAnswer hello(String dialled, String protocol, String sni) {
    return given.gate.transparent(
        "198.51.100.7", Dialled.of(dialled, 443), new Facts.Hello(protocol, sni, ""));
  }

  private HelloAnswer.Tunnel tunnel(HelloAnswer answer) {
    assertThat(answer).as("%s", given.events).isInstanceOf(HelloAnswer.Tunnel.class);
    return (HelloAnswer.Tunnel) answer;
  }

  @Test
  void decryptsWhereTheDialledAddressPresentsAValidChain() {
    var tunnel = tunnel(hello("tls", "shop.test"));
    assertThat(tunnel.connectionClass()).isEqualTo(Wire.CLASS_TRUSTED);
    assertThat(tunnel.address()).isEqualTo("203.0.113.10:443");
    assertThat(tunnel.connection().getHost()).isEqualTo("shop.test");
    assertThat(given.peeked).containsExactly("shop.test at 203.0.113.10");
    assertThat(given.resolved).isEmpty();
    assertThat(given.admitted).containsExactly("shop.test");
  }

  @Test
  void refusesANameThatIsNotAtTheDialledAddress() {
    given.look = GateFixture.seen("name-mismatch");
    var tunnel = tunnel(hello("tls", "shop.test"));
    assertThat(tunnel.connectionClass()).isEqualTo(Wire.CLASS_BLOCK);
    assertThat(tunnel.address()).isEmpty();
    assertThat(given.lastReason()).isEqualTo("name-not-at-address");
    assertThat(given.refusals("name-not-at-address")).isEqualTo(1);
    assertThat(given.admitted).isEmpty();
  }

  @Test
  void saysWhatIsWrongWithTheCertificateWhereTheNameResolvesThere() {
    given.look = GateFixture.seen("expired");
    given.namesThere = Set.of("shop.test");
    assertThat(tunnel(hello("tls", "shop.test")).connectionClass()).isEqualTo(Wire.CLASS_BLOCK);
    assertThat(given.lastReason()).isEqualTo("certificate-expired");
  }

  @Test
  void excusesAProblemOnlyWhereTheNameResolvesThere() {
    given.rules(EXCUSE + ALLOW);
    given.look = GateFixture.seen("expired");
    assertThat(tunnel(hello("tls", "shop.test")).connectionClass()).isEqualTo(Wire.CLASS_BLOCK);
    assertThat(given.pinned).isEmpty();
    given.namesThere = Set.of("shop.test");
    assertThat(tunnel(hello("tls", "shop.test")).connectionClass()).isEqualTo("pinned-5");
  }

  @Test
  void passesThroughWhereTheNameResolvesThereWithoutALook() {
    given.rules(PASS);
    given.namesThere = Set.of("shop.test");
    assertThat(tunnel(hello("tls", "shop.test")).connectionClass())
        .isEqualTo(Wire.CLASS_PASSTHROUGH);
    assertThat(given.peeked).isEmpty();
  }

  @Test
  void passesThroughWhereAValidChainIsPresented() {
    given.rules(PASS);
    assertThat(tunnel(hello("tls", "shop.test")).connectionClass())
        .isEqualTo(Wire.CLASS_PASSTHROUGH);
    assertThat(given.peeked).containsExactly("shop.test at 203.0.113.10");
  }

  @ParameterizedTest
  @ValueSource(strings = {"name-mismatch", "expired", "unknown-issuer"})
  void passesNothingThroughWhereTheNameIsElsewhere(String problem) {
    given.rules(PASS);
    given.look = GateFixture.seen(problem);
    assertThat(tunnel(hello("tls", "shop.test")).connectionClass()).isEqualTo(Wire.CLASS_BLOCK);
    assertThat(given.lastReason()).isEqualTo("name-not-at-address");
  }

  @Test
  void passesNothingThroughWhereTheNameIsElsewhereAndNobodyAnswers() {
    given.rules(PASS);
    given.look = new Origins.Look.Unreachable("timeout", "no answer");
    assertThat(tunnel(hello("tls", "shop.test")).connectionClass()).isEqualTo(Wire.CLASS_BLOCK);
    assertThat(given.lastReason()).isEqualTo("name-not-at-address");
  }

  @Test
  void passesThroughByAddressWhatNamesNoServer() {
    given.rules(PASS);
    var tunnel = tunnel(hello("unknown", ""));
    assertThat(tunnel.connectionClass()).isEqualTo(Wire.CLASS_PASSTHROUGH);
    assertThat(tunnel.connection().getHost()).isEqualTo("203.0.113.10");
    assertThat(given.peeked).isEmpty();
    assertThat(given.resolved).isEmpty();
  }

  @Test
  void decryptsByTheDialledAddressWhereNoServerIsNamed() {
    assertThat(tunnel(hello("tls", "")).connectionClass()).isEqualTo("slot-3");
    assertThat(given.peeked).containsExactly("203.0.113.10 at 203.0.113.10");
  }

  @Test
  void refusesAnAddressThatIsNotAllowedWhateverTheRulesSay() {
    given.rules(PASS);
    given.namesThere = Set.of("shop.test");
    given.dialledIsRefused = true;
    assertThat(tunnel(hello("tls", "shop.test")).connectionClass()).isEqualTo(Wire.CLASS_BLOCK);
    assertThat(given.lastReason()).isEqualTo("address-refused");
    assertThat(hello("unknown", "")).isInstanceOf(HelloAnswer.Close.class);
    assertThat(given.peeked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a_b c", "shop.test.", "127.1", "sh..op", "*.test", "shop.test:443"})
  void closesWhereTheServerNameIsNone(String sni) {
    assertThat(hello("tls", sni)).isInstanceOf(HelloAnswer.Close.class);
    assertThat(given.lastReason()).isEqualTo("malformed-sni");
    assertThat(given.events.getLast().common().host()).isEqualTo("203.0.113.10");
  }

  @ParameterizedTest
  @CsvSource({
    "203.0.113.10, '', 203.0.113.10:443",
    "2001:db8::1, '', [2001:db8::1]:443",
    "2001:db8::1, shop.test, shop.test:443"
  })
  void holdsRequestsToTheNameOrTheDialledAddress(String dialled, String sni, String target) {
    assertThat(Dialled.of(dialled, 443).target(sni)).isEqualTo(target);
  }

  @Test
  void answersARequestInClearTextOnlyForTheDialledAddress() {
    given.namesThere = Set.of("plain.test");
    assertThat(request("plain.test")).isInstanceOf(ConnectAnswer.Admit.class);
    assertThat(request("other.test")).isInstanceOf(ConnectAnswer.Refuse.class);
    assertThat(given.lastReason()).isEqualTo("name-not-at-address");
    assertThat(request("plain.test:8080")).isInstanceOf(ConnectAnswer.Refuse.class);
    assertThat(given.lastReason()).isEqualTo("name-not-at-address");
  }

  @Test
  void asksARedirectedClientForNothing() {
    given.callers =
        (credentials, _) -> {
          assertThat(credentials).isEqualTo(Credentials.NONE);
          return new Callers.Answer.Unknown(Callers.Reason.MISSING, List.of("Basic"));
        };
    var tunnel = tunnel(hello("tls", "shop.test"));
    assertThat(tunnel.connectionClass()).isEqualTo(Wire.CLASS_BLOCK);
    assertThat(tunnel.connection().getRefusal().getStatus()).isEqualTo(403);
    assertThat(request("plain.test"))
        .isInstanceOfSatisfying(
            ConnectAnswer.Refuse.class,
            refuse -> assertThat(refuse.page().status()).isEqualTo(403));
    assertThat(given.lastReason()).isEqualTo("credentials-missing");
  }

  @Test
  void takesNoConnectOnARedirectedConnection() {
    assertThat(
            given.gate.request(
                new ConnectQuestion(true, "", "plain.test:80", "c", "c:1", ""),
                Dialled.of("203.0.113.10", 80)))
        .isInstanceOf(ConnectAnswer.Refuse.class);
    assertThat(given.lastReason()).isEqualTo("malformed-target");
  }

  private ConnectAnswer request(String authority) {
    var answer =
        given.gate.request(
            new ConnectQuestion(false, "http", authority, "c", "c:1", ""),
            Dialled.of("203.0.113.10", 80));
    if (answer instanceof ConnectAnswer.Admit admit) {
      assertThat(admit.address()).isEqualTo("203.0.113.10:80");
    }
    return answer;
  }
}

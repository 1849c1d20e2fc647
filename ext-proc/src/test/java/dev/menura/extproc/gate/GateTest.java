package dev.menura.extproc.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.Facts;
import dev.menura.proto.Wire;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";
  private static final String BLOCK = "- {name: none, when: true, then: {block: {reason: no}}}";

  private final GateFixture given = new GateFixture(ALLOW);

  @ParameterizedTest
  @CsvSource({
    "shop.test:443, shop.test, shop.test:443",
    "SHOP.Test:8443, shop.test, shop.test:8443",
    "shop.test.:443, shop.test, shop.test:443",
    "192.0.2.9:443, 192.0.2.9, 192.0.2.9:443",
    "[2001:DB8::1]:443, 2001:db8:0:0:0:0:0:1, [2001:db8::1]:443"
  })
  void admitsATargetUnderOneSpelling(String written, String host, String target) {
    var admit = given.admitted(written);
    assertThat(admit.connection().getHost()).isEqualTo(host);
    assertThat(admit.target()).isEqualTo(target);
    assertThat(admit.mode()).isEqualTo(Wire.MODE_TUNNEL);
    assertThat(admit.address()).isEqualTo("192.0.2.1:" + admit.connection().getPort());
    assertThat(given.resolved).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "shop.test",
        "shop.test:",
        "shop.test:0",
        "shop.test:65536",
        "a@shop.test:443",
        "..:443",
        "shop..test:443",
        "sh\u00f6p.test:443",
        "shop test:443",
        "shop.test\u0000:443",
        "[::1%lo]:443",
        "[::1:443",
        "::1:443",
        "[::ffff:127.0.0.1]:443",
        "*.test:443",
        "127.1:443",
        "0x7f.1:443",
        "2130706433:443",
        "0177.0.0.1:443",
        "256.0.0.1:443",
        "a.0x1:443",
        "-a.test:443"
      })
  void refusesAMalformedTargetAndResolvesNothing(String written) {
    assertThat(given.connect(written)).isInstanceOf(ConnectAnswer.Refuse.class);
    assertThat(given.lastReason()).isEqualTo("malformed-target");
    assertThat(given.resolved).isEmpty();
    assertThat(given.refusals("malformed-target")).isEqualTo(1);
  }

  @Test
  void refusesAnAddressThatIsNotAllowed() {
    given.answer = new Addresses.Answer.Refused("no");
    assertThat(given.connect("shop.test:443"))
        .isInstanceOfSatisfying(
            ConnectAnswer.Refuse.class,
            refuse -> assertThat(refuse.page().status()).isEqualTo(403));
    assertThat(given.refusals("address-refused")).isEqualTo(1);
  }

  @Test
  void saysThatANameDoesNotResolve() {
    given.answer = new Addresses.Answer.Unresolved("no");
    assertThat(given.connect("shop.test:443"))
        .isInstanceOfSatisfying(
            ConnectAnswer.Refuse.class,
            refuse -> assertThat(refuse.page().status()).isEqualTo(502));
  }

  @Test
  void resolvesNothingForAHostThatIsBlocked() {
    given.rules(BLOCK);
    assertThat(given.admitted("shop.test:443").address()).isEmpty();
    assertThat(given.resolved).isEmpty();
  }

  @Test
  void refusesHttpsWithoutConnect() {
    assertThat(given.gate.connect(new ConnectQuestion(false, "https", "shop.test", "c", "c:1", "")))
        .isInstanceOf(ConnectAnswer.Refuse.class);
    assertThat(given.lastReason()).isEqualTo("scheme-not-supported");
  }

  @Test
  void decryptsAHostWithAValidCertificate() {
    assertThat(given.hello("shop.test:443", "tls", "shop.test"))
        .isInstanceOfSatisfying(
            HelloAnswer.Tunnel.class,
            tunnel -> {
              assertThat(tunnel.connectionClass()).isEqualTo(Wire.CLASS_TRUSTED);
              assertThat(tunnel.address()).isEqualTo("192.0.2.1:443");
            });
    assertThat(given.admitted).containsExactly("shop.test");
  }

  @Test
  void triesTheAddressesInTurnAndDialsTheOneThatAnswered() {
    given.answer =
        new Addresses.Answer.Checked(
            List.of(InetAddress.ofLiteral("192.0.2.1"), InetAddress.ofLiteral("192.0.2.2")));
    given.look = new Origins.Look.Unreachable("refused", "no");
    assertThat(given.hello("shop.test:443", "tls", "shop.test"))
        .isInstanceOfSatisfying(
            HelloAnswer.Tunnel.class,
            tunnel -> assertThat(tunnel.connectionClass()).isEqualTo(Wire.CLASS_BLOCK));
    assertThat(given.peeked).containsExactly("shop.test at 192.0.2.1", "shop.test at 192.0.2.2");
    assertThat(given.lastReason()).isEqualTo("origin-refused");
  }

  @Test
  void neverAdmitsAProblemAsValid() {
    given.look = GateFixture.seen("expired");
    given.hello("shop.test:443", "tls", "shop.test");
    assertThat(given.admitted).isEmpty();
    assertThat(given.pages).containsExactly("shop.test");
    assertThat(given.lastReason()).isEqualTo("certificate-expired");
  }

  @Test
  void showsThePageUnderAnotherServerNameWithoutALookAtTheOrigin() {
    given.hello("shop.test:443", "tls", "bank.test");
    assertThat(given.peeked).isEmpty();
    assertThat(given.pages).containsExactly("bank.test");
    assertThat(given.lastReason()).isEqualTo("sni-host-mismatch");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shop.test.",
        "a b",
        "*.test",
        "menura/slot-0",
        "shop.test\u0000",
        "%",
        "127.1",
        "-a.test"
      })
  void closesOnAMalformedServerName(String sni) {
    assertThat(given.hello("shop.test:443", "tls", sni)).isInstanceOf(HelloAnswer.Close.class);
    assertThat(given.peeked).isEmpty();
    assertThat(given.pages).isEmpty();
    assertThat(given.refusals("malformed-sni")).isEqualTo(1);
  }

  @Test
  void putsAnUnnamedServerIntoASlot() {
    assertThat(given.hello("192.0.2.9:443", "tls", ""))
        .isInstanceOfSatisfying(
            HelloAnswer.Tunnel.class,
            tunnel -> assertThat(tunnel.connectionClass()).isEqualTo("slot-3"));
  }

  @Test
  void closesWhereNoSlotIsFree() {
    given.slot = java.util.OptionalInt.empty();
    assertThat(given.hello("192.0.2.9:443", "tls", "")).isInstanceOf(HelloAnswer.Close.class);
    assertThat(given.refusals("no-slot")).isEqualTo(1);
  }

  @Test
  void closesWithoutATicket() {
    assertThat(given.gate.hello(Optional.empty(), Facts.Hello.NONE))
        .isInstanceOf(HelloAnswer.Close.class);
    assertThat(given.refusals("no-ticket")).isEqualTo(1);
  }

  @Test
  void refusesWhatIsNeitherTlsNorHttp() {
    assertThat(given.hello("shop.test:22", "unknown", "")).isInstanceOf(HelloAnswer.Close.class);
    assertThat(given.lastReason()).isEqualTo("protocol-not-inspectable");
  }

  @Test
  void countsARulesRefusalsUnderOneLabel() {
    given.rules(BLOCK);
    given.hello("shop.test:443", "tls", "shop.test");
    assertThat(given.refusals("rule")).isEqualTo(1);
  }
}

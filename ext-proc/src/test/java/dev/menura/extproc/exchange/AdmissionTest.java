package dev.menura.extproc.exchange;

import static dev.menura.extproc.exchange.Playbook.TRUSTED;
import static dev.menura.extproc.exchange.Playbook.block;
import static dev.menura.extproc.exchange.Playbook.playbook;
import static dev.menura.extproc.exchange.Playbook.requestGoes;
import static dev.menura.extproc.exchange.Playbook.respond;
import static dev.menura.extproc.exchange.Playbook.wholeRequest;
import static dev.menura.extproc.exchange.Policies.ALLOW;
import static dev.menura.extproc.exchange.Policies.allowAll;
import static dev.menura.extproc.exchange.Policies.policy;
import static dev.menura.extproc.exchange.Policies.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.Facts;
import dev.menura.policy.Policy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {
  private static final Policy NOTHING =
      policy(rule("nobody", new Condition.Method("NOBODY"), ALLOW));

  private static ConnectionContext to(String host, int port) {
    return new ConnectionContext(
        "c1",
        new Facts.Connect("192.0.2.7", host, port),
        Facts.Hello.NONE,
        Facts.UpstreamCertificate.NONE,
        new ConnectionContext.Standing.Trusted());
  }

  private static Playbook request(ConnectionContext connection, String authority) {
    return playbook(policy(allowAll()))
        .connection(connection)
        .in(wholeRequest("GET", "/", ":authority", authority));
  }

  @Test
  void answersForItselfWhateverThePolicySays() {
    var own =
        new ConnectionContext(
            "c1",
            new Facts.Connect("192.0.2.7", "menura.local", 80),
            Facts.Hello.NONE,
            Facts.UpstreamCertificate.NONE,
            new ConnectionContext.Standing.Own("192.0.2.80"));
    var event =
        playbook(NOTHING)
            .connection(own)
            .in(wholeRequest("GET", "/ca.pem", ":authority", "menura.local"))
            .out("own page 200")
            .event();
    assertThat(event.common().verdict()).isEqualTo("allow");
    assertThat(event.common().reason()).isEqualTo("menura-local");
    assertThat(event.common().rule()).isNull();
    assertThat(event.status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "shop.example, 443, shop.example",
    "shop.example, 443, SHOP.Example",
    "shop.example, 443, shop.example:443",
    "shop.example, 443, shop.example.",
    "shop.example, 443, shop.example.:443",
    "shop.example, 8443, shop.example:8443",
    "192.0.2.1, 443, 192.0.2.1",
    "2001:db8::1, 443, [2001:db8::1]",
    "2001:db8::1, 8443, [2001:0db8:0:0::1]:8443",
    "a_b.example, 443, a_b.example",
  })
  void requestThatNamesItsTargetGoes(String host, int port, String authority) {
    request(to(host, port), authority).out(requestGoes());
  }

  @ParameterizedTest
  @CsvSource({
    "shop.example, 443, bank.example",
    "shop.example, 443, shop.example:8443",
    "shop.example, 8443, shop.example",
    "shop.example, 443, www.shop.example",
    "192.0.2.1, 443, 192.0.2.2",
    "2001:db8::1, 443, [2001:db8::2]",
  })
  void requestThatNamesAnotherTargetIsMisdirected(String host, int port, String authority) {
    Playbook book = request(to(host, port), authority).out(respond(421));
    assertThat(book.event().common().reason()).isEqualTo("host-mismatch");
    assertThat(book.event().common().verdict()).isEqualTo("block");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-",
        "shop.example:",
        "shop.example:0",
        "shop.example:65536",
        "shop.example:+443",
        "shop.example:443:443",
        "user@shop.example",
        "shop.example/path",
        "shop.example\\",
        "shop..example",
        ".shop.example",
        "shop.example..",
        "shop.exam ple",
        "shop.exämple",
        "[2001:db8::1",
        "2001:db8::1",
        "[shop.example]",
        "[::1%eth0]",
        "[::ffff:192.0.2.2]",
        "[]",
        "shop.example,bank.example",
        "%73hop.example",
      })
  void oddHostIsABadRequest(String authority) {
    Playbook book = request(TRUSTED, authority).out(respond(400));
    assertThat(book.event().common().reason()).isEqualTo("bad-host");
  }

  @Test
  void hostHeaderBesideAnotherAuthorityIsABadRequest() {
    playbook(policy(allowAll()))
        .in(wholeRequest("GET", "/", "host", "bank.example"))
        .out(respond(400));
  }

  @Test
  void plainRequestHasPort80ByDefault() {
    ConnectionContext plain =
        new ConnectionContext(
            "c1",
            new Facts.Connect("192.0.2.7", "shop.example", 80),
            Facts.Hello.NONE,
            Facts.UpstreamCertificate.NONE,
            new ConnectionContext.Standing.Plain());
    request(plain, "shop.example").out(requestGoes());
    request(plain, "shop.example:443").out(respond(421));
  }

  @Test
  void refusedConnectionIsAnsweredWithTheGatesOwnReason() {
    ConnectionContext refused =
        new ConnectionContext(
            "c1",
            TRUSTED.connect(),
            TRUSTED.hello(),
            TRUSTED.upstreamCertificate(),
            new ConnectionContext.Standing.Refused(
                "no-gambling", "Not at work", "Gambling is not allowed.", 403, "abcdef012345"));
    Playbook book = request(refused, "bank.example").out(block("no-gambling", 403));
    assertThat(book.event().common().rule()).isEqualTo("no-gambling");
    assertThat(book.event().common().reason()).isEqualTo("Not at work");
    assertThat(book.event().common().policyVersion()).isEqualTo("abcdef012345");
  }

  @Test
  void connectionOfWhichNothingIsKnownIsRefused() {
    Playbook book = request(ConnectionContext.UNKNOWN, "shop.example").out(respond(500));
    assertThat(book.event().common().verdict()).isEqualTo("error");
  }

  @Test
  void longPathsAndMethodsAreBoundedInTheEvent() {
    Playbook book =
        playbook(NOTHING)
            .in(wholeRequest("M".repeat(5000), "/" + "p".repeat(5000) + "?q"))
            .out(respond(403));
    assertThat(book.event().path()).hasSize(1024);
    assertThat(book.event().method()).hasSize(32);
  }

  @Test
  void requestIdIsEnvoysWhereItIsSound() {
    Playbook sound =
        playbook(NOTHING).in(wholeRequest("GET", "/", "x-request-id", "abc-1")).out(respond(403));
    assertThat(sound.event().common().id()).isEqualTo("c1/abc-1");
    Playbook odd =
        playbook(NOTHING).in(wholeRequest("GET", "/", "x-request-id", "<b>")).out(respond(403));
    assertThat(odd.event().common().id()).isEqualTo("c1/r1");
  }
}

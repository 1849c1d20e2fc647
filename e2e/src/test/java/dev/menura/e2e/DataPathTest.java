package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.CertificateShape;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The life of a connection through the real Envoy, one case a test.
@ExtendWith(Failures.class)
class DataPathTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";
  private static final String CARDS =
      """
      - {name: cards, when: "request.body.count('credit-card') >= 1", then: block}
      - {name: leak, when: "response.body.count('credit-card') >= 1", then: block}
      - {name: all, when: true, then: allow}
      """;

  @TempDir private Path folder;

  @Test
  void showsAMimicOfAnAllowedOrigin() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      var answer = Curl.through(lab, origin.url("shop.test", "/hello"));
      assertThat(answer.status()).as(answer.log()).isEqualTo(200);
      assertThat(answer.issuer()).contains("Menura CA");
      assertThat(lab.awaitExchange("shop.test").common().rule()).isEqualTo("all");
      // Its issuer gives no address to ask.
      assertThat(lab.awaitConnection("shop.test").tls().revocation()).isEqualTo("not-offered");
    }
  }

  @Test
  void passesThroughUntouched() {
    try (var lab =
            Lab.start(
                folder,
                "- {name: bank, when: \"host.name == 'bank.test'\", then: passthrough}\n" + ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("bank.test"))) {
      var answer =
          Curl.through(
              lab, origin.url("bank.test", "/account"), "--cacert", lab.originRoot().toString());
      assertThat(answer.status()).as(answer.log()).isEqualTo(200);
      assertThat(answer.issuer()).contains("Menura test origins");
      assertThat(lab.awaitConnection("bank.test").common().verdict()).isEqualTo("passthrough");
    }
  }

  @Test
  void passesThroughByServerName() {
    try (var lab =
            Lab.start(
                folder,
                "- {name: bank, when: \"tls.sni == 'bank.test'\", then: passthrough}\n" + ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("bank.test"))) {
      var answer =
          Curl.through(lab, origin.url("bank.test", "/"), "--cacert", lab.originRoot().toString());
      assertThat(answer.issuer()).as(answer.log()).contains("Menura test origins");
    }
  }

  @Test
  void showsTheBlockPageInsideTheTunnel() {
    try (var lab =
            Lab.start(
                folder,
                "- {name: no-bets, when: \"host.name == 'bets.test'\","
                    + " then: {block: {reason: not at work}}}\n"
                    + ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("bets.test"))) {
      var answer = Curl.through(lab, origin.url("bets.test", "/"));
      assertThat(answer.status()).as(answer.log()).isEqualTo(403);
      assertThat(answer.body()).contains("no-bets", "not at work");
      assertThat(answer.log()).contains("Menura block page");
      assertThat(origin.connections()).isZero();
    }
  }

  @Test
  void refusesTheConnectItselfWhereTheRuleSaysSo() {
    try (var lab =
        Lab.start(
            folder, "- {name: no-bets, when: true, then: {block: {reason: no, page: refuse}}}")) {
      var answer = Curl.through(lab, "https://bets.test/");
      assertThat(answer.log()).contains("HTTP/1.1 403", "x-menura-rule: no-bets");
    }
  }

  @Test
  void blocksAnUploadOfCardNumbersBeforeTheOriginSeesAByte() {
    try (var lab = Lab.start(folder, CARDS);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      var answer =
          Curl.through(lab, origin.url("shop.test", "/up"), "-d", "card=4111 1111 1111 1111");
      assertThat(answer.status()).as(answer.log()).isEqualTo(403);
      assertThat(answer.body()).contains("cards");
      assertThat(origin.requests()).isZero();
      var findings = lab.awaitExchange("shop.test").findings();
      assertThat(findings).hasSize(1);
      assertThat(findings.getFirst().evidence()).noneMatch(text -> text.contains("11111111"));
    }
  }

  @Test
  void letsAnUploadWithoutCardNumbersPassUnchanged() {
    try (var lab = Lab.start(folder, CARDS);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      var answer = Curl.through(lab, origin.url("shop.test", "/up"), "-d", "nothing to see");
      assertThat(answer.status()).as(answer.log()).isEqualTo(200);
      assertThat(new String(origin.received(), StandardCharsets.UTF_8)).isEqualTo("nothing to see");
    }
  }

  @Test
  void blocksAResponseWithCardNumbers() {
    try (var lab = Lab.start(folder, CARDS);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      // Base64 of 4111111111111111.
      var answer =
          Curl.through(
              lab,
              origin.url("shop.test", "/respond"),
              "-H",
              "X-Respond: NDExMTExMTExMTExMTExMQ==");
      assertThat(answer.status()).as(answer.log()).isEqualTo(403);
      assertThat(answer.body()).contains("leak").doesNotContain("4111111111111111");
    }
  }

  @Test
  void neverMakesAnExpiredCertificateLookValid() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin =
            Origin.tls(
                folder,
                lab.root.leaf(
                    CertificateShape.forNames("old.test")
                        .validFrom(Instant.now().minus(Duration.ofDays(30)))
                        .validUntil(Instant.now().minus(Duration.ofDays(1)))))) {
      var answer = Curl.through(lab, origin.url("old.test", "/"));
      assertThat(answer.status()).as(answer.log()).isEqualTo(403);
      assertThat(answer.body()).contains("certificate-expired");
      assertThat(origin.requests()).isZero();
    }
  }

  @Test
  void speaksHttp2ToTheProxyAndInside() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"));
        var client = GoClient.to(lab, origin.url("shop.test", "/h2")).with("-proxy-h2").start()) {
      assertThat(client.await("connect").get("protocol").getAsString()).isEqualTo("HTTP/2.0");
      var response = client.await("response");
      assertThat(response.get("status").getAsInt()).isEqualTo(200);
      assertThat(response.get("protocol").getAsString()).isEqualTo("HTTP/2.0");
      assertThat(response.get("issuer").getAsString()).contains("Menura CA");
    }
  }

  @Test
  void carriesAWebSocketUpgrade() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("ws.test"))) {
      var answer =
          Curl.through(
              lab,
              origin.url("ws.test", "/ws"),
              "--http1.1",
              "-m",
              "2",
              "-H",
              "Connection: Upgrade",
              "-H",
              "Upgrade: websocket",
              "-H",
              "Sec-WebSocket-Version: 13",
              "-H",
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
      assertThat(answer.log()).contains("101 Switching Protocols");
    }
  }

  @Test
  void takesPlainHttpThroughTheSamePolicy() {
    try (var lab =
            Lab.start(
                folder,
                "- {name: no-bets, when: \"request.path == '/bets'\", then: block}\n" + ALLOW);
        var origin = Origin.clear()) {
      var url = "http://plain.test:" + origin.port();
      assertThat(Curl.through(lab, url + "/hello").status()).isEqualTo(200);
      assertThat(Curl.through(lab, url + "/bets").status()).isEqualTo(403);
      assertThat(origin.requests()).isEqualTo(1);
    }
  }

  @Test
  void changesThePolicyWithoutDisturbingADownload() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"));
        var download = GoClient.to(lab, origin.url("shop.test", "/gated")).start()) {
      origin.await("waiting");
      lab.rules("- {name: closed, when: true, then: block}");
      assertThat(Curl.through(lab, origin.url("shop.test", "/")).status()).isEqualTo(403);
      origin.release();
      download.await("end");
      assertThat(new String(download.body(), StandardCharsets.UTF_8))
          .isEqualTo("first half\nsecond half\n");
    }
  }
}

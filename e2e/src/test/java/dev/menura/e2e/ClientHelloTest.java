package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.event.GatewayEvent.ConnectionEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What policy and the gateway make of a ClientHello, through the explicit proxy.
@ExtendWith(Failures.class)
class ClientHelloTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";

  @TempDir private Path folder;

  @Test
  void aRuleTellsProgramsApartByTheirFingerprint() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      var url = origin.url("shop.test", "/");
      assertThat(Curl.through(lab, url).status()).isEqualTo(200);
      var curl = lab.awaitConnection("shop.test").tls().ja4();
      assertThat(curl).startsWith("t13d").contains("h2_");
      try (var go = GoClient.to(lab, url).start()) {
        assertThat(go.await("response").get("status").getAsInt()).isEqualTo(200);
      }
      var fingerprints =
          lab.events.stream()
              .filter(ConnectionEvent.class::isInstance)
              .map(event -> ((ConnectionEvent) event).tls().ja4())
              .distinct()
              .toList();
      assertThat(fingerprints).hasSize(2).doesNotContainNull();

      lab.rules(
          """
          - {name: no-curl, when: "tls.ja4 == '%s'", then: block}
          - {name: all, when: true, then: allow}
          """
              .formatted(curl));

      var refused = Curl.through(lab, url);
      assertThat(refused.status()).as(refused.log()).isEqualTo(403);
      assertThat(refused.body()).contains("no-curl");
      try (var go = GoClient.to(lab, url).start()) {
        assertThat(go.await("response").get("status").getAsInt()).isEqualTo(200);
      }
    }
  }

  /// RFC 8446 8: what comes before the handshake has ended could be another's, sent again.
  @Test
  void p7EarlyDataIsNotTaken() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      var target = "shop.test:" + origin.port();
      try (var client = RawClient.tunnel(lab, target)) {
        var hello = new HandmadeHello("shop.test").withEarlyData().records();
        var early = java.util.HexFormat.of().parseHex("1703030040" + "5a".repeat(64));
        var both = java.util.Arrays.copyOf(hello, hello.length + early.length);
        System.arraycopy(early, 0, both, hello.length, early.length);
        var answer = client.first(both, 95);
        assertThat(answer).as("a ServerHello").startsWith(22, 3, 3, 0, 90, 2);
        // It has but two extensions, the version and the key: the session is not taken, and so
        // nothing that came with it (RFC 8446 4.2.10).
        assertThat(java.util.HexFormat.of().formatHex(answer, 47, 49)).isEqualTo("002e");
        assertThat(java.util.HexFormat.of().formatHex(answer)).contains("002b00020304");
      }
      assertThat(origin.requests()).isZero();
    }
  }

  @Test
  void p8AHelloWithGreaseForEchIsDecryptedUnderTheNameThatItShows() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"));
        var client = RawClient.tunnel(lab, "shop.test:" + origin.port())) {
      var answer = client.first(new HandmadeHello("shop.test").withGreaseEch().records(), 6);
      assertThat(answer).as("a handshake record with a ServerHello").startsWith(22).endsWith(2);
      assertThat(lab.awaitConnection("shop.test").tls().connectionClass()).isEqualTo("trusted");
    }
  }

  @Test
  void p8AClientThatHidesItsNameWithEchFallsBackToShowingIt() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test", "public.test"))) {
      var command =
          List.of(
              GoTools.program().toString(),
              "ech",
              "-proxy",
              lab.proxy(),
              "-dial",
              "shop.test:" + origin.port(),
              "-name",
              "shop.test",
              "-public",
              "public.test",
              "-cacert",
              lab.ca().toString());
      try (var client = new JsonLines(command)) {
        client.await("rejected");
        Awaitility.await("the event of the first attempt")
            .atMost(Duration.ofSeconds(30))
            .until(() ->
                lab.events.stream()
                    .anyMatch(event -> "sni-host-mismatch".equals(event.common().reason())));
        assertThat(client.await("response").get("status").getAsInt()).isEqualTo(200);
      }
      assertThat(lab.awaitExchange("shop.test").path()).isEqualTo("/seen");
      assertThat(origin.record().toString()).contains("/seen").doesNotContain("/hidden");
    }
  }

  @Test
  void p8AHelloIsReadInAHundredPiecesAndUpToSixteenKilobytes() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      var target = "shop.test:" + origin.port();
      for (int piece : new int[] {1, 3, 16 * 1024}) {
        try (var client = RawClient.tunnel(lab, target)) {
          var hello = new HandmadeHello("shop.test").padded(300).records();
          assertThat(client.pieces(hello, piece, 6)).startsWith(22).endsWith(2);
        }
      }
      try (var client = RawClient.tunnel(lab, target)) {
        var hello = new HandmadeHello("shop.test").padded(16_000).records();
        assertThat(client.pieces(hello, 160, 6)).startsWith(22).endsWith(2);
      }
    }
  }

  @Test
  void p8AHelloThatIsTooLargeIsRefusedWithAReasonWhateverARuleLetsPass() {
    var rules =
        "- {name: raw, when: \"connection.protocol != 'tls'\", then: passthrough}\n" + ALLOW;
    try (var lab = Lab.start(folder, rules);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test", "large.test"))) {
      for (int bytes : new int[] {17_000, 64 * 1024}) {
        try (var client = RawClient.tunnel(lab, "large.test:" + origin.port())) {
          var hello = new HandmadeHello("large.test").padded(bytes).records();
          assertThat(client.first(hello, 6)).isEmpty();
        }
      }
      var event = lab.awaitConnection("large.test");
      assertThat(event.common().reason()).isEqualTo("client-hello-too-large");
      assertThat(event.common().verdict()).isEqualTo("block");
      assertThat(event.common().client()).isEqualTo("127.0.0.1");
      assertThat(origin.connections()).isZero();
    }
  }

  @Test
  void p9WhatIsNeitherTlsNorHttpIsPassedThroughWhereARuleSaysSo() {
    var raw = "connection.protocol == 'unknown' && host.name == 'mail.test'";
    var rules = "- {name: raw, when: \"" + raw + "\", then: passthrough}\n" + ALLOW;
    try (var lab = Lab.start(folder, rules);
        var origin =
            RawOrigin.clear((_, out) -> {
              out.write(RawClient.latin1("250 ok"));
              return false;
            })) {
      try (var client = RawClient.tunnel(lab, "mail.test:" + origin.port())) {
        assertThat(client.exhaust("\0\1 as if HTTP/1.1\r\n\r\n")).isEqualTo("250 ok");
      }
      assertThat(lab.awaitConnection("mail.test").common().verdict()).isEqualTo("passthrough");
      try (var client = RawClient.tunnel(lab, "other.test:" + origin.port())) {
        assertThat(client.exhaust("\0\1 as if HTTP/1.1\r\n\r\n")).isEmpty();
      }
      assertThat(lab.awaitConnection("other.test").common().reason())
          .isEqualTo("protocol-not-inspectable");
      assertThat(origin.received()).hasSize(1);
    }
  }
}

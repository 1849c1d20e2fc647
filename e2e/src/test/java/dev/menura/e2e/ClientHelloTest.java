package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.event.GatewayEvent.ConnectionEvent;
import java.nio.file.Path;
import java.util.List;
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
        assertThat(lab.awaitConnection("shop.test").common().reason())
            .isEqualTo("sni-host-mismatch");
        assertThat(client.await("response").get("status").getAsInt()).isEqualTo(200);
      }
      assertThat(lab.awaitExchange("shop.test").path()).isEqualTo("/seen");
      assertThat(origin.record().toString()).contains("/seen").doesNotContain("/hidden");
    }
  }
}

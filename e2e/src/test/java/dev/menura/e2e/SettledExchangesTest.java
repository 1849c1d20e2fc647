package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.event.GatewayEvent.ExchangeEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Where the gate has allowed all requests of a connection, Envoy carries them out without asking,
/// and each still has its event.
@ExtendWith(Failures.class)
class SettledExchangesTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";

  @TempDir private Path folder;

  @Test
  void haveEventsAndAskNobody() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      var target = "shop.test:" + origin.port();
      try (var client = RawClient.tls(lab, target, "h2")) {
        var answer =
            client.send2(
                List.of(
                    Map.entry(":method", "PURGE"),
                    Map.entry(":scheme", "https"),
                    Map.entry(":authority", target),
                    Map.entry(":path", "/a/b?secret=1")));
        assertThat(answer.status()).isEqualTo(200);
      }
      var event = lab.awaitExchange("shop.test");
      assertThat(event.common().verdict()).isEqualTo("allow");
      assertThat(event.common().rule()).isEqualTo("all");
      assertThat(event.common().policyVersion()).isEqualTo(lab.sidecar().documents().version());
      assertThat(event.common().id())
          .startsWith(lab.awaitConnection("shop.test").common().id() + "/");
      assertThat(event.method()).isEqualTo("PURGE");
      assertThat(event.path()).isEqualTo("/a/b");
      assertThat(event.status()).isEqualTo(200);
      assertThat(lab.streamsOfExchanges()).isZero();
    }
  }

  @Test
  void areInspectedAsSoonAsThePolicyAsksAboutThem() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"));
        var client = KeptConnection.open(lab.proxy(), "shop.test", origin.port(), lab.ca())) {
      assertThat(client.get("/").status()).isEqualTo(200);
      lab.rules("- {name: secrets, when: request.url_path == '/secret', then: block}\n" + ALLOW);
      assertThat(client.get("/secret").status()).isEqualTo(403);
      assertThat(client.get("/other").status()).isEqualTo(200);
      assertThat(lab.streamsOfExchanges()).isEqualTo(2);
      // Settled again under the former policy's version would be wrong, under its own it is not.
      lab.rules(ALLOW);
      assertThat(client.get("/secret").status()).isEqualTo(200);
    }
  }

  @Test
  void ofAnotherHostAreRefusedWithAnEvent() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      try (var client = RawClient.tls(lab, "shop.test:" + origin.port(), "http/1.1")) {
        var answer = client.get("bank.test", "/");
        assertThat(answer.status()).isEqualTo(421);
      }
      var event =
          Awaitility.await()
              .atMost(Duration.ofSeconds(30))
              .until(() -> lab.awaitExchange("shop.test"), last -> last.status() == 421);
      assertThat(event.common().verdict()).isEqualTo("block");
      assertThat(event.common().rule()).isNull();
      assertThat(event.common().reason()).isEqualTo("host-mismatch");
      assertThat(origin.requests()).isZero();
    }
  }

  @Test
  void areThoseOfOneEventEach() {
    try (var lab =
            Lab.start(
                folder, "- {name: odd, when: request.path == '/odd', then: block}\n" + ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"));
        var asked = KeptConnection.open(lab.proxy(), "shop.test", origin.port(), lab.ca())) {
      assertThat(asked.get("/odd").status()).isEqualTo(403);
      assertThat(asked.get("/even").status()).isEqualTo(200);
      lab.rules(ALLOW);
      try (var settled = KeptConnection.open(lab.proxy(), "shop.test", origin.port(), lab.ca())) {
        assertThat(settled.get("/last").status()).isEqualTo(200);
      }
      // Those of two of Envoy's threads come in any order.
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> paths(lab).containsAll(List.of("/odd", "/even", "/last")));
      assertThat(paths(lab)).hasSize(3);
    }
  }

  private static List<String> paths(Lab lab) {
    return lab.events.stream()
        .filter(ExchangeEvent.class::isInstance)
        .map(event -> ((ExchangeEvent) event).path())
        .toList();
  }
}

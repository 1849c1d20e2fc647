package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.menura.extproc.event.GatewayEvent.ExchangeEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What Envoy answers by itself is a page that says what happened, and repeats nothing of the
/// request.
@ExtendWith(Failures.class)
class EnvoyAnswersTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}\n";

  /// Asks about each request, so that none is settled at the gate.
  private static final String ASK =
      "- {name: odd, when: size(request.path) > 4000, then: block}\n" + ALLOW;

  private static final String INSPECT =
      "- {name: cards, when: \"response.body.count('credit-card') >= 1\", then: block}\n" + ALLOW;

  @TempDir private Path folder;

  private static int closedPort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void anUnreachableOriginIsNamedInAPageWithTheExchangesId() throws IOException {
    for (String rules : new String[] {ALLOW, INSPECT}) {
      try (var lab = Lab.start(folder, rules)) {
        var answer =
            Curl.through(
                lab,
                "http://gone.test:" + closedPort() + "/%3Cscript%3E",
                "-H",
                "X-Request-Id: <script>",
                "-H",
                "Accept: text/html");
        assertThat(answer.status()).as(answer.log()).isEqualTo(502);
        assertThat(answer.body())
            .startsWith("<!DOCTYPE html>")
            .contains("origin-unreachable", lab.awaitExchange("gone.test").common().id())
            .doesNotContain("script", "gone.test");
        assertThat(answer.log()).contains("x-menura-reason: origin-unreachable");
      }
    }
  }

  @Test
  void aClientThatAcceptsJsonGetsJson() throws IOException {
    try (var lab = Lab.start(folder, ALLOW)) {
      var answer =
          Curl.through(
              lab, "http://gone.test:" + closedPort() + "/", "-H", "Accept: application/json");
      var page = JsonParser.parseString(answer.body()).getAsJsonObject();
      assertThat(page.get("status").getAsInt()).isEqualTo(502);
      assertThat(page.get("reason").getAsString()).isEqualTo("origin-unreachable");
      assertThat(page.get("request-id").getAsString())
          .isEqualTo(lab.awaitExchange("gone.test").common().id());
    }
  }

  @Test
  void aMissingSidecarIsNamedInAPage() {
    try (var lab = Lab.start(folder, ASK);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"));
        var kept = KeptConnection.open(lab.proxy(), "shop.test", origin.port(), lab.ca())) {
      assertThat(kept.get("/").status()).isEqualTo(200);
      lab.sidecar().close();
      var inside = kept.get("/");
      assertThat(inside.status()).isEqualTo(503);
      assertThat(inside.body()).contains("gateway-unavailable");
      var plain = Curl.through(lab, "http://shop.test:" + origin.port() + "/");
      assertThat(plain.status()).as(plain.log()).isEqualTo(503);
      assertThat(plain.body()).contains("gateway-unavailable");
      var connect = KeptConnection.connect(lab.proxy(), "shop.test:" + origin.port());
      assertThat(connect.status()).isEqualTo(503);
      assertThat(connect.body()).contains("gateway-unavailable");
    }
  }

  @Test
  void requestsThatWereAllowedAsAWholeGoOnWithoutTheSidecar() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"));
        var kept = KeptConnection.open(lab.proxy(), "shop.test", origin.port(), lab.ca())) {
      assertThat(kept.get("/").status()).isEqualTo(200);
      lab.sidecar().close();
      assertThat(kept.get("/").status()).isEqualTo(200);
      assertThat(KeptConnection.connect(lab.proxy(), "shop.test:" + origin.port()).status())
          .isEqualTo(503);
    }
  }

  @Test
  void aBlockPageIsNoneOfThem() {
    try (var lab = Lab.start(folder, "- {name: none, when: true, then: block}\n");
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      var answer = Curl.through(lab, origin.url("shop.test", "/"));
      assertThat(answer.status()).as(answer.log()).isEqualTo(403);
      assertThat(answer.body()).contains("none");
      assertThat(answer.log()).doesNotContain("x-menura-reason");
    }
  }

  @Test
  void aRefusedConnectOpensNoExchange() throws IOException {
    try (var lab = Lab.start(folder, INSPECT)) {
      assertThat(KeptConnection.connect(lab.proxy(), "none.invalid:443").status()).isEqualTo(502);
      assertThat(lab.awaitConnection("none.invalid").common().host()).isEqualTo("none.invalid");
      assertThat(lab.admin().get("/stats?filter=streams_started"))
          .contains("ext_proc")
          .doesNotContainPattern("streams_started: [1-9]");
      assertThat(lab.events).noneMatch(ExchangeEvent.class::isInstance);
    }
  }
}

package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The sidecar killed with `kill -9`. Its Envoy lives on: what is passed through flows, and what is
/// to be inspected fails closed.
@ExtendWith(Failures.class)
@TestInstance(Lifecycle.PER_CLASS)
class SidecarKilledTest {
  private static final String RULES =
      """
      - {name: bank, when: "host.name == 'bank.test'", then: passthrough}
      - {name: cards, when: "request.body.count('credit-card') >= 1", then: block}
      - {name: all, when: true, then: allow}
      """;

  @AutoClose private GatewayProcess gateway;
  @AutoClose private Origin shop;
  @AutoClose private Origin bank;
  @AutoClose private KeptConnection inspected;
  @AutoClose private KeptConnection passedThrough;
  @AutoClose private JsonLines upload;
  @AutoClose private JsonLines uploadOverHttp2;

  @BeforeAll
  void killWhileConnectionsAreOpen(@TempDir Path folder) {
    gateway = GatewayProcess.in(folder, RULES).up();
    shop = Origin.tls(folder, gateway.root.leaf("shop.test"));
    bank = Origin.tls(folder, gateway.root.leaf("bank.test"));
    inspected = KeptConnection.open(gateway.proxy(), "shop.test", shop.port(), gateway.ca());
    passedThrough =
        KeptConnection.open(gateway.proxy(), "bank.test", bank.port(), gateway.originRoot());
    assertThat(inspected.get("/first").status()).isEqualTo(200);
    assertThat(passedThrough.get("/first").status()).isEqualTo(200);
    var piece = "card=4111 1111".getBytes(StandardCharsets.US_ASCII);
    upload = gateway.client(shop.url("shop.test", "/up"), "-method", "POST", "-h1");
    upload.write(piece);
    uploadOverHttp2 = gateway.client(shop.url("shop.test", "/up"), "-method", "POST");
    uploadOverHttp2.write(piece);
    GatewayProcess.await("the sidecar to hold both bodies")
        .until(() -> gateway.metric("menura_held_bytes") == 2 * piece.length);
    gateway.kill();
  }

  @AfterEach
  void nothingMoreReachesTheInspectedOrigin() {
    assertThat(shop.requests()).as("requests before the kill").isEqualTo(1);
  }

  @Test
  void endsAHeldUpload() {
    assertThat(upload.await("response").get("status").getAsInt()).isEqualTo(503);
  }

  @Test
  void endsAHeldUploadOverHttp2() {
    assertThat(uploadOverHttp2.await("response").get("status").getAsInt()).isEqualTo(503);
  }

  @Test
  void refusesNewTunnels() {
    assertThat(KeptConnection.connect(gateway.proxy(), "shop.test:443").status()).isEqualTo(503);
  }

  @Test
  void refusesPlainHttp() {
    var answer = gateway.curl("http://shop.test:" + shop.port() + "/");
    assertThat(answer.status()).as(answer.log()).isEqualTo(503);
  }

  @Test
  void refusesTheNextRequestOfAnInspectedConnection() {
    assertThat(inspected.get("/second").status()).isEqualTo(503);
  }

  @Test
  void leavesPassedThroughConnectionsAlone() {
    assertThat(passedThrough.get("/second").status()).isEqualTo(200);
  }
}

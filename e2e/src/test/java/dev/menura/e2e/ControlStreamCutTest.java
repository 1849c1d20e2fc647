package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.sidecar.envoy.EnvoyProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The control stream between Envoy and the sidecar cut, while the gate and the exchange are still
/// reached: Envoy's main thread makes its connection first, the worker its own later.
@ExtendWith(Failures.class)
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class ControlStreamCutTest {
  @AutoClose private GatewayProcess gateway;
  @AutoClose private EnvoyProcess envoy;
  @AutoClose private Relay relay;
  @AutoClose private Origin origin;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException, InterruptedException {
    gateway = GatewayProcess.in(folder, "- {name: all, when: true, then: allow}").run();
    var cuttable = folder.resolve("relay.sock");
    relay = Relay.start(cuttable, gateway.sidecarSocket());
    var bootstrap = folder.resolve("bootstrap.json");
    Files.writeString(
        bootstrap,
        Files.readString(gateway.bootstrap())
            .replace(gateway.sidecarSocket().toString(), cuttable.toString()));
    envoy =
        EnvoyProcess.start(
            new EnvoyProcess.Launch(
                GatewayProcess.envoyProgram(),
                bootstrap,
                folder.resolve("envoy.log"),
                folder.resolve("envoy.pid"),
                OptionalInt.of(1)));
    gateway.awaitReady();
    origin = Origin.tls(folder, gateway.root.leaf("shop.test", "other.test"));
    // The worker's connection to the sidecar, and the certificate of a first name.
    assertThat(gateway.curl(origin.url("shop.test", "/first")).status()).isEqualTo(200);
    assertThat(relay.carried()).isEqualTo(2);
    relay.cutFirst();
    GatewayProcess.await("the sidecar to notice")
        .until(() -> gateway.admin("/ready").status() == 503);
  }

  @Test
  @Order(1)
  void keepsServingKnownNamesByTheLastConfiguration() {
    var answer = gateway.curl(origin.url("shop.test", "/second"));
    assertThat(answer.status()).as(answer.log()).isEqualTo(200);
    assertThat(answer.issuer()).contains("Menura CA");
  }

  @Test
  @Order(2)
  void obeysAPolicyThatIsChangedMeanwhile() {
    gateway.rules(
        "- {name: closed, when: \"request.path == '/closed'\", then: block}\n- {name: all, when: true, then: allow}");
    GatewayProcess.await("the policy to be in force")
        .until(() -> gateway.curl(origin.url("shop.test", "/closed")).status() == 403);
    assertThat(gateway.curl(origin.url("shop.test", "/open")).status()).isEqualTo(200);
  }

  @Test
  @Order(3)
  void connectsAgainAndTakesWhatHasChanged() {
    var before = gateway.proxy();
    gateway.rules("- {name: closed, when: true, then: block}");
    // The certificate of a new name can only come over the control stream: the handshake waits.
    var waiting = CompletableFuture.supplyAsync(() -> gateway.curl(origin.url("other.test", "/")));
    GatewayProcess.await("Envoy to try again").until(() -> relay.refused() > 0);
    relay.mend();
    assertThat(gateway.awaitReady().get("proxy").getAsString()).isEqualTo(before);
    assertThat(envoy.restarts()).isZero();
    assertThat(waiting.join().status()).isIn(200, 403);
    // The folder is watched: the edit may be noticed after Envoy is back.
    GatewayProcess.await("the policy to be in force")
        .until(() -> gateway.curl(origin.url("other.test", "/")).status() == 403);
  }
}

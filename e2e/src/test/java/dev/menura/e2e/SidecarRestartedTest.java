package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.sidecar.envoy.EnvoyProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
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

/// A sidecar that is killed and started again on the same data, beside an Envoy that runs on, with
/// connections open.
@ExtendWith(Failures.class)
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class SidecarRestartedTest {
  private static final String RULES =
      """
      - {name: bank, when: "host.name == 'bank.test'", then: passthrough}
      - {name: all, when: true, then: allow}
      """;

  @AutoClose private GatewayProcess gateway;
  @AutoClose private EnvoyProcess envoy;
  @AutoClose private Origin shop;
  @AutoClose private Origin bank;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException, InterruptedException {
    gateway = GatewayProcess.in(folder, RULES).run();
    envoy =
        EnvoyProcess.start(
            new EnvoyProcess.Launch(
                GatewayProcess.envoyProgram(),
                gateway.bootstrap(),
                folder.resolve("envoy.log"),
                folder.resolve("envoy.pid"),
                OptionalInt.of(1)));
    gateway.awaitReady();
    shop = Origin.tls(folder, gateway.root.leaf("shop.test"));
    bank = Origin.tls(folder, gateway.root.leaf("bank.test"));
  }

  @Test
  @Order(1)
  void goesOnWithConnectionsThatStoodStill() throws IOException {
    var authority = Files.readString(gateway.ca());
    try (var inspected =
            KeptConnection.open(gateway.proxy(), "shop.test", shop.port(), gateway.ca());
        var passed =
            KeptConnection.open(gateway.proxy(), "bank.test", bank.port(), gateway.originRoot())) {
      assertThat(inspected.get("/first").status()).isEqualTo(200);
      assertThat(passed.get("/first").status()).isEqualTo(200);
      var proxy = gateway.proxy();
      gateway.kill();
      gateway.run();
      assertThat(gateway.awaitReady().get("proxy").getAsString()).isEqualTo(proxy);

      assertThat(inspected.get("/second").status()).isEqualTo(200);
      assertThat(passed.get("/second").status()).isEqualTo(200);
    }
    assertThat(envoy.restarts()).isZero();
    assertThat(Files.readString(gateway.ca())).isEqualTo(authority);
    assertThat(gateway.curl(shop.url("shop.test", "/new")).status()).isEqualTo(200);
    assertThat(gateway.envoyAdmin().get("/stats?filter=listener_manager"))
        .contains("listener_manager.total_listeners_draining: 0")
        .contains("listener_manager.listener_modified: 0")
        .contains("listener_manager.listener_removed: 0");
  }

  @Test
  @Order(2)
  void takesANewPolicyToTheEnvoyThatRanOn() {
    try (var inspected =
        KeptConnection.open(gateway.proxy(), "shop.test", shop.port(), gateway.ca())) {
      assertThat(inspected.get("/first").status()).isEqualTo(200);
      shop.awaitRequest("/first");
      long requests = shop.requests();
      var before = gateway.awaitReady().get("policy-version");
      gateway.kill();
      gateway.rules("- {name: closed, when: true, then: block}");
      gateway.run();
      gateway.awaitReady(ready -> !ready.get("policy-version").equals(before));
      assertThat(inspected.get("/second").status()).isEqualTo(403);
      assertThat(shop.requests()).isEqualTo(requests);
    }
  }
}

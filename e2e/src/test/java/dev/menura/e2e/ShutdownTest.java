package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// `menura up` ended by SIGTERM.
@ExtendWith(Failures.class)
class ShutdownTest {
  @TempDir private Path folder;
  @AutoClose private GatewayProcess gateway;

  @BeforeEach
  void start() {
    gateway = GatewayProcess.in(folder, "- {name: all, when: true, then: allow}").up();
  }

  @Test
  void endsCleanlyWithEnvoyAndLeavesNothingBehind() {
    try (var origin = Origin.tls(folder, gateway.root.leaf("shop.test"));
        var kept = KeptConnection.open(gateway.proxy(), "shop.test", origin.port(), gateway.ca())) {
      assertThat(kept.get("/").status()).isEqualTo(200);
      var envoy = gateway.envoy().orElseThrow();

      assertThat(gateway.terminate()).isZero();

      assertThat(envoy.isAlive()).isFalse();
      for (String gone : new String[] {"envoy.pid", "ready.json", "menura.sock"}) {
        assertThat(gateway.inData(gone)).doesNotExist();
      }
      assertThat(Files.exists(gateway.sidecarSocket())).isFalse();
      assertThat(gateway.events())
          .extracting(event -> event.get("type").getAsString())
          .contains("connection", "exchange");
    }
  }
}

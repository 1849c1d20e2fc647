package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Envoy killed with `kill -9` under `menura up`, which listens on a port that the kernel chose.
@ExtendWith(Failures.class)
class EnvoyKilledTest {
  private static final Pattern PAUSE = Pattern.compile("envoy ended .*restart-in-ms=\"(\\d+)\"");

  @TempDir private Path folder;
  @AutoClose private GatewayProcess gateway;
  @AutoClose private Origin origin;

  @BeforeEach
  void start() {
    gateway = GatewayProcess.in(folder, "- {name: all, when: true, then: allow}").up();
    origin = Origin.tls(folder, gateway.root.leaf("shop.test"));
  }

  @Test
  void isStartedAgainWithGrowingPausesAndReadyJsonTellsWhen() {
    var url = origin.url("shop.test", "/");
    assertThat(gateway.curl(url).status()).isEqualTo(200);
    for (int kill = 1; kill <= 2; kill++) {
      var killed = gateway.envoy().orElseThrow();
      killed.destroyForcibly();
      GatewayProcess.await("ready.json to go").until(() -> gateway.ready().isEmpty());
      GatewayProcess.await("/ready to say that Envoy is gone")
          .until(() -> gateway.admin("/ready").status() == 503);
      GatewayProcess.await("/ready to say that traffic can flow")
          .until(() -> gateway.admin("/ready").status() == 200);
      gateway.awaitReady();
      assertThat(gateway.envoy().map(ProcessHandle::pid)).isNotEqualTo(Optional.of(killed.pid()));
      var answer = gateway.curl(url);
      assertThat(answer.status()).as(answer.log()).isEqualTo(200);
    }
    assertThat(PAUSE.matcher(gateway.output()).results().map(pause -> pause.group(1)))
        .containsExactly("100", "200");
  }
}

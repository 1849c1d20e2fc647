package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Envoy is started while the sidecar still starts: a start that comes to nothing leaves none
/// behind.
@ExtendWith(Failures.class)
class BrokenStartTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";

  @TempDir private Path folder;
  @AutoClose private GatewayProcess gateway;

  @BeforeEach
  void make() {
    gateway = GatewayProcess.in(folder, ALLOW);
  }

  private void start() {
    gateway.start("up", "--envoy", GatewayProcess.envoyProgram().toString());
  }

  /// Every Envoy that runs on this gateway's bootstrap, whoever started it.
  private List<ProcessHandle> envoys() {
    var bootstrap = gateway.bootstrap().toString();
    return ProcessHandle.allProcesses()
        .filter(process ->
            process.info().arguments().stream().flatMap(Arrays::stream).anyMatch(bootstrap::equals))
        .toList();
  }

  @Test
  void startsNoEnvoyOnABrokenPolicy() {
    gateway.rules("- {name: all, when: true, then: blok}");

    start();

    assertThat(gateway.awaitExit()).isEqualTo(2);
    assertThat(gateway.inData("logs").resolve("envoy.log")).doesNotExist();
    assertThat(gateway.bootstrap()).doesNotExist();
    assertThat(envoys()).isEmpty();
  }

  @Test
  void endsEnvoyWhereTheAuthorityCannotBeRead() throws IOException {
    start();
    gateway.awaitReady();
    assertThat(envoys()).hasSize(1);
    assertThat(gateway.terminate()).isZero();
    var log = gateway.inData("logs").resolve("envoy.log");
    Files.delete(log);
    try (Stream<Path> files = Files.list(gateway.inData("ca"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.writeString(file, "not what an authority is made of\n");
      }
    }

    start();

    assertThat(gateway.awaitExit()).isEqualTo(1);
    assertThat(log).as("Envoy was started").exists();
    assertThat(gateway.inData("envoy.pid")).doesNotExist();
    assertThat(gateway.inData("ready.json")).doesNotExist();
    assertThat(envoys()).isEmpty();
  }

  @Test
  void endsEnvoyWhereItIsToldToEndWhileStarting() {
    start();
    var envoy =
        Awaitility.await("envoy.pid")
            .atMost(Duration.ofSeconds(40))
            .pollInterval(Duration.ofMillis(2))
            .until(gateway::envoy, Optional::isPresent)
            .orElseThrow();

    gateway.terminate();

    assertThat(envoy.isAlive()).isFalse();
    assertThat(envoys()).isEmpty();
  }
}

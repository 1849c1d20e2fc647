package dev.menura.sidecar.envoy;

import static dev.menura.sidecar.envoy.FakePrograms.script;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A shell script stands for Envoy: it writes a line into a named pipe when it starts, so that the
/// tests wait for that and for nothing else.
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EnvoyProcessTest {
  @TempDir private Path folder;
  private Path pipe;
  private RandomAccessFile starts;

  @BeforeEach
  void makePipe() throws Exception {
    pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    // Open for reading and writing, the pipe never ends and opening it never waits.
    starts = new RandomAccessFile(pipe.toFile(), "rw");
  }

  @AfterEach
  void closePipe() throws IOException {
    starts.close();
  }

  private EnvoyProcess.Launch launch(String body) throws IOException {
    return new EnvoyProcess.Launch(
        script(folder.resolve("envoy"), "echo \"$$ $*\" >" + pipe + "\n" + body),
        folder.resolve("bootstrap.json"),
        folder.resolve("envoy.log"),
        folder.resolve("envoy.pid"),
        OptionalInt.of(2));
  }

  /// The line that the next start writes.
  private String nextStart() throws IOException {
    return starts.readLine();
  }

  private static ProcessHandle process(String start) {
    return ProcessHandle.of(Long.parseLong(start.split(" ", 2)[0])).orElseThrow();
  }

  @Test
  void startsEnvoyWithItsBootstrapAndEndsItOnClose() throws Exception {
    String start;
    try (EnvoyProcess envoy = EnvoyProcess.start(launch("exec sleep 60"))) {
      start = nextStart();
      assertThat(start)
          .contains("--config-path " + folder.resolve("bootstrap.json"))
          .contains("--disable-hot-restart")
          .contains("--concurrency 2");
      assertThat(envoy.problem()).isEmpty();
      assertThat(envoy.running()).contains(process(start));
      assertThat(folder.resolve("envoy.pid")).content(UTF_8).startsWith(start.split(" ", 2)[0]);
    }
    assertThat(ProcessHandle.of(Long.parseLong(start.split(" ", 2)[0]))).isEmpty();
    assertThat(folder.resolve("envoy.pid")).doesNotExist();
  }

  @Test
  void startsEnvoyAgainWhenItEnds() throws Exception {
    String second;
    try (EnvoyProcess envoy = EnvoyProcess.start(launch("exec sleep 60"))) {
      String first = nextStart();
      process(first).destroyForcibly();
      second = nextStart();
      assertThat(second).isNotEqualTo(first);
      assertThat(envoy.restarts()).isEqualTo(1);
    }
    assertThat(ProcessHandle.of(Long.parseLong(second.split(" ", 2)[0]))).isEmpty();
    assertThat(folder.resolve("envoy.pid")).doesNotExist();
  }

  @Test
  void killsAnEnvoyThatDoesNotEndWhenAsked() throws Exception {
    String start;
    try (EnvoyProcess envoy =
        EnvoyProcess.start(
            launch("trap '' TERM; echo ready >" + pipe + "; while :; do sleep 60; done"))) {
      start = nextStart();
      nextStart();
      assertThat(envoy.running()).isPresent();
    }
    assertThat(ProcessHandle.of(Long.parseLong(start.split(" ", 2)[0]))).isEmpty();
  }

  @Test
  void endsAnEnvoyThatAnEarlierSidecarLeftBehind() throws Exception {
    Process stale = new ProcessBuilder("sleep", "60").start();
    new PidFile(folder.resolve("envoy.pid")).write(stale.toHandle(), Path.of("/usr/bin/sleep"));
    try (EnvoyProcess envoy = EnvoyProcess.start(launch("exec sleep 60"))) {
      nextStart();
      assertThat(stale.waitFor(5, TimeUnit.SECONDS)).isTrue();
      assertThat(envoy.running()).isPresent();
    }
  }

  @Test
  void leavesAnotherProcessWithTheSameIdAlone() throws Exception {
    Process other = new ProcessBuilder("sleep", "60").start();
    try {
      Files.writeString(
          folder.resolve("envoy.pid"), other.pid() + "\n2001-01-01T00:00:00Z\n/usr/bin/envoy\n");
      try (EnvoyProcess envoy = EnvoyProcess.start(launch("exec sleep 60"))) {
        nextStart();
        assertThat(envoy.running()).isPresent();
        assertThat(other.isAlive()).isTrue();
      }
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void startsDespiteADamagedPidFile() throws Exception {
    Files.writeString(folder.resolve("envoy.pid"), "12");
    try (EnvoyProcess envoy = EnvoyProcess.start(launch("exec sleep 60"))) {
      nextStart();
      assertThat(envoy.running()).isPresent();
    }
  }

  @Test
  void keepsWhatTheRunBeforeWroteInAnOlderFile() throws Exception {
    Files.writeString(folder.resolve("envoy.log"), "before\n");
    try (EnvoyProcess envoy =
        EnvoyProcess.start(launch("echo hello; echo ready >" + pipe + "; exec sleep 60"))) {
      nextStart();
      nextStart();
      assertThat(envoy.running()).isPresent();
      assertThat(folder.resolve("envoy.log")).hasContent("hello");
      assertThat(folder.resolve("envoy.log.1")).hasContent("before");
    }
  }

  @Test
  void failsAtOnceWhereTheProgramCannotBeRun() throws IOException {
    EnvoyProcess.Launch launch = launch("");
    Files.delete(launch.program());
    assertThatThrownBy(() -> EnvoyProcess.start(launch)).isInstanceOf(IOException.class);
  }
}

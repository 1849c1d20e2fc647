package dev.menura.sidecar.os;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.sidecar.os.Tool.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ToolTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static Outcome shell(String script) throws InterruptedException {
    return Tool.run(List.of("/bin/sh", "-c", script), LIMIT);
  }

  @Test
  void returnsExitCodeAndBothOutputs() throws Exception {
    assertThat(shell("echo out; echo err >&2; exit 3"))
        .isEqualTo(new Outcome.Ended(3, "out\nerr\n"));
  }

  @Test
  void keepsABoundedPartOfTheOutput() throws Exception {
    assertThat(shell("head -c 1000000 /dev/zero | tr '\\0' x"))
        .isInstanceOfSatisfying(
            Outcome.Ended.class,
            ended -> {
              assertThat(ended.succeeded()).isTrue();
              assertThat(ended.output()).hasSize(64 * 1024);
            });
  }

  @Test
  void endsWhatTakesTooLong() throws Exception {
    assertThat(Tool.run(List.of("/bin/sleep", "60"), Duration.ofMillis(50)))
        .isEqualTo(new Outcome.TimedOut(Duration.ofMillis(50)));
  }

  @Test
  void saysThatAProgramIsNotThere() throws Exception {
    assertThat(Tool.run(List.of("/nonexistent/program"), LIMIT))
        .isInstanceOf(Outcome.NotStarted.class);
  }

  @Test
  void givesNothingToReadToTheProgram() throws Exception {
    assertThat(shell("cat")).isEqualTo(new Outcome.Ended(0, ""));
  }

  @Test
  void findsProgramsOnThePathInItsOrder() {
    assertThat(Tool.onPath("sh", Map.of("PATH", "/nonexistent:/bin:/usr/bin")))
        .contains(Path.of("/bin/sh"));
    assertThat(Tool.onPath("sh", Map.of("PATH", "/nonexistent"))).isEmpty();
  }
}

package dev.menura.sidecar.os;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Another program, run to its end within a bounded time.
public final class Tool {
  /// How much of a program's output is kept; the rest is read and dropped.
  private static final int OUTPUT_BYTES_MAX = 64 * 1024;

  private Tool() {}

  /// How a run came out.
  public sealed interface Outcome {
    /// @param output standard output and standard error, as they came
    record Ended(int exitCode, String output) implements Outcome {
      public boolean succeeded() {
        return exitCode == 0;
      }
    }

    /// There is no such program, or it may not be run.
    record NotStarted(String reason) implements Outcome {}

    /// It was ended because it took too long.
    record TimedOut(Duration limit) implements Outcome {}
  }

  public static Outcome run(List<String> command, Duration limit) throws InterruptedException {
    return run(command, limit, Map.of());
  }

  /// @param environment variables set in addition to our own
  public static Outcome run(List<String> command, Duration limit, Map<String, String> environment)
      throws InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return new Outcome.NotStarted(String.valueOf(e.getMessage()));
    }
    CompletableFuture<String> output = new CompletableFuture<>();
    // A virtual thread that waits for a pipe keeps its carrier from all others.
    Thread.ofPlatform()
        .name("tool-output")
        .daemon()
        .start(() -> output.complete(drain(process.getInputStream())));
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return new Outcome.TimedOut(limit);
      }
      // A grandchild may keep the pipe open: its output is not waited for.
      return new Outcome.Ended(
          process.exitValue(), output.completeOnTimeout("", 1, TimeUnit.SECONDS).join());
    } finally {
      process.destroyForcibly();
    }
  }

  /// The program of this name on the PATH.
  public static Optional<Path> onPath(String name, Map<String, String> environment) {
    for (String folder : environment.getOrDefault("PATH", "").split(":", -1)) {
      Path candidate = Path.of(folder.isEmpty() ? "." : folder, name);
      if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
        return Optional.of(candidate.toAbsolutePath());
      }
    }
    return Optional.empty();
  }

  private static String drain(InputStream in) {
    try (in) {
      byte[] kept = in.readNBytes(OUTPUT_BYTES_MAX);
      in.transferTo(java.io.OutputStream.nullOutputStream());
      return new String(kept, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}

package dev.menura.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A process that was started for a measurement, with all that it says in a file. It and all below
/// it end with [#close].
final class Running implements AutoCloseable {
  private static final int END_SECONDS = 10;
  private static final int SAID_CHARACTERS = 2_000;

  private final Process process;
  private final Path output;
  private final long startedNanos;

  private Running(Process process, Path output, long startedNanos) {
    this.process = process;
    this.output = output;
    this.startedNanos = startedNanos;
  }

  /// @param folder the working directory
  /// @param output where what it says goes
  static Running start(Path folder, Path output, List<String> command) throws IOException {
    return start(folder, output, Map.of(), command);
  }

  /// @param environment variables set in addition to our own
  static Running start(
      Path folder, Path output, Map<String, String> environment, List<String> command)
      throws IOException {
    var now = Instant.now();
    var builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    return new Running(
        builder.start(), output, now.getEpochSecond() * 1_000_000_000L + now.getNano());
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  /// When it was started, in nanoseconds since 1970.
  long startedNanos() {
    return startedNanos;
  }

  ProcessTree tree() {
    return new ProcessTree(process.toHandle());
  }

  /// The end of what it has said.
  String said() {
    try {
      var text = Files.readString(output).strip();
      return text.substring(Math.max(0, text.length() - SAID_CHARACTERS));
    } catch (IOException e) {
      return "(" + output + " cannot be read)";
    }
  }

  @Override
  public void close() {
    var below = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    below.forEach(ProcessHandle::destroyForcibly);
  }
}

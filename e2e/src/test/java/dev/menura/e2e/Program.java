package dev.menura.e2e;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/// A program of its own process, with all that it says in a file: `menura`, or Envoy.
final class Program implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final Path output;

  private Program(Path folder, List<String> command) {
    try {
      output = Files.createTempFile(folder, "program", ".out");
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// Starts `menura` with these arguments, from the classes under test.
  ///
  /// @param folder where the output is kept
  static Program menura(Path folder, String... arguments) {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.menura.sidecar.Main"));
    command.addAll(List.of(arguments));
    return new Program(folder, command);
  }

  static Program start(Path folder, String... command) {
    return new Program(folder, List.of(command));
  }

  /// What `ready.json` of this data directory holds, waiting for it.
  JsonObject awaitReady(Path data) {
    var file = data.resolve("ready.json");
    Awaitility.await("ready.json; the program said: " + said())
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> Files.exists(file) || !process.isAlive());
    if (!Files.exists(file)) {
      throw new AssertionError("the program ended: " + said());
    }
    return ready(data);
  }

  static JsonObject ready(Path data) {
    try {
      return JsonParser.parseString(Files.readString(data.resolve("ready.json"))).getAsJsonObject();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// All that it has said so far, on both streams.
  String said() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  void awaitSaid(String text) {
    Awaitility.await("'" + text + "' in the program's output")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> said().contains(text));
  }

  boolean alive() {
    return process.isAlive();
  }

  /// Its children and theirs.
  List<ProcessHandle> descendants() {
    return process.descendants().toList();
  }

  /// Waits until it has ended by itself.
  ///
  /// @return its exit code
  int awaitEnd() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("the program did not end: " + said());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  /// Kills it, as `kill -9` does.
  void kill() {
    var _ = process.destroyForcibly();
    awaitEnd();
  }

  /// Sends SIGTERM and waits for the end.
  int terminate() {
    process.destroy();
    return awaitEnd();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

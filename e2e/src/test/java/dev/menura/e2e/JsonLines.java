package dev.menura.e2e;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/// A process that says what happens to it in lines of JSON on standard output, and takes commands
/// on standard input.
final class JsonLines implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final List<JsonObject> lines = new CopyOnWriteArrayList<>();
  private final Consumer<JsonObject> sink;
  private final Process process;
  private final OutputStream commands;
  private volatile boolean ended;

  JsonLines(List<String> command) {
    this(command, List.of());
  }

  /// @param sinks take the lines as they come; without any they are kept
  private JsonLines(List<String> command, List<Consumer<JsonObject>> sinks) {
    sink = sinks.isEmpty() ? lines::add : sinks.getFirst();
    try {
      var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
      // Go's servers and clients know extended CONNECT (RFC 8441), and offer it where this says so.
      builder.environment().put("GODEBUG", "http2xconnect=1");
      process = builder.start();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    commands = process.getOutputStream();
    // A virtual thread that waits for a pipe keeps a carrier from all others in this process.
    Thread.ofPlatform().name("json-lines").daemon().start(this::read);
  }

  /// A process whose lines go to a consumer.
  static JsonLines to(Consumer<JsonObject> sink, List<String> command) {
    return new JsonLines(command, List.of(sink));
  }

  private void read() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        sink.accept(JsonParser.parseString(line).getAsJsonObject());
      }
    } catch (IOException e) {
      // The process was ended by the test.
      ended = true;
    } finally {
      ended = true;
    }
  }

  /// The first line of this kind, waiting for it.
  JsonObject await(String event) {
    return await(event, line -> true);
  }

  /// The first line of this kind that the condition holds for, waiting for it.
  JsonObject await(String event, Predicate<JsonObject> condition) {
    try {
      Awaitility.await("a line '" + event + "'")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(2))
          .until(() -> ended || find(event, condition) != null);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("no line '" + event + "' came: " + lines, e);
    }
    var found = find(event, condition);
    if (found == null) {
      throw new AssertionError("the process ended without '" + event + "': " + lines);
    }
    return found;
  }

  private @Nullable JsonObject find(String event, Predicate<JsonObject> condition) {
    for (JsonObject line : lines) {
      if (is(line, event) && condition.test(line)) {
        return line;
      }
    }
    return null;
  }

  long count(String event) {
    return lines.stream().filter(line -> is(line, event)).count();
  }

  /// Waits until the process has ended by itself.
  void awaitEnd() {
    Awaitility.await("the process to end").atMost(PATIENCE).until(() -> ended);
  }

  /// The bytes of all lines `body`, joined.
  byte[] body() {
    var all = new java.io.ByteArrayOutputStream();
    lines.stream()
        .filter(line -> is(line, "body"))
        .forEach(
            line -> all.writeBytes(Base64.getDecoder().decode(line.get("bytes").getAsString())));
    return all.toByteArray();
  }

  void say(String command) {
    try {
      commands.write((command + "\n").getBytes(StandardCharsets.UTF_8));
      commands.flush();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// Sends a piece of the body.
  void write(byte[] bytes) {
    say("write " + Base64.getEncoder().encodeToString(bytes));
  }

  private static boolean is(JsonObject line, String event) {
    return event.equals(line.get("event").getAsString());
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

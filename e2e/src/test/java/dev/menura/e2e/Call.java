package dev.menura.e2e;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One request of a [GoSession] and what came back. A piece that is written is one chunk of
/// HTTP/1.1 or one DATA frame of HTTP/2.
final class Call {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Set<String> LAST = Set.of("end", "broken", "error");

  private final JsonLines process;
  private final String id;
  private final JsonObject head = new JsonObject();
  private final JsonObject headers = new JsonObject();
  private final JsonObject trailers = new JsonObject();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition more = lock.newCondition();
  private final List<JsonObject> lines = new ArrayList<>();

  Call(JsonLines process, String id, String method, String url) {
    this.process = process;
    this.id = id;
    head.addProperty("do", "open");
    head.addProperty("id", id);
    head.addProperty("method", method);
    head.addProperty("url", url);
    head.addProperty("length", -1);
    head.add("headers", headers);
    head.add("trailers", trailers);
    over(Protocol.HTTP2);
  }

  String id() {
    return id;
  }

  Call over(Protocol protocol) {
    head.addProperty("protocol", protocol.label);
    return this;
  }

  /// Sets a header; an empty value stands for none.
  Call header(String name, String value) {
    if (!value.isEmpty()) {
      headers.addProperty(name, value);
    }
    return this;
  }

  Call trailer(String name, String value) {
    trailers.addProperty(name, value);
    return this;
  }

  /// Says the body's length in the head, in place of chunks.
  Call length(long bytes) {
    head.addProperty("length", bytes);
    return this;
  }

  /// Sends this file as the body.
  Call file(Path file) {
    head.addProperty("file", file.toString());
    return this;
  }

  /// Has the answer's body told in its length and SHA-256 only.
  Call digest() {
    head.addProperty("digest", true);
    return this;
  }

  /// Sends the head; pieces of the body follow.
  Call open() {
    head.addProperty("body", true);
    return ask();
  }

  /// Sends the whole request.
  Call ask() {
    process.say(head.toString());
    return this;
  }

  Call write(byte[] piece) {
    var command = command("write");
    command.addProperty("bytes", Base64.getEncoder().encodeToString(piece));
    process.say(command.toString());
    return this;
  }

  Call end() {
    process.say(command("end").toString());
    return this;
  }

  private JsonObject command(String name) {
    var command = new JsonObject();
    command.addProperty("do", name);
    command.addProperty("id", id);
    return command;
  }

  void heard(JsonObject line) {
    lock.lock();
    try {
      lines.add(line);
      more.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The first event of one of these kinds, waiting for it.
  JsonObject await(Set<String> events) {
    lock.lock();
    try {
      long left = PATIENCE.toNanos();
      var found = find(events);
      while (found == null) {
        if (left <= 0) {
          throw new AssertionError("none of " + events + " came for " + head + ": " + lines);
        }
        left = more.awaitNanos(left);
        found = find(events);
      }
      return found;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable JsonObject find(Set<String> events) {
    for (JsonObject line : lines) {
      if (events.contains(line.get("event").getAsString())) {
        return line;
      }
    }
    return null;
  }

  /// The head of the answer, or the error in its place.
  JsonObject answer() {
    return await(Set.of("response", "error"));
  }

  /// The status of the answer; -1 where there was none.
  int status() {
    var status = answer().get("status");
    return status == null ? -1 : status.getAsInt();
  }

  /// The values of a header of the answer, joined.
  String header(String name) {
    var all = answer().getAsJsonObject("headers");
    var values = all == null ? null : all.getAsJsonArray(name);
    return values == null ? "" : String.join(", ", strings(values));
  }

  private static List<String> strings(JsonArray values) {
    return values.asList().stream().map(value -> value.getAsString()).toList();
  }

  /// How the answer ended: `end`, `broken` or `error`.
  JsonObject last() {
    return await(LAST);
  }

  /// How the answer ended, in one word.
  String ending() {
    return last().get("event").getAsString();
  }

  String url() {
    return head.get("url").getAsString();
  }

  /// Waits until so many bytes of the answer's body have come.
  void awaitBytes(int count) {
    awaitSoFar(body -> body.length >= count, count + " bytes");
  }

  /// Waits until what has come of the answer's body ends like this.
  void awaitText(String end) {
    awaitSoFar(body -> new String(body, StandardCharsets.UTF_8).endsWith(end), end);
  }

  private void awaitSoFar(Predicate<byte[]> condition, String wanted) {
    lock.lock();
    try {
      long left = PATIENCE.toNanos();
      while (!condition.test(soFar())) {
        if (left <= 0 || find(LAST) != null) {
          throw new AssertionError("'" + wanted + "' did not come for " + head + ": " + lines);
        }
        left = more.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      lock.unlock();
    }
  }

  /// What has come of the answer's body up to its end.
  byte[] body() {
    last();
    return soFar();
  }

  private byte[] soFar() {
    lock.lock();
    try {
      var all = new ByteArrayOutputStream();
      for (JsonObject line : lines) {
        if (line.get("event").getAsString().equals("body")) {
          all.writeBytes(Base64.getDecoder().decode(line.get("bytes").getAsString()));
        }
      }
      return all.toByteArray();
    } finally {
      lock.unlock();
    }
  }
}

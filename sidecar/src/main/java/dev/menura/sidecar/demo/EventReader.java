package dev.menura.sidecar.demo;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Reads what the event log says of a host, as somebody beside the gateway would.
final class EventReader {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int LOOK_EVERY_MS = 20;

  private final Path file;
  private int linesBefore;

  EventReader(Path file) {
    this.file = file;
  }

  /// @param decision the verdict, `-` where no event came
  /// @param rule the deciding rule, or the reason where there is none
  record Told(String decision, String rule) {}

  /// Events before this moment do not count for the next [#await].
  void mark() throws IOException {
    linesBefore = lines().size();
  }

  /// Another reader, whose mark is now.
  EventReader fork() throws IOException {
    EventReader other = new EventReader(file);
    other.mark();
    return other;
  }

  /// The event since the mark that is about this host and of this type, once it is there.
  Told await(String type, String host, int port) throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      Optional<Told> told = find(type, host, port);
      if (told.isPresent()) {
        return told.get();
      }
      if (System.nanoTime() > end) {
        return new Told("-", "-");
      }
      Thread.sleep(LOOK_EVERY_MS);
    }
  }

  private Optional<Told> find(String type, String host, int port) throws IOException {
    List<String> lines = lines();
    for (String line : lines.subList(Math.min(linesBefore, lines.size()), lines.size())) {
      JsonObject event = JsonParser.parseString(line).getAsJsonObject();
      if (text(event, "type").equals(type)
          && text(event, "host").equals(host)
          && text(event, "port").equals(Integer.toString(port))) {
        String rule = text(event, "rule");
        return Optional.of(
            new Told(text(event, "verdict"), rule.isEmpty() ? text(event, "reason") : rule));
      }
    }
    return Optional.empty();
  }

  /// Whole lines only: the last one may be on its way.
  private List<String> lines() throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    String all = Files.readString(file);
    return all.substring(0, all.lastIndexOf('\n') + 1).lines().toList();
  }

  private static String text(JsonObject event, String key) {
    JsonElement value = event.get(key);
    return value == null || value.isJsonNull() ? "" : value.getAsString();
  }
}

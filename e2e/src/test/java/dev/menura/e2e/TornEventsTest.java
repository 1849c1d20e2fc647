package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What is recorded stays whole, however the sidecar ends.
@ExtendWith(Failures.class)
class TornEventsTest {
  private static final int CLIENTS = 4;

  @TempDir private Path folder;
  @AutoClose private GatewayProcess gateway;
  @AutoClose private Origin origin;

  @BeforeEach
  void start() {
    // Asks about each request, so that none goes on without the sidecar.
    var rules =
        "- {name: odd, when: size(request.path) > 4000, then: block}\n"
            + "- {name: all, when: true, then: allow}";
    gateway = GatewayProcess.in(folder, rules).up();
    origin = Origin.tls(folder, gateway.root.leaf("shop.test"));
  }

  @Test
  void keepsWholeEventsOfASidecarThatIsKilledWhileItWrites() throws IOException {
    var clients = new ArrayList<Thread>();
    for (int client = 0; client < CLIENTS; client++) {
      var kept = KeptConnection.open(gateway.proxy(), "shop.test", origin.port(), gateway.ca());
      clients.add(Thread.ofVirtual().start(() -> askUntilRefused(kept)));
    }
    GatewayProcess.await("events").until(() -> gateway.events().size() > 50);
    gateway.kill();
    clients.forEach(TornEventsTest::join);
    var before = gateway.events();
    // What a machine that loses its power may leave of a line.
    Files.writeString(
        gateway.inData("events.jsonl"), "{\"time\":\"2026-", StandardOpenOption.APPEND);

    gateway.up();
    assertThat(gateway.curl(origin.url("shop.test", "/after")).status()).isEqualTo(200);
    GatewayProcess.await("the events after the restart").until(() -> paths().contains("/after"));

    assertThat(gateway.events()).startsWith(before.toArray(new com.google.gson.JsonObject[0]));
    assertThat(gateway.read("events.jsonl")).endsWith("\n");
    assertThat(gateway.read("events.jsonl.torn")).isEqualTo("{\"time\":\"2026-");
  }

  private List<String> paths() {
    return gateway.events().stream()
        .filter(event -> event.has("path"))
        .map(event -> event.get("path").getAsString())
        .toList();
  }

  private static void askUntilRefused(KeptConnection kept) {
    try (kept) {
      while (kept.get("/").status() == 200) {}
    }
  }

  private static void join(Thread thread) {
    try {
      assertThat(thread.join(Duration.ofSeconds(60))).as("the client was refused").isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}

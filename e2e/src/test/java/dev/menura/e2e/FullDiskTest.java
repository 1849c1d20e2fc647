package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The disk under the data directory full: verdicts go on, events wait, and those that are lost are
/// counted.
@ExtendWith(Failures.class)
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class FullDiskTest {
  private static final String RULES =
      """
      # Written so that Envoy cannot tell: each event is the exchange's, at once and in order.
      - {name: closed, when: "[request.path].exists(path, path == '/closed')", then: block}
      - {name: all, when: true, then: allow}
      """;

  @AutoClose private GatewayProcess gateway;
  @AutoClose private Origin origin;
  @AutoClose private KeptConnection kept;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    gateway = GatewayProcess.in(folder, RULES, MountNamespace.smallDisk(8)).up();
    origin = Origin.tls(folder, gateway.root.leaf("shop.test"));
    kept = KeptConnection.open(gateway.proxy(), "shop.test", origin.port(), gateway.ca());
    assertThat(kept.get("/before").status()).isEqualTo(200);
    GatewayProcess.await("the first events").until(() -> paths().contains("/before"));
    fill();
  }

  @Test
  @Order(1)
  void writesTheEventsOnceThereIsRoomAgain() throws IOException {
    var asked = askUntilEventsWait();
    assertThat(kept.get("/closed").status()).isEqualTo(403);
    assertThat(gateway.curl(origin.url("shop.test", "/last")).status()).isEqualTo(200);
    assertThat(gateway.admin("/ready").status()).isEqualTo(200);
    assertThat(gateway.read("events.jsonl")).endsWith("}\n");

    Files.delete(gateway.inData("filler"));

    GatewayProcess.await("the events that waited").until(() -> paths().contains("/last"));
    asked.addFirst("/before");
    asked.addAll(List.of("/closed", "/last"));
    assertThat(paths()).isEqualTo(asked);
    assertThat(gateway.metric("menura_events_failing")).isZero();
    assertThat(gateway.metric("menura_events_total{outcome=\"dropped\"}")).isZero();
  }

  @Test
  @Order(2)
  void saysHowManyEventsWereLostWhenItEnds() throws IOException {
    fill();
    askUntilEventsWait();
    // At its end the gateway removes files of its own, which makes room for a few.
    GatewayProcess.await("more than then find room")
        .until(() -> {
          assertThat(kept.get("/full").status()).isEqualTo(200);
          return gateway.metric("menura_events_waiting") > 60;
        });
    assertThat(gateway.terminate()).isZero();
    assertThat(gateway.output()).containsPattern("events were lost dropped=\"[1-9]");
  }

  /// The last block of the event log may have room for some more.
  ///
  /// @return the paths that were asked for
  private List<String> askUntilEventsWait() {
    var asked = new ArrayList<String>();
    GatewayProcess.await("the log to say that it cannot write")
        .until(() -> {
          asked.add("/full-" + asked.size());
          assertThat(kept.get(asked.getLast()).status()).isEqualTo(200);
          return gateway.metric("menura_events_failing") == 1;
        });
    return asked;
  }

  /// Writes until there is no room for a single byte.
  private void fill() throws IOException {
    try (var out = Files.newOutputStream(gateway.inData("filler"))) {
      for (int size = 64 * 1024; size > 0; size /= 2) {
        writeUntilFull(out, size);
      }
    }
  }

  private static void writeUntilFull(OutputStream out, int size) {
    try {
      while (true) {
        out.write(new byte[size]);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  private List<String> paths() {
    return gateway.events().stream()
        .filter(event -> event.has("path"))
        .map(event -> event.get("path").getAsString())
        .toList();
  }
}

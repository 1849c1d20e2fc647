package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Clients that ask for more work than they do themselves: their connection is ended, a counter of
/// Envoy's says by which limit, and every request of the others is answered meanwhile.
@ExtendWith(Failures.class)
class FloodTest {
  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Lab lab;

  @SuppressWarnings("NullAway.Init")
  private static Origin origin;

  @SuppressWarnings("NullAway.Init")
  private static Target target;

  @BeforeAll
  static void start() {
    lab = Lab.start(folder, "- {name: all, when: true, then: allow}");
    origin = Origin.tls(folder, lab.root.leaf("shop.test"));
    target = new Target(lab, "shop.test", origin.port());
  }

  @AfterAll
  static void stop() {
    origin.close();
    lab.close();
  }

  /// What is sent over a connection of HTTP/2.
  private interface Attack {
    /// @param round from 1
    /// @return whether the connection took it
    boolean sends(RawHttp2 http2, int round);
  }

  /// The attack goes on until the connection is ended, at the proxy and inside a tunnel.
  ///
  /// @param limit the counter of Envoy's which says that this limit has ended it
  private static void ended(String what, String limit, int rounds, Attack attack) {
    for (boolean inside : new boolean[] {false, true}) {
      long before = counted(limit);
      try (var _ = target.others();
          var client = inside ? target.tls("h2") : RawClient.to(lab)) {
        var http2 = client.http2();
        boolean open = true;
        for (int round = 1; round <= rounds && open; round++) {
          open = attack.sends(http2, round);
        }
        assertThat(!open || http2.awaitEnd()).as(what + ", inside: " + inside).isTrue();
      }
      assertThat(counted(limit)).as(what + ", inside: " + inside).isGreaterThan(before);
    }
  }

  /// The sum of the counters whose name ends so.
  private static long counted(String name) {
    try {
      return lab.admin()
          .get("/stats")
          .lines()
          .map(line -> line.split(": ", 2))
          .filter(parts -> parts[0].endsWith("." + name))
          .mapToLong(parts -> Long.parseLong(parts[1]))
          .sum();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void p6RapidResetIsEnded() {
    ended(
        "rapid reset",
        "downstream_rq_too_many_premature_resets",
        5000,
        (http2, round) -> {
          var both = new ByteArrayOutputStream();
          var block = RawHttp2.block(target.fields("GET", "/silent"));
          both.writeBytes(RawHttp2.frame(RawHttp2.HEADERS, 5, 2 * round - 1, block));
          both.writeBytes(
              RawHttp2.frame(RawHttp2.RST_STREAM, 0, 2 * round - 1, new byte[] {0, 0, 0, 8}));
          return http2.write(both.toByteArray());
        });
  }

  @Test
  void p6AHeadWithoutEndIsEnded() {
    ended(
        "CONTINUATION flood",
        "header_overflow",
        20_000,
        (http2, round) -> {
          if (round == 1) {
            http2.headers(1, 0, target.fields("GET", "/p6"));
          }
          var block = RawHttp2.block(List.of(Map.entry("x-" + round, "a".repeat(100))));
          return http2.write(RawHttp2.frame(RawHttp2.CONTINUATION, 0, 1, block));
        });
  }

  @Test
  void p6EmptyContinuationsAreEnded() {
    ended(
        "empty CONTINUATION flood",
        "inbound_empty_frames_flood",
        20_000,
        (http2, round) -> {
          if (round == 1) {
            http2.headers(1, 0, target.fields("GET", "/p6"));
          }
          return http2.write(RawHttp2.frame(RawHttp2.CONTINUATION, 0, 1, new byte[0]));
        });
  }

  @Test
  void p6EmptyDataIsEnded() {
    ended(
        "empty DATA flood",
        "inbound_empty_frames_flood",
        1000,
        (http2, round) -> {
          if (round == 1) {
            http2.headers(1, 4, target.fields("POST", "/p6"));
          }
          return http2.write(RawHttp2.frame(RawHttp2.DATA, 0, 1, new byte[0]));
        });
  }

  @Test
  void p6PrioritiesAreEnded() {
    ended(
        "PRIORITY flood",
        "inbound_priority_frames_flood",
        50_000,
        (http2, round) ->
            http2.write(RawHttp2.frame(2, 0, 2 * round - 1, new byte[] {0, 0, 0, 0, 1})));
  }

  /// What answers to nobody who reads: each is to be acknowledged (RFC 9113 6.5.3, 6.7).
  private static byte[] thousand(int type, byte[] payload) {
    var frames = new ByteArrayOutputStream();
    for (int i = 0; i < 1000; i++) {
      frames.writeBytes(RawHttp2.frame(type, 0, 0, payload));
    }
    return frames.toByteArray();
  }

  @Test
  void p6SettingsAreEnded() {
    var settings = thousand(RawHttp2.SETTINGS, new byte[0]);
    ended("SETTINGS flood", "outbound_control_flood", 5000, (http2, _) -> http2.write(settings));
  }

  @Test
  void p6PingsAreEnded() {
    var pings = thousand(RawHttp2.PING, new byte[8]);
    ended("PING flood", "outbound_control_flood", 5000, (http2, _) -> http2.write(pings));
  }

  @Test
  void p6AHeadThatUnpacksToMegabytesIsEndedOrRefused() {
    var block = new ByteArrayOutputStream();
    block.writeBytes(RawHttp2.block(target.fields("GET", "/p6-bomb")));
    block.write(0x40); // with indexing, a new name (RFC 7541 6.2.1)
    RawHttp2.string(block, "x");
    RawHttp2.string(block, "a".repeat(4000));
    for (int i = 0; i < 8000; i++) {
      block.write(0x80 | 62); // the first entry of the dynamic table
    }
    try (var _ = target.others();
        var client = target.tls("h2")) {
      var http2 = client.http2();
      http2.write(RawHttp2.frame(RawHttp2.HEADERS, 5, 1, block.toByteArray()));
      assertThat(http2.answer(1).status()).isIn(0, 400, 431);
    }
    assertThat(origin.record())
        .noneMatch(line -> line.has("path") && line.get("path").getAsString().equals("/p6-bomb"));
  }

  @Test
  void p6ClientsThatReadNothingHoldUpNobody() {
    var stalled = new ArrayList<RawClient>();
    try (var _ = target.others()) {
      for (int i = 0; i < 10; i++) {
        var client = target.tls("h2");
        stalled.add(client);
        var http2 = client.http2();
        // SETTINGS_INITIAL_WINDOW_SIZE 0 (RFC 9113 6.5.2)
        http2.write(RawHttp2.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0}));
        for (int stream = 1; stream < 100; stream += 2) {
          http2.headers(stream, 5, target.fields("GET", "/bytes/1000000"));
        }
      }
    } finally {
      stalled.forEach(RawClient::close);
    }
  }

  @Test
  void p6ASlowHeadIsGivenUp() {
    try (var _ = target.others();
        var client = target.tls("http/1.1")) {
      var answer = client.exhaust("GET /p6-slow HTTP/1.1\r\nHost: " + target + "\r\nX: ");
      assertThat(answer.isEmpty() || answer.startsWith("HTTP/1.1 408")).as(answer).isTrue();
    }
  }
}

package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Clients that ask for more work than they do themselves: their connection is ended, and the
/// others are served.
@ExtendWith(Failures.class)
class FloodTest {
  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Lab lab;

  @SuppressWarnings("NullAway.Init")
  private static Origin origin;

  @BeforeAll
  static void start() {
    lab = Lab.start(folder, "- {name: all, when: true, then: allow}");
    origin = Origin.tls(folder, lab.root.leaf("shop.test"));
  }

  @AfterAll
  static void stop() {
    origin.close();
    lab.close();
  }

  private static String target() {
    return "shop.test:" + origin.port();
  }

  /// What is sent over a connection of HTTP/2.
  private interface Attack {
    /// @param round from 1
    /// @return whether the connection took it
    boolean sends(RawHttp2 http2, int round);
  }

  /// The attack goes on until the connection is ended, at the proxy and inside a tunnel.
  private static void ended(String what, int rounds, Attack attack) {
    for (boolean inside : new boolean[] {false, true}) {
      try (var client = inside ? RawClient.tls(lab, target(), "h2") : RawClient.to(lab)) {
        var http2 = client.http2();
        boolean open = true;
        for (int round = 1; round <= rounds && open; round++) {
          open = attack.sends(http2, round);
        }
        assertThat(!open || http2.awaitEnd()).as(what + ", inside: " + inside).isTrue();
      }
      othersAreServed();
    }
  }

  private static void othersAreServed() {
    try (var client = RawClient.tls(lab, target(), "http/1.1")) {
      assertThat(client.get(target(), "/").status()).isEqualTo(200);
    }
  }

  @Test
  void p6RapidResetIsEnded() {
    ended(
        "rapid reset",
        5000,
        (http2, round) -> {
          var both = new ByteArrayOutputStream();
          var block = RawHttp2.block(RawHttp2.request("GET", target(), "/silent"));
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
        20_000,
        (http2, round) -> {
          if (round == 1) {
            http2.headers(1, 0, RawHttp2.request("GET", target(), "/p6"));
          }
          var block = RawHttp2.block(List.of(Map.entry("x-" + round, "a".repeat(100))));
          return http2.write(RawHttp2.frame(RawHttp2.CONTINUATION, 0, 1, block));
        });
  }

  @Test
  void p6EmptyContinuationsAreEnded() {
    ended(
        "empty CONTINUATION flood",
        20_000,
        (http2, round) -> {
          if (round == 1) {
            http2.headers(1, 0, RawHttp2.request("GET", target(), "/p6"));
          }
          return http2.write(RawHttp2.frame(RawHttp2.CONTINUATION, 0, 1, new byte[0]));
        });
  }

  @Test
  void p6EmptyDataIsEnded() {
    ended(
        "empty DATA flood",
        1000,
        (http2, round) -> {
          if (round == 1) {
            http2.headers(1, 4, RawHttp2.request("POST", target(), "/p6"));
          }
          return http2.write(RawHttp2.frame(RawHttp2.DATA, 0, 1, new byte[0]));
        });
  }

  @Test
  void p6PrioritiesAreEnded() {
    ended(
        "PRIORITY flood",
        50_000,
        (http2, round) ->
            http2.write(RawHttp2.frame(2, 0, 2 * round - 1, new byte[] {0, 0, 0, 0, 1})));
  }

  @Test
  void p6AHeadThatUnpacksToMegabytesIsEndedOrRefused() {
    var block = new ByteArrayOutputStream();
    block.writeBytes(RawHttp2.block(RawHttp2.request("GET", target(), "/p6-bomb")));
    block.write(0x40); // with indexing, a new name (RFC 7541 6.2.1)
    RawHttp2.string(block, "x");
    RawHttp2.string(block, "a".repeat(4000));
    for (int i = 0; i < 8000; i++) {
      block.write(0x80 | 62); // the first entry of the dynamic table
    }
    try (var client = RawClient.tls(lab, target(), "h2")) {
      var http2 = client.http2();
      http2.write(RawHttp2.frame(RawHttp2.HEADERS, 5, 1, block.toByteArray()));
      assertThat(http2.answer(1).status()).isIn(0, 400, 431);
    }
    othersAreServed();
    assertThat(origin.record())
        .noneMatch(line -> line.has("path") && line.get("path").getAsString().equals("/p6-bomb"));
  }

  @Test
  void p6ClientsThatReadNothingHoldUpNobody() {
    var stalled = new ArrayList<RawClient>();
    try {
      for (int i = 0; i < 10; i++) {
        var client = RawClient.tls(lab, target(), "h2");
        stalled.add(client);
        var http2 = client.http2();
        // SETTINGS_INITIAL_WINDOW_SIZE 0 (RFC 9113 6.5.2)
        http2.write(RawHttp2.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0}));
        for (int stream = 1; stream < 100; stream += 2) {
          http2.headers(stream, 5, RawHttp2.request("GET", target(), "/bytes/1000000"));
        }
      }
      othersAreServed();
    } finally {
      stalled.forEach(RawClient::close);
    }
  }

  @Test
  void p6ASlowHeadIsGivenUp() {
    try (var client = RawClient.tls(lab, target(), "http/1.1")) {
      var answer = client.exhaust("GET /p6-slow HTTP/1.1\r\nHost: " + target() + "\r\nX: ");
      assertThat(answer.isEmpty() || answer.startsWith("HTTP/1.1 408")).as(answer).isTrue();
    }
    othersAreServed();
  }
}

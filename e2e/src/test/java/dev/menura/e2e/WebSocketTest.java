package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// WebSockets through the gateway, where nothing is inspected, where rules about other requests ask
/// for bodies, and where a rule asks about their messages.
@ExtendWith(Failures.class)
class WebSocketTest {
  private static final String CARD = "4111 1111 1111 1111";
  private static final String ALLOW = "- {name: all, when: true, then: allow}\n";

  /// Has the connection's filter stream bodies, and needs none of an upgrade.
  private static final String INSPECT_OTHERS =
      """
      - {name: cards, then: block,
         when: "request.path != '/ws' && request.body.count('credit-card') >= 1"}
      - {name: leaks, then: block,
         when: "request.path != '/ws' && response.body.count('credit-card') >= 1"}
      """
          + ALLOW;

  @TempDir private Path folder;

  private static String url(Origin origin) {
    return "wss://shop.test:" + origin.port() + "/ws";
  }

  @ParameterizedTest
  @ValueSource(strings = {ALLOW, INSPECT_OTHERS})
  void p5FramesPassInBothDirections(String rules) {
    try (var lab = Lab.start(folder, rules);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"));
        var socket = EchoSocket.open(lab, url(origin))) {
      assertThat(socket.send("hello").nextText()).isEqualTo("hello");

      IntStream.range(0, 500).forEach(i -> socket.send("message " + i));
      IntStream.range(0, 500).forEach(i -> assertThat(socket.nextText()).isEqualTo("message " + i));

      var big = RandomText.letters(new Random(1), 3_000_000);
      assertThat(socket.send(big).next()).isEqualTo(big);

      var answer = Curl.through(lab, origin.url("shop.test", "/hello"));
      assertThat(answer.status()).as("beside the open socket: " + answer.log()).isEqualTo(200);
      assertThat(socket.send("still here").nextText()).isEqualTo("still here");

      // The origin closes its connection right behind its own close frame. Where bodies stream
      // through the filter Envoy may end the socket (RFC 6455 7.1.5: 1006) before the frame is
      // back.
      assertThat(socket.close(1000)).isIn(rules.equals(ALLOW) ? Set.of(1000) : Set.of(1000, 1006));
      assertThat(lab.awaitExchange("shop.test").common().verdict()).isEqualTo("allow");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ALLOW, INSPECT_OTHERS})
  void manySocketsAreOpenAtOnce(String rules) {
    try (var lab = Lab.start(folder, rules);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      var sockets =
          IntStream.range(0, 10).mapToObj(i -> EchoSocket.open(lab, url(origin))).toList();
      IntStream.range(0, 10).forEach(i -> sockets.get(i).send("socket " + i));
      IntStream.range(0, 10)
          .forEach(i -> assertThat(sockets.get(i).nextText()).isEqualTo("socket " + i));
      sockets.forEach(EchoSocket::close);
    }
  }

  static Stream<String> holds() {
    return Stream.of("all", "window", "1KiB");
  }

  @ParameterizedTest
  @MethodSource("holds")
  void p5MessagesPassThatHoldNothingThatARuleCounts(String hold) {
    try (var lab = Lab.start(folder, blocking(hold));
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"));
        var socket = EchoSocket.open(lab, url(origin))) {
      IntStream.range(0, 300)
          .forEach(i -> {
            assertThat(socket.send("message 4111 " + i).nextText()).isEqualTo("message 4111 " + i);
          });
      IntStream.range(0, 500).forEach(i -> socket.send("message " + i));
      IntStream.range(0, 500).forEach(i -> assertThat(socket.nextText()).isEqualTo("message " + i));
      var big = RandomText.letters(new Random(1), 900_000);
      assertThat(socket.send(big).next()).isEqualTo(big);
      socket.close(1000);
      var event = lab.awaitExchange("shop.test");
      assertThat(event.common().verdict()).isEqualTo("allow");
      assertThat(event.status()).isEqualTo(101);
    }
  }

  @ParameterizedTest
  @MethodSource("holds")
  void p5AMessageWithWhatARuleCountsEndsTheSocket(String hold) {
    try (var lab = Lab.start(folder, blocking(hold));
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"));
        var socket = EchoSocket.open(lab, url(origin))) {
      assertThat(socket.send("hello").nextText()).isEqualTo("hello");
      socket.send("a card: " + CARD + ".");
      assertThat(socket.closing()).isEqualTo(1008);
      assertThat(socket.reason()).startsWith("blocked by cards, ");
      assertThat(socket.nothingMore()).isTrue();
      var event = lab.awaitExchange("shop.test");
      assertThat(event.common().verdict()).isEqualTo("block");
      assertThat(event.common().rule()).isEqualTo("cards");
      assertThat(event.findings()).isNotEmpty();
    }
  }

  @Test
  void p5WhatTheOriginSendsIsInspectedToo() {
    var rules =
        "- {name: leaks, when: \"response.body.count('credit-card') >= 1\", then: block}\n" + ALLOW;
    try (var lab = Lab.start(folder, rules);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"));
        var socket = EchoSocket.open(lab, url(origin))) {
      assertThat(socket.send("hello").nextText()).isEqualTo("hello");
      socket.send("a card: " + CARD + ".");
      assertThat(socket.closing()).isEqualTo(1008);
      assertThat(socket.reason()).startsWith("blocked by leaks, ");
      assertThat(lab.awaitExchange("shop.test").common().rule()).isEqualTo("leaks");
    }
  }

  private static String blocking(String hold) {
    return "- {name: cards, when: \"request.body.count('credit-card') >= 1\", then: block, hold: %s}%n"
            .formatted(hold)
        + ALLOW;
  }
}

package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Origins and tunnels that do not speak as they should.
@ExtendWith(Failures.class)
class OddAnswersTest {
  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Lab lab;

  @SuppressWarnings("NullAway.Init")
  private static RawOrigin origin;

  @SuppressWarnings("NullAway.Init")
  private static Target target;

  /// By the path that asks for it.
  private static final Map<String, String> ANSWERS = new TreeMap<>();

  static {
    var ok = "HTTP/1.1 200 OK\r\n";
    ANSWERS.put("/garbage", "SSH-2.0-x\r\n\r\n");
    ANSWERS.put("/empty", "");
    ANSWERS.put("/header-without-end", ok + "X: " + "a".repeat(200_000));
    ANSWERS.put("/too-many-headers", ok + "X: a\r\n".repeat(5000) + "Content-Length: 0\r\n\r\n");
    ANSWERS.put("/two-lengths", ok + "Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde");
    ANSWERS.put("/negative-length", ok + "Content-Length: -1\r\n\r\nabc");
    ANSWERS.put("/nul", ok + "X: a\0b\r\nContent-Length: 0\r\n\r\n");
    ANSWERS.put("/bad-chunk", ok + "Transfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n0\r\n\r\n");
    ANSWERS.put("/short", ok + "Content-Length: 100\r\n\r\n4111");
    ANSWERS.put("/cut-chunk", ok + "Transfer-Encoding: chunked\r\n\r\nff\r\n4111");
    ANSWERS.put(
        "/cut-gzip",
        ok + "Content-Encoding: gzip\r\nContent-Length: 12\r\n\r\n\u001f\u008b\b\0\0\0\0\0\0\3ab");
  }

  @BeforeAll
  static void start() {
    lab =
        Lab.start(
            folder,
            """
            - {name: leak, when: "response.body.count('credit-card') >= 1", then: block}
            - {name: all, when: true, then: allow}
            """);
    origin =
        RawOrigin.tls(
            lab.root.leaf("shop.test"),
            (head, out) -> {
              var path = head.split(" ", 3)[1];
              if (head.toLowerCase(java.util.Locale.ROOT).contains("upgrade: foo")) {
                out.write(
                    RawClient.latin1(
                        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n"));
                return true;
              }
              return answer(path, out);
            });
    target = new Target(lab, "shop.test", origin.port());
  }

  private static boolean answer(String path, java.io.OutputStream out) throws IOException {
    var answer = ANSWERS.get(path);
    if (answer == null) {
      return RawOrigin.OK.answer("", out);
    }
    out.write(RawClient.latin1(answer));
    out.flush();
    return false;
  }

  @AfterAll
  static void stop() {
    origin.close();
    lab.close();
  }

  @Test
  void p10AnswersThatAreNoneEndInACleanErrorAndReleaseNothingHalfInspected() {
    var statuses = new TreeMap<String, Integer>();
    for (String path : ANSWERS.keySet()) {
      try (var client = target.tls("http/1.1")) {
        var all =
            client.exhaust(
                "GET " + path + " HTTP/1.1\r\nHost: " + target + "\r\nConnection: close\r\n\r\n");
        assertThat(all).as(path).doesNotContain("4111", "SSH-2.0");
        statuses.put(path, all.isEmpty() ? 0 : Integer.parseInt(all.substring(9, 12)));
      }
    }
    assertThat(statuses)
        .allSatisfy((path, status) -> assertThat(status).as(path).isIn(0, 403, 502, 503, 504));
    try (var client = target.tls("http/1.1")) {
      assertThat(client.get(target.authority(), "/sound").status()).isEqualTo(200);
    }
  }

  @Test
  void p4AnUpgradeThatIsNotListedIsRefusedWhateverTheOriginWouldSay() {
    try (var client = target.tls("http/1.1")) {
      var answer =
          client.send(
              "GET /p4 HTTP/1.1\r\nHost: "
                  + target
                  + "\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n");
      assertThat(answer.status()).isEqualTo(403);
    }
    assertThat(origin.receivedWith("/p4")).isEmpty();
    try (var second = target.tls("http/1.1")) {
      assertThat(second.get(target.authority(), "/second").status()).isEqualTo(200);
    }
  }

  /// An origin that does not take the upgrade would read what follows as further requests.
  @Test
  void p4WhatFollowsAnUpgradeThatTheOriginDoesNotTakeIsNotSent() {
    var upgrade =
        "GET /not-taken HTTP/1.1\r\nHost: "
            + target
            + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    try (var client = target.tls("http/1.1")) {
      client.exhaust(upgrade + "GET /behind-upgrade HTTP/1.1\r\nHost: " + target + "\r\n\r\n");
    }
    try (var client = target.tls("h2")) {
      var fields = new java.util.ArrayList<>(target.fields("CONNECT", "/not-taken"));
      fields.add(Map.entry(":protocol", "websocket"));
      var http2 = client.http2();
      http2.headers(1, RawHttp2.END_HEADERS, fields);
      http2.write(
          RawHttp2.frame(
              RawHttp2.DATA,
              0,
              1,
              RawClient.latin1("GET /behind-upgrade HTTP/1.1\r\nHost: " + target + "\r\n\r\n")));
      http2.answer(1);
    }
    assertThat(origin.receivedWith("/not-taken")).isNotEmpty();
    assertThat(origin.receivedWith("/behind-upgrade")).isEmpty();
  }

  @Test
  void p9WhatIsNeitherTlsNorHttpIsClosedUnseen() {
    lab.events.clear();
    for (String bytes :
        java.util.List.of("SSH-2.0-OpenSSH_9.9\r\n", "\0\1\2\3\4\5\6\7\r\n\r\n", "EHLO x\r\n")) {
      int before = origin.received().size();
      try (var client = target.tunnel()) {
        assertThat(client.exhaust(bytes)).isEmpty();
      }
      assertThat(origin.received()).as(bytes).hasSize(before);
      assertThat(lab.awaitConnection("shop.test").common().reason())
          .as(bytes)
          .isEqualTo("protocol-not-inspectable");
      lab.events.clear();
    }
  }

  @Test
  void p8AHelloOfSslv2AndAHelloWithTwoNamesReachNoOriginUninspected() {
    int before = origin.received().size();
    try (var client = target.tunnel()) {
      var sslv2 = "\u0080.\1\0\2\0\u0015\0\0\0\u0010" + "\1\0\u0080".repeat(7) + "a".repeat(16);
      assertThat(client.exhaust(sslv2)).isEmpty();
    }
    assertThat(origin.received()).hasSize(before);
    assertThat(
            target
                .tunnel()
                .handshake(Optional.of(RawClient.latin1("shop.test\0bank.test")), "http/1.1"))
        .isEmpty();
  }

  @Test
  void p3ATunnelInsideATunnelIsRefused() {
    try (var client = target.tls("http/1.1")) {
      var answer = client.send("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n");
      assertThat(answer.status()).isIn(0, 400, 403, 404, 405);
    }
    try (var client = target.tls("h2")) {
      var fields =
          java.util.List.of(
              Map.entry(":method", "CONNECT"), Map.entry(":authority", target.authority()));
      var http2 = client.http2();
      http2.headers(1, 4, fields);
      assertThat(http2.answer(1).status()).isIn(0, 400, 403, 404, 405);
    }
    assertThat(origin.receivedWith("CONNECT")).isEmpty();
  }
}

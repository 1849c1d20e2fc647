package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that do not wait for the answer to their CONNECT, or that send it with a body.
@ExtendWith(Failures.class)
class EarlyBytesTest {
  private static final String RULES =
      """
      - {name: refused, when: "host.name == 'refused.example'", then: {block: {page: refuse}}}
      - {name: paged, when: "host.name == 'paged.example'", then: block}
      - {name: raw, when: "host.name == 'raw.example'", then: passthrough}
      - {name: path, when: "request.path == '/blocked'", then: block}
      - {name: all, when: true, then: allow}
      """;

  /// How a client speaks to the proxy.
  enum Client {
    HTTP1,
    HTTP2
  }

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static SmallDns dns;

  @SuppressWarnings("NullAway.Init")
  private static Lab lab;

  @SuppressWarnings("NullAway.Init")
  private static RawOrigin clear;

  @SuppressWarnings("NullAway.Init")
  private static RawOrigin tls;

  @BeforeAll
  static void start() {
    dns = new SmallDns();
    for (String host : List.of("refused", "paged", "raw", "shop")) {
      dns.name(host + ".example", "127.0.0.1");
    }
    var gateway = Lab.GATEWAY + "    resolvers: [\"" + dns.address() + "\"]\n";
    lab = Lab.startWith(folder, gateway, Lab.policy(RULES));
    clear =
        RawOrigin.clear((head, out) -> {
          RawOrigin.OK.answer(head, out);
          return !head.contains("Connection: close");
        });
    tls = RawOrigin.tls(lab.root.leaf("shop.example", "raw.example"), RawOrigin.OK);
  }

  @AfterAll
  static void stop() {
    clear.close();
    tls.close();
    lab.close();
    dns.close();
  }

  /// A request inside of the tunnel, which is to be its last.
  private static byte[] get(String target, String path) {
    return RawClient.latin1(
        "GET " + path + " HTTP/1.1\r\nHost: " + target + "\r\nConnection: close\r\n\r\n");
  }

  /// All that a client gets which sends these bytes at once with its CONNECT, in the first segment.
  private static String connect(
      Client how, String target, List<Map.Entry<String, String>> fields, byte[] early) {
    try (var client = RawClient.to(lab)) {
      return switch (how) {
        case HTTP1 -> {
          var head = new StringBuilder("CONNECT " + target + " HTTP/1.1\r\nHost: " + target);
          fields.forEach(field ->
              head.append("\r\n").append(field.getKey()).append(": ").append(field.getValue()));
          yield client.exhaust(head + "\r\n\r\n" + latin1(early));
        }
        case HTTP2 -> {
          var all = new ArrayList<Map.Entry<String, String>>();
          all.add(Map.entry(":method", "CONNECT"));
          all.add(Map.entry(":authority", target));
          all.addAll(fields);
          var http2 = client.http2();
          http2.headers(1, RawHttp2.END_HEADERS, all);
          http2.write(RawHttp2.frame(RawHttp2.DATA, 0, 1, early));
          yield http2.answer(1).text();
        }
      };
    }
  }

  private static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @EnumSource
  void p3BytesBehindARefusedConnectReachNobody(Client how) {
    int before = clear.received().size();
    var other = "shop.example:" + clear.port();
    for (String host : List.of("refused.example", "unknown.example")) {
      var target = host + ":" + clear.port();
      for (byte[] early :
          List.of(
              get(target, "/early"),
              get(other, "/early"),
              get(other, "http://" + other + "/early"),
              new HandmadeHello("shop.example").records())) {
        var text = connect(how, target, List.of(), early);
        assertThat(text).as(target).doesNotContain("ok\n");
        assertThat(text.isEmpty() || text.contains("403") || text.contains("502")).isTrue();
      }
    }
    var paged = "paged.example:" + clear.port();
    assertThat(connect(how, paged, List.of(), get(paged, "/early"))).contains("403 Forbidden");
    assertThat(clear.received()).hasSize(before);
  }

  @ParameterizedTest
  @EnumSource
  void p3BytesBehindAConnectWaitForTheVerdict(Client how) {
    for (var target : List.of("raw.example:" + clear.port(), "shop.example:" + clear.port())) {
      int before = clear.received().size();
      dns.asked.clear();
      dns.hold();
      var all =
          CompletableFuture.supplyAsync(
              () -> connect(how, target, List.of(), get(target, "/early")));
      Awaitility.await("the gate to ask for the name")
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(2))
          .until(() -> !dns.asked.isEmpty());
      assertThat(clear.received()).hasSize(before);
      dns.release();
      assertThat(all.join()).contains("200", "ok\n");
      assertThat(clear.received()).hasSize(before + 1).last().asString().contains("GET /early");
    }
  }

  @ParameterizedTest
  @EnumSource
  void p3BytesBehindAConnectAreJudgedAsThoseThatWait(Client how) {
    var target = "shop.example:" + clear.port();
    assertThat(connect(how, target, List.of(), get(target, "/blocked"))).doesNotContain("ok\n");
    assertThat(connect(how, target, List.of(), get("bank.example", "/other"))).contains("421");
    assertThat(connect(how, target, List.of(), RawClient.latin1("SSH-2.0-x\r\n")))
        .doesNotContain("ok\n");
    assertThat(clear.receivedWith("/blocked")).isEmpty();
    assertThat(clear.receivedWith("/other")).isEmpty();
    assertThat(clear.receivedWith("SSH")).isEmpty();
  }

  /// Over HTTP/1.1 the tunnel would begin where the body ends, on which two servers may disagree
  /// (RFC 9110 9.3.6). Over HTTP/2 the frames say it, and the length means nothing.
  @ParameterizedTest
  @EnumSource
  void p3ABodyOfConnectIsRefusedOrJudgedAsTheTunnels(Client how) {
    var target = "shop.example:" + clear.port();
    var body = get(target, "/blocked");
    for (var field :
        List.of(
            Map.entry("content-length", "5"),
            Map.entry("content-length", "" + body.length),
            Map.entry("content-length", "1000000"),
            Map.entry("transfer-encoding", "chunked"))) {
      var text = connect(how, target, List.of(field), body);
      boolean tunnel = how == Client.HTTP2 && field.getKey().equals("content-length");
      assertThat(text.contains("403 Forbidden")).as(field.toString()).isEqualTo(tunnel);
      assertThat(text).as(field.toString()).doesNotContain("ok\n");
    }
    for (var field :
        List.of(Map.entry("content-length", "0"), Map.entry("expect", "100-continue"))) {
      assertThat(connect(how, target, List.of(field), body)).contains("403 Forbidden");
    }
    assertThat(clear.receivedWith("/blocked")).isEmpty();
    var sound = get(target, "/sound");
    assertThat(connect(how, target, List.of(), sound)).contains("ok\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"shop.example", "raw.example"})
  void p3AHelloBehindAConnectIsAnswered(String host) {
    var target = host + ":" + tls.port();
    var connect = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n";
    try (var client = RawClient.to(lab)) {
      var hello = new HandmadeHello(host).records();
      assertThat(client.send(connect + latin1(hello)).status()).isEqualTo(200);
      // A record with a handshake message (RFC 8446 5.1).
      assertThat(client.first(new byte[0], 3)).containsExactly(22, 3, 3);
    }
  }
}

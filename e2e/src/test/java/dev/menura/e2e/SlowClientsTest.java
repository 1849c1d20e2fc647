package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Clients that begin to send a body, or to read one, and then do nothing: they hold up nobody, and
/// are given up when Envoy's time for streams that stand still is over. One that sends a byte now
/// and then is not: it has a connection and a bounded buffer, and no more.
@ExtendWith(Failures.class)
class SlowClientsTest {
  /// Longer than a stream may stand still.
  private static final Duration PATIENCE = Duration.ofSeconds(330);

  private static final int KINDS = 5;
  private static final int LARGE = 50_000_000;

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Lab lab;

  @SuppressWarnings("NullAway.Init")
  private static Origin origin;

  @SuppressWarnings("NullAway.Init")
  private static Target target;

  @BeforeAll
  static void start() {
    lab =
        Lab.start(
            folder,
            """
            - {name: cards, then: block,
               when: "request.path == '/inspected' && request.body.count('credit-card') >= 1"}
            - {name: all, when: true, then: allow}
            """);
    origin = Origin.tls(folder, lab.root.leaf("shop.test"));
    target = new Target(lab, "shop.test", origin.port());
  }

  @AfterAll
  static void stop() {
    origin.close();
    lab.close();
  }

  private static String post(String path) {
    return "POST " + path + " HTTP/1.1\r\nHost: " + target + "\r\nContent-Length: 100\r\n\r\nbegun";
  }

  private static String get() {
    return "GET /bytes/" + LARGE + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n";
  }

  private static RawClient begun(String bytes) {
    var client = target.tls("http/1.1");
    client.first(RawClient.latin1(bytes), 0);
    return client;
  }

  /// A stream whose body is not sent, or whose answer has no room.
  private static RawHttp2 begun2(RawClient client, String method, String path) {
    var http2 = client.http2();
    // SETTINGS_INITIAL_WINDOW_SIZE 0 (RFC 9113 6.5.2)
    http2.write(RawHttp2.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0}));
    boolean body = method.equals("POST");
    http2.headers(
        1, RawHttp2.END_HEADERS | (body ? 0 : RawHttp2.END_STREAM), target.fields(method, path));
    if (body) {
      http2.write(RawHttp2.frame(RawHttp2.DATA, 0, 1, RawClient.latin1("begun")));
    }
    return http2;
  }

  @Test
  void p6SlowBodiesAndSlowReadersHoldUpNobody() {
    var slow = new ArrayList<RawClient>();
    try (var _ = target.others()) {
      for (int i = 0; i < 30; i++) {
        for (String request : List.of(post("/up"), post("/inspected"), get())) {
          slow.add(begun(request));
        }
        for (String method : List.of("POST", "GET")) {
          var client = target.tls("h2");
          slow.add(client);
          begun2(client, method, method.equals("POST") ? "/inspected" : "/bytes/" + LARGE);
        }
      }
    } finally {
      slow.forEach(RawClient::close);
    }
  }

  @Test
  @Tag("long")
  void p6SlowBodiesAndSlowReadersAreGivenUp() {
    var seen = new TreeMap<String, CompletableFuture<String>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Map<String, Supplier<String>> kinds =
          Map.of(
              "body", () -> exhausted(post("/up")),
              "inspected body", () -> exhausted(post("/inspected")),
              "body of HTTP/2", () -> reset("POST", "/inspected"),
              "reading over HTTP/2", () -> reset("GET", "/bytes/" + LARGE),
              "reading", SlowClientsTest::cut);
      kinds.forEach((kind, ask) -> seen.put(kind, CompletableFuture.supplyAsync(ask, threads)));
      var ends = new TreeMap<String, String>();
      seen.forEach((kind, end) -> ends.put(kind, end.join()));
      assertThat(ends)
          .containsEntry("body", "HTTP/1.1 408")
          .containsEntry("inspected body", "HTTP/1.1 408")
          .containsEntry("body of HTTP/2", "408")
          .containsEntry("reading over HTTP/2", "200")
          .containsEntry("reading", "cut");
    }
  }

  private static String exhausted(String request) {
    try (var client = target.tls("http/1.1").patient(PATIENCE)) {
      return client.exhaust(request).substring(0, 12);
    }
  }

  /// The status of a stream that was ended before its body was whole.
  private static String reset(String method, String path) {
    try (var client = target.tls("h2").patient(PATIENCE)) {
      return "" + begun2(client, method, path).answer(1).status();
    }
  }

  /// Reads nothing until Envoy has given the stream up, and then what there is.
  private static String cut() {
    try (var client = begun(get())) {
      Awaitility.await("a stream to be given up")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(1))
          .until(() -> idleTimeouts() >= KINDS);
      return client.first(new byte[0], LARGE).length < LARGE ? "cut" : "whole";
    }
  }

  private static long idleTimeouts() throws java.io.IOException {
    return lab.admin()
        .get("/stats?filter=downstream_rq_idle_timeout|tx_flush_timeout")
        .lines()
        .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}

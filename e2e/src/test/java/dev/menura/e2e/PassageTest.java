package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What HTTP can do beside a request and its response passes as if no gateway were there: in each
/// pairing of versions, where nothing is inspected and where all bodies are.
@ExtendWith(Failures.class)
class PassageTest {
  private static BodyLab open;
  private static BodyLab inspecting;

  /// @param lab a gateway that inspects nothing, or all bodies
  record Way(String policy, BodyLab lab, Protocol client, Protocol origin) {
    Call call(String method, String path) {
      return lab.call(method, client, origin, path);
    }

    /// A path whose bodies flow while they are inspected.
    String path(String path) {
      return lab.freshPath(path + "?window");
    }

    Origin server() {
      return lab.origin(origin);
    }

    @Override
    public String toString() {
      return policy + ", " + client + " to " + origin;
    }
  }

  @BeforeAll
  static void start(@TempDir Path folder) throws java.io.IOException {
    open =
        BodyLab.start(
            Files.createDirectory(folder.resolve("open")),
            "- {name: all, when: true, then: allow}\n");
    inspecting = BodyLab.start(Files.createDirectory(folder.resolve("inspecting")));
  }

  @AfterAll
  static void stop() {
    open.close();
    inspecting.close();
  }

  static Stream<Way> ways() {
    return Stream.of(Protocol.values())
        .flatMap(client ->
            Stream.of(Protocol.values())
                .flatMap(origin ->
                    Stream.of(
                        new Way("open", open, client, origin),
                        new Way("inspecting", inspecting, client, origin))));
  }

  static Stream<Way> http2Ways() {
    return ways().filter(way -> way.client() == Protocol.HTTP2 && way.origin() == Protocol.HTTP2);
  }

  static Stream<Way> http1Ways() {
    return ways().filter(way -> way.client() == Protocol.HTTP1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String value(JsonObject trailers, String name) {
    var values = trailers.getAsJsonObject("trailers").getAsJsonArray(name);
    return values == null ? "" : values.get(0).getAsString();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void p5TrailersPassInBothDirections(Way way) {
    var path = way.path("/trailers");
    var call = way.call("POST", path).header("te", "trailers").trailer("X-Sum", "42").open();
    call.write(bytes("some text")).end();
    assertThat(call.status()).isEqualTo(200);
    assertThat(call.body()).asString().isEqualTo("some text");
    long id = way.server().awaitRequest(path);
    var end = way.server().await("end", line -> line.get("id").getAsLong() == id);
    assertThat(value(end, "X-Sum")).as("at the origin").isEqualTo("42");
    assertThat(value(call.last(), "X-Checksum")).as("at the client").isEqualTo("of-the-body");
  }

  @ParameterizedTest
  @MethodSource("ways")
  void p5HeadIsAnsweredWithNoBodyAndWithTheLengthWhereNothingIsInspected(Way way) {
    var call = way.call("HEAD", way.path("/content")).ask();
    assertThat(call.status()).isEqualTo(200);
    // Envoy drops the length of what it streams for inspection; RFC 9110 9.3.2 leaves it open.
    assertThat(call.header("Content-Length")).isEqualTo(way.lab() == inspecting ? "" : "100000");
    assertThat(call.body()).isEmpty();
    assertThat(call.ending()).isEqualTo("end");
  }

  @ParameterizedTest
  @MethodSource("ways")
  void anAnswerMayHaveNoContent(Way way) {
    var call = way.call("GET", way.path("/status/204")).ask();
    assertThat(call.status()).isEqualTo(204);
    assertThat(call.body()).isEmpty();
    assertThat(call.ending()).isEqualTo("end");
  }

  @ParameterizedTest
  @MethodSource("ways")
  void anAnswerMaySayThatNothingHasChanged(Way way) {
    var call = way.call("GET", way.path("/content")).header("If-None-Match", "\"v1\"").ask();
    assertThat(call.status()).isEqualTo(304);
    assertThat(call.header("Etag")).isEqualTo("\"v1\"");
    assertThat(call.body()).isEmpty();
    assertThat(call.ending()).isEqualTo("end");
  }

  @ParameterizedTest
  @MethodSource("ways")
  void b9ARangeIsAnsweredWithThatPartAndWithTheWholeWhereItIsInspected(Way way) {
    var call = way.call("GET", way.path("/content")).header("Range", "bytes=10-20").ask();
    if (way.lab() == inspecting) {
      assertThat(call.status()).isEqualTo(200);
      assertThat(call.body()).hasSize(100_000);
      return;
    }
    assertThat(call.status()).isEqualTo(206);
    assertThat(call.header("Content-Range")).isEqualTo("bytes 10-20/100000");
    assertThat(call.body()).asString().isEqualTo("abcde\n01234");
  }

  @ParameterizedTest
  @MethodSource("ways")
  void p5AClientThatWaitsForA100IsAskedForTheBody(Way way) {
    var call = way.call("POST", way.path("/upload")).header("expect", "100-continue").open();
    call.await(Set.of("continue"));
    call.write(bytes("after the 100")).end();
    assertThat(call.status()).isEqualTo(200);
    assertThat(call.body()).asString().endsWith("13 bytes\n");
  }

  @ParameterizedTest
  @MethodSource("ways")
  void anAnswerComesBeforeTheUploadHasEnded(Way way) {
    var call = way.call("POST", way.path("/early")).open();
    call.write(bytes("the beginning"));
    assertThat(call.status()).isEqualTo(403);
    assertThat(call.body()).asString().isEqualTo("no need to read on\n");
    way.lab().fence(way.client(), way.origin());
  }

  @ParameterizedTest
  @MethodSource("http2Ways")
  void anUploadGoesOnAfterItsAnswerHasBegun(Way way) {
    var path = way.path("/early-keep");
    var call = way.call("POST", path).open();
    call.write(bytes("the beginning"));
    assertThat(call.status()).isEqualTo(200);
    call.write(bytes(" and the end")).end();
    assertThat(call.body()).asString().isEqualTo("answered\nread on\n");
    assertThat(way.server().received(way.server().awaitRequest(path)))
        .asString()
        .isEqualTo("the beginning and the end");
  }

  @ParameterizedTest
  @MethodSource("http2Ways")
  void p5BothSidesStreamAtTheSameTime(Way way) {
    var path = way.path("/duplex");
    var call = way.call("POST", path).header("te", "trailers").trailer("X-Sum", "7").open();
    assertThat(call.status()).as("before the first message").isEqualTo(200);
    var sent = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      var message = "message " + "abcdefghij".repeat(i) + "\n";
      sent.append(message);
      call.write(bytes(message)).awaitBytes(sent.length());
    }
    call.end();
    assertThat(call.body()).asString().isEqualTo(sent.toString());
    assertThat(value(call.last(), "X-Status")).isEqualTo("done");
  }

  @ParameterizedTest
  @MethodSource("ways")
  void p5ServerSentEventsArriveOneByOne(Way way) {
    var path = way.path("/events");
    var call = way.call("GET", path).ask();
    var server = way.server();
    long id = server.awaitRequest(path);
    call.awaitText("data: one\n\n");
    server.awaitWaiting(id, 1).release();
    call.awaitText("data: two\n\n");
    server.awaitWaiting(id, 2).release();
    assertThat(call.body()).asString().isEqualTo("data: one\n\ndata: two\n\ndata: three\n\n");
  }

  @ParameterizedTest
  @MethodSource("http2Ways")
  void oneStreamWaitsWhileOthersOfItsConnectionGoOn(Way way) {
    var waiting = way.call("POST", way.lab().freshPath("/upload")).open();
    waiting.write(bytes("x".repeat(100_000)));
    waiting.await(Set.of("written"));
    var others = Stream.generate(() -> way.call("GET", way.path("/bytes/50000")).ask());
    for (Call other : others.limit(60).toList()) {
      assertThat(other.status()).isEqualTo(200);
      assertThat(other.body()).hasSize(50_000);
    }
    waiting.end();
    assertThat(waiting.status()).isEqualTo(200);
    assertThat(waiting.body()).asString().endsWith("100000 bytes\n");
  }

  @ParameterizedTest
  @MethodSource("ways")
  void allTunnelsFitInOneConnectionToTheProxy(Way way) {
    try (var session = GoSession.throughOneConnection(way.lab().lab)) {
      var url = way.call("GET", way.path("/bytes/20000")).url();
      var calls =
          Stream.generate(() -> session.call("GET", url).over(way.client()).ask())
              .limit(30)
              .toList();
      for (Call call : calls) {
        assertThat(call.body()).as(call.last().toString()).hasSize(20_000);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("http1Ways")
  void pipelinedRequestsAreAnsweredInOrder(Way way) {
    var lab = way.lab().lab;
    var host = way.origin() == Protocol.HTTP2 ? "two.test" : "one.test";
    try (var kept = KeptConnection.open(lab.proxy(), host, way.server().port(), lab.ca())) {
      var paths = Stream.of("a", "b", "c", "d", "e").map(name -> "/" + name + "?window").toList();
      assertThat(kept.pipelined(paths))
          .extracting(KeptConnection.Answer::body)
          .zipSatisfy(
              paths, (body, path) -> assertThat(body).contains(path.substring(0, 2) + ", 0 bytes"));
    }
  }
}

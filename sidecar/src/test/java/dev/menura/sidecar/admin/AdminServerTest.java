package dev.menura.sidecar.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.menura.extproc.exchange.OwnSite;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class AdminServerTest {
  private final AtomicReference<Optional<String>> notReady =
      new AtomicReference<>(Optional.of("envoy is starting"));
  private AdminServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        AdminServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            () -> "menura_events_total 3\n",
            notReady::get,
            Optional::empty,
            () -> "[]\n",
            request ->
                request.path().equals("/") || request.path().equals("/ca.pem")
                    ? new OwnSite.Page(
                        200,
                        Map.of("content-type", "text/x", "x-reached", request.reached()),
                        ByteBuffer.wrap("own page\n".getBytes(StandardCharsets.UTF_8)))
                    : OwnSite.NONE.answer(request));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String ask(String method, String path, String host) throws IOException {
    return raw(
        method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String get(String path) throws IOException {
    return ask("GET", path, "127.0.0.1:" + server.address().getPort());
  }

  @Test
  void listsTheHostsThatAreProposed() throws Exception {
    assertThat(get("/pinned"))
        .startsWith("HTTP/1.1 200")
        .contains("application/json")
        .endsWith("[]\n");
  }

  @Test
  void isReadyOnlyWhileTrafficCanFlow() throws Exception {
    assertThat(get("/ready")).startsWith("HTTP/1.1 503").endsWith("envoy is starting\n");
    notReady.set(Optional.empty());
    assertThat(get("/ready")).startsWith("HTTP/1.1 200").endsWith("ready\n");
    notReady.set(Optional.of("envoy ended"));
    assertThat(get("/ready")).startsWith("HTTP/1.1 503").endsWith("envoy ended\n");
  }

  @Test
  void isLiveWhateverTheTraffic() throws Exception {
    assertThat(get("/live")).startsWith("HTTP/1.1 200");
  }

  @Test
  void showsMetrics() throws Exception {
    assertThat(get("/metrics")).contains("version=0.0.4").endsWith("menura_events_total 3\n");
  }

  @Test
  void listsItsPagesAndKnowsNoOthers() throws Exception {
    assertThat(get("/")).contains("/metrics");
    assertThat(get("/config")).startsWith("HTTP/1.1 404");
  }

  @Test
  void answersWithTheGatewaysOwnPages() throws Exception {
    assertThat(get("/ca.pem"))
        .startsWith("HTTP/1.1 200")
        .containsIgnoringCase("content-type: text/x")
        .containsIgnoringCase("x-reached: 127.0.0.1")
        .endsWith("own page\n");
    assertThat(
            raw(
                "GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\r\n"))
        .endsWith("own page\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
  void takesNothingButGetAndHead(String method) throws Exception {
    assertThat(ask(method, "/metrics", "localhost"))
        .startsWith("HTTP/1.1 405")
        .containsIgnoringCase("allow: GET, HEAD");
  }

  @Test
  void answersHeadWithoutABody() throws Exception {
    assertThat(ask("HEAD", "/live", "localhost")).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LOCALHOST:1", "127.0.0.1", "127.8.8.8:80", "[::1]:8686"})
  void isReachedByLoopbackNames(String host) throws Exception {
    assertThat(ask("GET", "/live", host)).startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.test",
        "127.0.0.1.evil.test",
        "localhost.evil.test",
        "10.0.0.1",
        "",
        "[::2]"
      })
  void refusesTheNamesOfOthers(String host) throws Exception {
    assertThat(ask("GET", "/metrics", host)).startsWith("HTTP/1.1 403").doesNotContain("events");
  }

  @Test
  void refusesARequestWithoutAHost() throws Exception {
    assertThat(raw("GET /metrics HTTP/1.0\r\n\r\n")).contains(" 403 ");
  }

  @Test
  void endsARequestThatNeverComes() throws Exception {
    try (Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      socket.getOutputStream().write("GET /live HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().readAllBytes()).isEmpty();
    }
  }

  @Test
  void isNeverBoundToAnAddressThatOthersReach() {
    assertThatThrownBy(() ->
            AdminServer.start(
                new InetSocketAddress("0.0.0.0", 0),
                () -> "",
                Optional::empty,
                Optional::empty,
                () -> "[]",
                OwnSite.NONE))
        .hasMessageContaining("not a loopback address");
  }
}

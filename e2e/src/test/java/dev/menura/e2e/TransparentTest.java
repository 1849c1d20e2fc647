package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.menura.certificates.testing.TestCertificate;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A client that knows of no proxy, behind a gateway that redirects: three machines, each in a
/// network namespace of its own.
@ExtendWith(Failures.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TransparentTest {
  private static final String RULES =
      """
      - {name: bets, when: "host.name == 'bets.test'", then: {block: {reason: not at work}}}
      - {name: bank, when: "host.name in ['bank.test', 'bank-elsewhere.test']", then: passthrough}
      - {name: raw, when: "connection.protocol == 'unknown'", then: passthrough}
      - {name: admin, when: "request.path == '/admin'", then: block}
      - {name: cards, when: "request.path == '/up' && request.body.count('credit-card') >= 1", then: block}
      - {name: all, when: true, then: allow}
      """;

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  @SuppressWarnings("NullAway.Init") // set before all tests
  private RedirectedGateway gateway;

  @SuppressWarnings("NullAway.Init")
  private Origin origin;

  @SuppressWarnings("NullAway.Init")
  private Origin other;

  @SuppressWarnings("NullAway.Init")
  private Origin clear;

  @BeforeAll
  void open(@TempDir Path folder) {
    gateway = open(new RedirectedGateway(folder, RULES));
    var names =
        gateway
            .root()
            .leaf(
                "shop.test",
                "twin.test",
                "bank.test",
                "bets.test",
                Network.ORIGIN,
                Network.ORIGIN_6);
    origin = origin(folder, names, Network.ORIGIN + ":443");
    other = origin(folder, gateway.root().leaf("twin.test"), Network.OTHER_ORIGIN + ":443");
    origin(folder, names, "[" + Network.ORIGIN_6 + "]:443");
    clear = open(Origin.inClearOn(gateway.network.origins, Network.ORIGIN + ":80"));
    gateway.redirected("--mode", "gateway", "--interface", "inside", "--apply");
  }

  private Origin origin(Path folder, TestCertificate certificate, String address) {
    return open(Origin.on(gateway.network.origins, "origin", folder, certificate, address));
  }

  private <T extends AutoCloseable> T open(T part) {
    opened.push(part);
    return part;
  }

  @AfterAll
  void close() throws Exception {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }

  private JsonObject connectionTo(String host) {
    return gateway.awaitEvent(event ->
        event.get("type").getAsString().equals("connection")
            && event.get("host").getAsString().equals(host));
  }

  private static String reason(JsonObject event) {
    return event.has("reason") ? event.get("reason").getAsString() : "";
  }

  @ParameterizedTest
  @CsvSource({Network.ORIGIN + ", 198.51.100.2", Network.ORIGIN_6 + ", 2001:db8:1::2"})
  void decryptsAClientThatKnowsOfNoProxy(String address, String client) {
    var answer = gateway.curl("https://shop.test/hello", address);
    assertThat(answer.status()).as(answer.log()).isEqualTo(200);
    assertThat(answer.issuer()).contains("Menura CA");
    assertThat(answer.body()).contains("hello from shop.test/hello");
    var exchange =
        gateway.awaitEvent(event ->
            event.get("type").getAsString().equals("exchange")
                && event.get("path").getAsString().equals("/hello")
                && event.get("client").getAsString().equals(client));
    assertThat(exchange.get("rule").getAsString()).isEqualTo("all");
    assertThat(connectionTo("shop.test").getAsJsonObject("tls").get("class").getAsString())
        .isEqualTo("trusted");
  }

  @Test
  void judgesEachRequestByThePolicy() {
    var path = gateway.curl("https://shop.test/admin", Network.ORIGIN);
    assertThat(path.status()).as(path.log()).isEqualTo(403);
    assertThat(path.body()).contains("admin");
    var body =
        gateway.curl("https://shop.test/up", Network.ORIGIN, "-d", "card=4111 1111 1111 1111");
    assertThat(body.status()).as(body.log()).isEqualTo(403);
    assertThat(body.body()).contains("cards");
    assertThat(origin.record())
        .filteredOn(line -> line.has("path"))
        .noneMatch(line -> List.of("/admin", "/up").contains(line.get("path").getAsString()));
  }

  @Test
  void showsTheBlockPageOfAHost() {
    var answer = gateway.curl("https://bets.test/", Network.ORIGIN);
    assertThat(answer.status()).as(answer.log()).isEqualTo(403);
    assertThat(answer.body()).contains("not at work");
    assertThat(answer.log()).contains("Menura block page");
  }

  @Test
  void passesThroughByName() {
    var answer =
        gateway.curl(
            "https://bank.test/", Network.ORIGIN, "--cacert", gateway.originRoot().toString());
    assertThat(answer.status()).as(answer.log()).isEqualTo(200);
    assertThat(answer.issuer()).contains("Menura test origins");
    assertThat(connectionTo("bank.test").get("verdict").getAsString()).isEqualTo("passthrough");
  }

  @Test
  void refusesANameThatIsNotAtTheDialledAddress() {
    var answer = gateway.curl("https://elsewhere.test/", Network.ORIGIN);
    assertThat(answer.status()).as(answer.log()).isEqualTo(403);
    assertThat(answer.body()).contains("name-not-at-address");
    assertThat(reason(connectionTo("elsewhere.test"))).isEqualTo("name-not-at-address");
  }

  @Test
  void passesNothingThroughToAnAddressThatIsNotTheNames() {
    var answer =
        gateway.curl(
            "https://bank-elsewhere.test/",
            Network.ORIGIN,
            "--cacert",
            gateway.originRoot().toString());
    assertThat(answer.status()).as(answer.log()).isNotEqualTo(200);
    assertThat(reason(connectionTo("bank-elsewhere.test"))).isEqualTo("name-not-at-address");
  }

  @Test
  void reachesTheOriginThatWasDialledWhereTwoHaveTheSameName() {
    var first = gateway.curl("https://twin.test/first", Network.ORIGIN);
    assertThat(first.status()).as(first.log()).isEqualTo(200);
    // The name does not resolve to this one, which presents a valid certificate for it.
    var second = gateway.curl("https://twin.test/second", Network.OTHER_ORIGIN);
    assertThat(second.status()).as(second.log()).isEqualTo(200);
    origin.awaitRequest("/first");
    other.awaitRequest("/second");
    assertThat(other.record())
        .noneMatch(line -> line.has("path") && line.get("path").getAsString().equals("/first"));
  }

  @ParameterizedTest
  @ValueSource(strings = {Network.ORIGIN, "[" + Network.ORIGIN_6 + "]"})
  void decryptsByTheAddressWhereTheClientNamesNoServer(String host) {
    var answer = gateway.curl("https://" + host + "/unnamed", "");
    assertThat(answer.status()).as(answer.log()).isEqualTo(200);
    assertThat(answer.issuer()).contains("Menura CA");
  }

  @Test
  void answersARequestForAnotherHostThanTheServerNames() {
    var answer = gateway.curl("https://shop.test/", Network.ORIGIN, "-H", "Host: other.test");
    assertThat(answer.status()).as(answer.log()).isEqualTo(421);
  }

  @Test
  void takesPlainHttpThroughTheSamePolicy() {
    assertThat(gateway.curl("http://plain.test/hello", Network.ORIGIN).status()).isEqualTo(200);
    clear.awaitRequest("/hello");
    assertThat(gateway.curl("http://plain.test/admin", Network.ORIGIN).status()).isEqualTo(403);
    assertThat(gateway.curl("http://bets.test/", Network.ORIGIN).status()).isEqualTo(403);
    assertThat(clear.requests()).isEqualTo(1);
  }

  @Test
  void refusesPlainHttpForAHostThatIsNotAtTheDialledAddress() {
    long before = clear.requests();
    var answer = gateway.curl("http://elsewhere.test/", Network.ORIGIN);
    assertThat(answer.status()).as(answer.log()).isEqualTo(403);
    assertThat(answer.body()).contains("name-not-at-address");
    assertThat(
            gateway
                .curl("http://plain.test/", Network.ORIGIN, "-H", "Host: elsewhere.test")
                .status())
        .isEqualTo(403);
    assertThat(
            gateway
                .curl("http://plain.test/", Network.ORIGIN, "-H", "Host: plain.test:8080")
                .status())
        .isEqualTo(403);
    assertThat(clear.requests()).isEqualTo(before);
  }

  @Test
  void refusesItsOwnListeners() {
    var self = Network.GATEWAY_FOR_CLIENTS + ":" + RedirectedGateway.PORT;
    var answer = gateway.curl("http://" + self + "/", "");
    assertThat(answer.status()).as(answer.log()).isEqualTo(403);
    assertThat(answer.body()).contains("this gateway itself");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.1.2.3", "169.254.169.254", "192.168.0.1"})
  void refusesAddressesThatAreNotAllowed(String address) {
    var answer = gateway.curl("http://" + address + "/", "");
    assertThat(answer.status()).as(answer.log()).isEqualTo(403);
    assertThat(answer.body()).contains("address-refused");
    var named = gateway.curl("https://shop.test/", address);
    assertThat(named.status()).as(named.log()).isEqualTo(403);
    assertThat(named.body()).contains("address-refused");
  }

  /// The name that is shown belongs to the address too, and the client learns that ECH is not
  /// there.
  @Test
  void p8AClientThatHidesItsNameWithEchFallsBackToShowingIt() {
    var command = new java.util.ArrayList<>(gateway.network.client.prefix());
    command.addAll(
        List.of(
            GoTools.program().toString(),
            "ech",
            "-dial",
            Network.ORIGIN + ":443",
            "-name",
            "shop.test",
            "-public",
            "twin.test",
            "-cacert",
            gateway.ca().toString()));
    try (var client = new JsonLines(command)) {
      client.await("rejected");
      assertThat(client.await("response").get("status").getAsInt()).isEqualTo(200);
    }
    assertThat(origin.record().toString()).contains("/seen").doesNotContain("/hidden");
  }

  @Test
  void p8AHelloThatIsTooLargeIsRefusedWithAReason() {
    try (var client =
        gateway.goClient(
            "https://shop.test/large", Network.OTHER_ORIGIN + ":443", "-hello", "20000")) {
      client.await("error");
    }
    var event = connectionTo(Network.OTHER_ORIGIN);
    assertThat(reason(event)).isEqualTo("client-hello-too-large");
    assertThat(event.get("client").getAsString()).isEqualTo("198.51.100.2");
    assertThat(other.record().toString()).doesNotContain("/large");
  }

  @Test
  void speaksHttp2Inside() {
    try (var client = gateway.goClient("https://shop.test/h2", Network.ORIGIN + ":443")) {
      var response = client.await("response");
      assertThat(response.get("protocol").getAsString()).isEqualTo("HTTP/2.0");
      assertThat(response.get("issuer").getAsString()).contains("Menura CA");
      assertThat(body(response)).contains("hello from shop.test/h2");
    }
  }

  private static String body(JsonObject response) {
    return new String(
        Base64.getDecoder().decode(response.get("body").getAsString()), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://shop.test/ws", "http://plain.test/ws"})
  void carriesAWebSocket(String url) {
    var answer =
        gateway.curl(
            url,
            Network.ORIGIN,
            "--http1.1",
            "-m",
            "5",
            "-H",
            "Connection: Upgrade",
            "-H",
            "Upgrade: websocket",
            "-H",
            "Sec-WebSocket-Version: 13",
            "-H",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    assertThat(answer.log()).contains("101 Switching Protocols");
  }

  @Test
  void hasClientsThatTryHttp3FirstFallBack(@TempDir Path folder) {
    var certificate = gateway.root().leaf("modern.test");
    var address = "203.0.113.12:443";
    gateway.network.origins.required("ip", "address", "add", "203.0.113.12/24", "dev", "uplink");
    try (var modern =
            Origin.on(gateway.network.origins, "origin-h3", folder, certificate, address);
        var client = gateway.goClient("https://modern.test/", address, "-first-h3")) {
      var fallback = client.await("fallback");
      // At once, as the rejected packet is reported.
      assertThat(fallback.get("error").getAsString()).contains("connection refused");
      var response = client.await("response");
      assertThat(response.get("protocol").getAsString()).isEqualTo("HTTP/2.0");
      assertThat(response.get("issuer").getAsString()).contains("Menura CA");
      // The origin offers HTTP/3 in it.
      assertThat(response.getAsJsonObject("headers").has("Alt-Svc")).isFalse();
      assertThat(modern.requests()).isEqualTo(1);
    }
  }
}

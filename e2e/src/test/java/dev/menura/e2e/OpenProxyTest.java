package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Use of the gateway by those who are not meant to: from elsewhere, or without saying who they
/// are. And secrets in URLs, which say it to the wrong one.
@ExtendWith(Failures.class)
class OpenProxyTest {
  private static final String SECRET = "open-sesame";
  private static final String OFFICES =
      Lab.policy(
              """
              - {name: not-from-here, when: "!('offices' in client.lists)", then: {block: {page: refuse}}}
              - {name: all, when: true, then: allow}
              """)
          + """
          ---
          apiVersion: menura.dev/v1
          kind: List
          metadata: {name: offices}
          spec: {addresses: [127.0.0.0/30, "2001:db8::/32"]}
          """;

  @TempDir private Path folder;

  private static String ann() {
    return "Basic "
        + Base64.getEncoder().encodeToString(("ann:" + SECRET).getBytes(StandardCharsets.US_ASCII));
  }

  /// What is asked of the proxy in each way, with these fields beside.
  private static List<Integer> statuses(
      String from, Lab lab, RawOrigin origin, Map<String, String> fields) {
    var target = "plain.example:" + origin.port();
    var lines = new StringBuilder("\r\nHost: " + target);
    fields.forEach((name, value) -> lines.append("\r\n" + name + ": " + value));
    var statuses = new ArrayList<Integer>();
    for (String begin :
        List.of(
            "CONNECT " + target + " HTTP/1.1" + lines,
            "GET http://" + target + "/ HTTP/1.1" + lines,
            "GET / HTTP/1.1" + lines,
            "OPTIONS http://" + target + " HTTP/1.1" + lines,
            "POST http://" + target + "/ HTTP/1.1\r\nContent-Length: 0" + lines,
            "GET http://"
                + target
                + "/ HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket"
                + lines)) {
      try (var client = RawClient.from(from, lab)) {
        statuses.add(client.send(begin + "\r\n\r\n").status());
      }
    }
    var tunnel = new ArrayList<>(List.of(Map.entry(":method", "CONNECT")));
    tunnel.add(Map.entry(":authority", target));
    var websocket = new ArrayList<>(RawHttp2.request("CONNECT", target, "/"));
    websocket.set(1, Map.entry(":scheme", "http"));
    websocket.add(Map.entry(":protocol", "websocket"));
    var plain = new ArrayList<>(RawHttp2.request("GET", target, "/"));
    plain.set(1, Map.entry(":scheme", "http"));
    for (var request : List.of(tunnel, websocket, plain)) {
      request.addAll(fields.entrySet());
      try (var client = RawClient.from(from, lab)) {
        var http2 = client.http2();
        http2.headers(1, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, request);
        statuses.add(http2.answer(1).status());
      }
    }
    return statuses;
  }

  @Test
  void b4FromANetworkThatIsNotListedNothingIsReached() {
    try (var dns = new SmallDns().name("plain.example", "127.0.0.1");
        var lab =
            Lab.startWith(
                folder, Lab.GATEWAY + "    resolvers: [\"" + dns.address() + "\"]\n", OFFICES);
        var origin = RawOrigin.clear(RawOrigin.OK)) {
      for (var spoofed :
          List.of(
              Map.<String, String>of(),
              Map.of(
                  "x-forwarded-for", "127.0.0.1",
                  "x-real-ip", "127.0.0.1",
                  "forwarded", "for=127.0.0.1",
                  "x-envoy-external-address", "127.0.0.1",
                  "x-menura-client", "127.0.0.1"))) {
        assertThat(statuses("127.0.0.9", lab, origin, spoofed)).containsOnly(403);
      }
      // PROXY protocol would be another way to say it.
      try (var client = RawClient.from("127.0.0.9", lab)) {
        assertThat(
                client.exhaust(
                    "PROXY TCP4 127.0.0.1 127.0.0.1 1 1\r\nGET http://plain.example:"
                        + origin.port()
                        + "/ HTTP/1.1\r\nHost: plain.example\r\n\r\n"))
            .doesNotContain(" 200 ");
      }
      assertThat(dns.asked).isEmpty();
      assertThat(origin.received()).isEmpty();
      assertThat(statuses("127.0.0.2", lab, origin, Map.of())).containsOnly(200);
    }
  }

  @Test
  void b4WithoutCredentialsNothingIsReached() {
    var gateway =
        Lab.GATEWAY
            + "    resolvers: [\"%s\"]\n"
            + "  clients: {basic: {file: users.htpasswd, realm: Test proxy}}\n";
    try (var dns = new SmallDns().name("plain.example", "127.0.0.1");
        var lab =
            Lab.startWith(
                folder,
                gateway.formatted(dns.address()),
                Lab.policy("- {name: all, when: true, then: allow}"),
                Map.of("users.htpasswd", ClientIdentityTest.line("ann", SECRET)));
        var origin = RawOrigin.clear(RawOrigin.OK)) {
      for (var fields :
          List.of(
              Map.<String, String>of(),
              Map.of("authorization", ann()),
              Map.of("x-menura-user", "ann", "x-forwarded-user", "ann"),
              Map.of("proxy-authorization", "Basic"),
              Map.of("proxy-authorization", ""),
              Map.of("proxy-authorization", "Basic " + "YW5uOg=="),
              Map.of("proxy-authorization", "Negotiate " + ann().substring(6)),
              Map.of("proxy-authorization", ann() + ", " + ann()))) {
        assertThat(statuses("127.0.0.1", lab, origin, fields)).as("" + fields).containsOnly(407);
      }
      assertThat(dns.asked).isEmpty();
      assertThat(origin.received()).isEmpty();
      var known = Map.of("proxy-authorization", ann());
      assertThat(statuses("127.0.0.1", lab, origin, known)).containsOnly(200);
      var target = "plain.example:" + origin.port();
      var get = "GET http://" + target + "/%s HTTP/1.1\r\nHost: " + target + "\r\n";
      try (var client = RawClient.to(lab)) {
        var first = get.formatted("known") + "Proxy-Authorization: " + ann() + "\r\n\r\n";
        assertThat(client.send(first).status()).isEqualTo(200);
        assertThat(client.send(get.formatted("unknown") + "\r\n").status()).isEqualTo(407);
        // Whoever is meant by a URL's credentials, it is not the proxy.
        var url = get.formatted("url").replace("http://", "http://ann:" + SECRET + "@");
        assertThat(client.send(url + "\r\n").status()).isEqualTo(407);
      }
      assertThat(origin.receivedWith("/known")).hasSize(1);
      assertThat(origin.receivedWith("/unknown")).isEmpty();
      assertThat(origin.receivedWith("/url")).isEmpty();
      assertThat(origin.received().toString()).doesNotContain(SECRET, ann().substring(6));
      assertThat(lab.events.toString()).doesNotContain(SECRET, ann().substring(6));
    }
  }

  @Test
  void b4CredentialsInUrlsReachNoOriginAndNoEvent() {
    try (var lab = Lab.start(folder, "- {name: all, when: true, then: allow}");
        var clear = RawOrigin.clear(RawOrigin.OK);
        var origin = RawOrigin.tls(lab.root.leaf("shop.test"), RawOrigin.OK)) {
      var secret = "ann:" + SECRET + "@";
      var target = "shop.test:" + origin.port();
      var plain = "plain.test:" + clear.port();
      // Envoy leaves them out before anybody sees the request.
      for (String head :
          List.of(
              "GET http://" + secret + plain + "/ HTTP/1.1\r\nHost: " + plain,
              "GET http://" + secret + plain + "/ HTTP/1.1\r\nHost: " + secret + plain,
              "GET http://" + plain + "/ HTTP/1.1\r\nHost: " + secret + plain)) {
        assertThat(proxy(lab, head)).as(head).isEqualTo(200);
      }
      for (String head :
          List.of(
              "GET http://" + plain + "%40" + secret + "/ HTTP/1.1\r\nHost: " + plain,
              "GET https://" + secret + target + "/ HTTP/1.1\r\nHost: " + target,
              "CONNECT " + secret + target + " HTTP/1.1\r\nHost: " + target)) {
        assertThat(proxy(lab, head)).as(head).isIn(0, 400, 403);
      }
      try (var client = RawClient.to(lab)) {
        var fields = new ArrayList<>(RawHttp2.request("GET", secret + plain, "/"));
        fields.set(1, Map.entry(":scheme", "http"));
        assertThat(client.send2(fields).status()).isIn(0, 400, 403);
      }
      try (var client = RawClient.tls(lab, target, "http/1.1")) {
        var url = "GET https://" + secret + target + "/ HTTP/1.1\r\nHost: " + target;
        assertThat(client.send(url + "\r\n\r\n").status()).isEqualTo(200);
      }
      try (var client = RawClient.tls(lab, target, "http/1.1")) {
        assertThat(client.get(secret + target, "/").status()).isEqualTo(421);
      }
      try (var client = RawClient.tls(lab, target, "h2")) {
        var fields = RawHttp2.request("GET", secret + target, "/");
        assertThat(client.send2(fields).status()).isIn(0, 400, 421);
      }
      assertThat(clear.received()).hasSizeBetween(1, 3);
      assertThat(clear.received().toString() + origin.received()).doesNotContain(SECRET);
      assertThat(lab.events.toString()).doesNotContain(SECRET);
    }
  }

  private static int proxy(Lab lab, String head) {
    try (var client = RawClient.to(lab)) {
      return client.send(head + "\r\n\r\n").status();
    }
  }
}

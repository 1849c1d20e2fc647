package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Requests that are made to look like others to the policy than to the origin.
@ExtendWith(Failures.class)
class EvasionTest {
  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Lab lab;

  @SuppressWarnings("NullAway.Init")
  private static RawOrigin origin;

  @SuppressWarnings("NullAway.Init")
  private static Target target;

  @BeforeAll
  static void start() {
    lab =
        Lab.start(
            folder,
            """
            - {name: mail, when: host.port == 25, then: block}
            - {name: admin, when: "request.url_path == '/admin'", then: block}
            - name: not-over-tls
              when: "request.scheme == 'https' && request.url_path == '/not-over-tls'"
              then: block
            - name: not-in-clear
              when: "request.scheme != 'https' && request.url_path == '/not-in-clear'"
              then: block
            - {name: all, when: true, then: allow}
            """);
    origin = RawOrigin.tls(lab.root.leaf("shop.test"), RawOrigin.OK);
    target = new Target(lab, "shop.test", origin.port());
  }

  @AfterAll
  static void stop() {
    origin.close();
    lab.close();
  }

  @Test
  void b4MailPortsAndCredentialsInUrlsAreRefused() {
    for (String refused : List.of("shop.test:25", "user:secret@" + target, "user@shop.test:25")) {
      try (var client = RawClient.to(lab)) {
        var answer =
            client.send("CONNECT " + refused + " HTTP/1.1\r\nHost: " + refused + "\r\n\r\n");
        // A port that a rule blocks gets the page, for which a tunnel is opened to nowhere.
        boolean page = refused.equals("shop.test:25");
        assertThat(answer.status()).as(refused).isIn(page ? List.of(200) : List.of(0, 400, 403));
      }
    }
    try (var clear = RawOrigin.clear(RawOrigin.OK);
        var client = RawClient.to(lab)) {
      var host = "clear.test:" + clear.port();
      client.send("GET http://user:secret@" + host + "/b4 HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
      assertThat(clear.receivedWith("secret")).isEmpty();
    }
  }

  @Test
  void b5TheOriginGetsThePathThatPolicyHasJudged() {
    for (String path :
        List.of(
            "/admin",
            "/admin?b5",
            "/./admin",
            "/x/../admin",
            "/x/%2e%2e/admin",
            "/x/%2E./admin",
            "/x/.%2e/admin",
            "/%61dmin",
            "/adm%69n",
            "/x/..//../admin",
            "/admin#b5",
            "https://" + target + "/x/../admin",
            "//admin",
            "/admin/",
            "/admin;x",
            "/admin/.",
            "/x\\..\\admin",
            "/\\admin",
            "/%2561dmin",
            "/x/%252e%252e/admin",
            "/x%2f..%2fadmin",
            "/ADMIN",
            "/admin%00",
            "/admin%20",
            "/\u00ef\u00bd\u0081dmin",
            "/../admin",
            "/..;/admin")) {
      int before = origin.received().size();
      RawClient.Answer answer;
      try (var client = target.tls("http/1.1")) {
        answer = client.get(target.authority(), path);
      }
      if (answer.status() == 200) {
        // What the origin was sent is no other spelling of the path that is blocked: a server that
        // decodes it once, as RFC 3986 6.2.2 lets it, is not led there.
        var sent = paths(before);
        assertThat(sent).as(path).hasSize(1);
        assertThat(canonical(sent.getFirst())).as(path).isNotEqualTo("/admin");
      } else {
        assertThat(answer.status()).as(path).isIn(0, 400, 403);
        assertThat(paths(before)).as(path).isEmpty();
      }
    }
  }

  @Test
  void b5ASchemeThatARequestClaimsIsNotTheConnections() {
    for (String scheme : List.of("http", "HTTP", "https")) {
      try (var client = target.tls("http/1.1")) {
        var answer = client.get(target.authority(), scheme + "://" + target + "/not-over-tls");
        assertThat(answer.status()).as(scheme).isEqualTo(403);
      }
      try (var client = target.tls("http/1.1")) {
        var answer = client.get(target.authority(), scheme + "://" + target + "/not-in-clear");
        assertThat(answer.status()).as(scheme).isEqualTo(200);
      }
    }
    for (String scheme : List.of("http", "ftp", "https")) {
      try (var client = target.tls("h2")) {
        var fields = new ArrayList<>(target.fields("GET", "/not-over-tls"));
        fields.set(1, Map.entry(":scheme", scheme));
        assertThat(client.send2(fields).status()).as(scheme).isEqualTo(403);
      }
    }
    try (var clear = RawOrigin.clear(RawOrigin.OK)) {
      var plain = "clear.test:" + clear.port();
      for (String scheme : List.of("http", "https")) {
        try (var client = RawClient.tunnel(lab, plain)) {
          var answer = client.get(plain, scheme + "://" + plain + "/not-in-clear");
          assertThat(answer.status()).as(scheme).isIn(0, 400, 403);
        }
        try (var client = RawClient.tunnel(lab, plain)) {
          var fields = new ArrayList<>(RawHttp2.request("GET", plain, "/not-in-clear"));
          fields.set(1, Map.entry(":scheme", scheme));
          assertThat(client.send2(fields).status()).as("h2c, " + scheme).isEqualTo(403);
        }
        try (var client = RawClient.to(lab)) {
          var answer = client.get(plain, scheme + "://" + plain + "/not-in-clear");
          assertThat(answer.status()).as(scheme).isIn(0, 400, 403);
        }
      }
      assertThat(clear.received()).isEmpty();
    }
    assertThat(origin.receivedWith("/not-over-tls")).isEmpty();
  }

  private static List<String> paths(int from) {
    return origin.received().stream()
        .skip(from)
        .filter(all -> all.startsWith("GET "))
        .map(all -> all.substring(4, all.indexOf(' ', 4)))
        .toList();
  }

  /// RFC 3986 6.2.2.2, 6.2.2.3.
  private static String canonical(String path) {
    var plain = path.split("[?#]", 2)[0];
    for (var escaped : List.of("61a", "64d", "6dm", "69i", "6en", "2e.")) {
      plain = plain.replaceAll("(?i)%" + escaped.substring(0, 2), escaped.substring(2));
    }
    // As servers do that leave out empty segments.
    plain = plain.replaceAll("/+", "/");
    return java.net
        .URI
        .create("http://x" + plain.replace("\\", "/").replaceAll("[^!-~]", "_"))
        .normalize()
        .getPath();
  }

  @Test
  void b11HeadersThatOnlyAGatewayMaySetDoNotPass() {
    var spoofed =
        List.of(
            "x-envoy-original-dst-host: 127.0.0.1:1",
            "x-envoy-upstream-rq-timeout-ms: 1",
            "x-envoy-retry-on: 5xx",
            "x-envoy-max-retries: 9",
            "x-envoy-internal: true",
            "x-envoy-external-address: 10.0.0.1",
            "x-envoy-original-path: /admin",
            "x-envoy-decorator-operation: x",
            "x-menura-user: root",
            "x-menura-connection: x",
            "x-forwarded-proto: http",
            "proxy-authorization: Basic c2VjcmV0");
    for (String alpn : List.of("http/1.1", "h2")) {
      var path = "/b11-" + alpn.replace("/", "");
      try (var client = target.tls(alpn)) {
        RawClient.Answer answer;
        if (alpn.equals("h2")) {
          var fields = new ArrayList<>(target.fields("GET", path));
          spoofed.forEach(
              line -> fields.add(Map.entry(line.split(": ", 2)[0], line.split(": ", 2)[1])));
          answer = client.http2().ask(1, fields);
        } else {
          answer =
              client.send(
                  "GET "
                      + path
                      + " HTTP/1.1\r\nHost: "
                      + target
                      + "\r\n"
                      + String.join("\r\n", spoofed)
                      + "\r\n\r\n");
        }
        assertThat(answer.status()).as(alpn).isEqualTo(200);
      }
      assertThat(origin.receivedWith(path))
          .singleElement()
          .satisfies(all ->
              assertThat(all.toLowerCase(Locale.ROOT))
                  .doesNotContain("x-envoy-", "x-menura-", "x-forwarded-", "proxy-authorization"));
    }
  }
}

package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.playwright.PlaywrightException;
import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What people find who come to the gateway for the first time: its own pages under
/// `http://menura.local/`. The policy of these tests wants to know who is asking, and blocks
/// everything that it can.
@ExtendWith(Failures.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FirstContactTest {
  private static final String RULES =
      """
      - {name: bank, when: "host.name == 'bank.test'", then: passthrough}
      - {name: shop, when: "host.name == 'shop.test'", then: allow}
      - {name: nothing-else, when: true, then: {block: {page: refuse}}}
      """;

  private Path folder;
  private Lab lab;

  @BeforeAll
  void start(@TempDir Path ofTheClass) throws IOException {
    folder = ofTheClass;
    lab = Lab.start(Files.createDirectory(folder.resolve("data")), RULES);
  }

  @AfterAll
  void stop() {
    if (lab != null) {
      lab.close();
    }
  }

  private static HttpResponse<byte[]> ask(Lab lab, String method, String url) throws Exception {
    try (var client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(
                ProxySelector.of(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), lab.proxyPort())))
            .build()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(url))
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build(),
          BodyHandlers.ofByteArray());
    }
  }

  private HttpResponse<byte[]> get(String path) throws Exception {
    return ask(lab, "GET", "http://menura.local" + path);
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private static String header(HttpResponse<byte[]> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private String fingerprint() {
    return Fingerprint.of(lab.sidecar().certificates().authority().anchor());
  }

  @Test
  void thePageTellsWhatThisIs() throws Exception {
    var page = get("/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(header(page, "content-type")).startsWith("text/html");
    assertThat(header(page, "content-security-policy")).contains("default-src 'none'");
    assertThat(text(page).replace(":", "").toLowerCase(Locale.ROOT)).contains(fingerprint());
    assertThat(text(page)).contains("bank", "host.name == &#39;bank.test&#39;");
    var event = lab.awaitExchange("menura.local");
    assertThat(event.common().verdict()).isEqualTo("allow");
    assertThat(event.common().reason()).isEqualTo("menura-local");
  }

  @Test
  void theAuthorityComesInEveryForm() throws Exception {
    var pem = get("/ca.pem");
    assertThat(Pem.readCertificates(text(pem)).stream().map(Fingerprint::of))
        .containsExactly(fingerprint());
    var der = get("/ca.der");
    assertThat(header(der, "content-type")).isEqualTo("application/x-x509-ca-cert");
    assertThat(Fingerprint.of(der.body())).isEqualTo(fingerprint());
    var profile = get("/ca.mobileconfig");
    assertThat(header(profile, "content-type")).isEqualTo("application/x-apple-aspen-config");
    assertThat(text(profile)).contains("com.apple.security.root");
  }

  @Test
  void nothingElseIsThere() throws Exception {
    assertThat(get("/etc/passwd").statusCode()).isEqualTo(404);
    var post = ask(lab, "POST", "http://menura.local/");
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(header(post, "allow")).isEqualTo("GET, HEAD");
    var head = ask(lab, "HEAD", "http://menura.local/ca.der");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  @Test
  void aTunnelThereIsRefusedWithAHint() {
    var answer = Curl.through(lab, "https://menura.local/");
    assertThat(answer.exit()).isNotZero();
    assertThat(answer.log()).contains("CONNECT tunnel failed, response 403");
    var event = lab.awaitConnection("menura.local");
    assertThat(event.common().verdict()).isEqualTo("block");
    assertThat(event.common().reason()).isEqualTo("menura-local");
    assertThat(Curl.through(lab, "http://shop.test.local/").status()).isEqualTo(403);
  }

  @Test
  void theProxyAnswersUnderItsOwnAddressToo() throws Exception {
    try (var direct = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      var pac =
          direct.send(
              HttpRequest.newBuilder(URI.create("http://" + lab.proxy() + "/proxy.pac")).build(),
              BodyHandlers.ofString());
      assertThat(pac.statusCode()).isEqualTo(200);
      assertThat(pac.headers().firstValue("content-type"))
          .hasValue("application/x-ns-proxy-autoconfig");
      assertThat(pac.body()).contains("\"PROXY " + lab.proxy() + "\"");
    }
  }

  @Test
  void nobodyIsAskedWhoTheyAre(@TempDir Path data) throws Exception {
    var gateway = Lab.GATEWAY + "  clients: {require: true, basic: {file: users}}\n";
    try (var asking =
        Lab.startWith(
            data, gateway, Lab.policy(RULES), Map.of("users", ClientIdentityTest.line("a", "b")))) {
      assertThat(ask(asking, "GET", "http://menura.local/ca.pem").statusCode()).isEqualTo(200);
      assertThat(Curl.through(asking, "http://shop.test/").status()).isEqualTo(407);
    }
  }

  @Test
  void aBrowserGetsThereByThePacFile() throws Exception {
    var pac = "http://" + lab.proxy() + "/proxy.pac";
    var authority = folder.resolve("fetched.pem");
    Files.write(authority, get("/ca.pem").body());
    try (var origin = Origin.tls(folder, lab.root.leaf("shop.test"));
        var browser =
            Browser.configuredBy(pac, Files.createDirectory(folder.resolve("home")), authority);
        var page = browser.page()) {
      var welcome = page.navigate("http://menura.local/");
      assertThat(welcome).isNotNull();
      assertThat(welcome.status()).isEqualTo(200);
      assertThat(page.innerText("h1")).contains("gateway");
      assertThat(page.evaluate("getComputedStyle(document.querySelector('dl')).display"))
          .as("the page's own style is let in")
          .isEqualTo("grid");
      var shop = page.navigate(origin.url("shop.test", "/"));
      assertThat(shop).isNotNull();
      assertThat(shop.status()).isEqualTo(200);
      assertThat(shop.securityDetails().issuer).startsWith("Menura CA");
      assertThat(origin.requests()).isPositive();
    }
  }

  @Test
  void aBrowserThatTrustsNobodyGetsThePageAllTheSame() throws Exception {
    try (var origin = Origin.tls(folder, lab.root.leaf("shop.test"));
        var browser =
            Browser.configuredBy(
                "http://" + lab.proxy() + "/proxy.pac",
                Files.createDirectory(folder.resolve("stranger")));
        var page = browser.page()) {
      page.navigate("http://menura.local/");
      assertThat(page.innerText("#authority + dl")).contains("SHA-256");
      assertThatThrownBy(() -> page.navigate(origin.url("shop.test", "/")))
          .isInstanceOf(PlaywrightException.class)
          .hasMessageContaining("ERR_CERT_AUTHORITY_INVALID");
    }
  }
}

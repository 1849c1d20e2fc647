package dev.menura.sidecar.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.Pem;
import dev.menura.extproc.exchange.OwnSite;
import dev.menura.extproc.exchange.OwnSite.Page;
import dev.menura.extproc.inspect.Detectors;
import dev.menura.policy.Documents;
import dev.menura.policy.Gateway.Listener;
import dev.menura.policy.Listen;
import dev.menura.policy.Listen.Way;
import dev.menura.policy.load.PolicyLoader;
import dev.menura.sidecar.policy.PolicyFolder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SiteTest {
  private static final X509Certificate FIRST = root("First & <b>only</b>");
  private static final X509Certificate SECOND = root("Second");

  @TempDir private Path folder;
  private List<X509Certificate> published = List.of(FIRST);
  private Listen listen = Listen.STANDARD.with(Way.EXPLICIT, new Listener("0.0.0.0", 3128));
  private Documents documents;
  private Site site;

  @BeforeEach
  void open() throws Exception {
    rules("- {name: all, when: true, then: allow}");
    site = new Site(() -> documents, () -> published, () -> listen);
  }

  @Test
  void handsOutTheAuthorityForClientsWhereOneIsInUse() throws Exception {
    assertThat(get("/ca-clients.pem").status()).isEqualTo(404);
    site = new Site(() -> documents, () -> published, () -> listen, () -> List.of(SECOND));
    assertThat(Pem.readCertificates(text(get("/ca-clients.pem")))).containsExactly(SECOND);
    assertThat(Pem.readCertificates(text(get("/ca.pem")))).containsExactly(FIRST);
  }

  private static X509Certificate root(String name) {
    return TestRoot.create(name).certificate();
  }

  private void rules(String rules) throws Exception {
    Files.writeString(
        folder.resolve("policy.yaml"),
        """
        apiVersion: menura.dev/v1
        kind: Policy
        metadata: {name: p}
        spec:
          rules:
        %s\
        """
            .formatted(rules.indent(4)));
    documents = new PolicyLoader(Detectors.kinds()).load(new PolicyFolder(folder));
  }

  private Page get(String path) {
    return site.answer(new OwnSite.Request("GET", path, "192.0.2.80"));
  }

  private static String text(Page page) {
    return StandardCharsets.UTF_8.decode(page.body().duplicate()).toString();
  }

  private static byte[] bytes(Page page) {
    var bytes = new byte[page.body().remaining()];
    page.body().duplicate().get(bytes);
    return bytes;
  }

  @Test
  void namesTheAuthorityAndItsFingerprint() {
    var page = get("/");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.headers().get("content-type")).startsWith("text/html");
    assertThat(text(page).replace(":", ""))
        .contains(Fingerprint.of(FIRST).toUpperCase(Locale.ROOT))
        .contains("First &amp; ", "&lt;b")
        .doesNotContain("<b>", "<b\\", "{{");
  }

  @Test
  void runsNoScriptAndAsksNobodyElse() {
    var page = get("/?x=1");
    assertThat(page.headers().get("content-security-policy")).startsWith("default-src 'none'");
    assertThat(text(page)).doesNotContain("<script", "src=", "url(", "href=\"http");
  }

  @Test
  void saysWhichRulesDoNotDecrypt() throws Exception {
    assertThat(text(get("/"))).contains("No rule leaves a connection undecrypted");
    rules(
        """
        - {name: the-bank, when: "host.name == 'a&b.test'", then: passthrough}
        - {name: only-watched, when: "host.name == 'c.test'", then: passthrough, mode: observe}
        - {name: all, when: true, then: allow}
        """);
    assertThat(text(get("/")))
        .contains("the-bank", "host.name == &#39;a&amp;b.test&#39;")
        .doesNotContain("only-watched", "No rule leaves");
  }

  @Test
  void handsOutEveryFormOfEveryPublishedAuthority() throws Exception {
    published = List.of(FIRST, SECOND);
    assertThat(Pem.readCertificates(text(get("/ca.pem")))).containsExactly(FIRST, SECOND);
    assertThat(Fingerprint.of(bytes(get("/ca.der")))).isEqualTo(Fingerprint.of(FIRST));
    assertThat(Fingerprint.of(bytes(get("/ca-2.der")))).isEqualTo(Fingerprint.of(SECOND));
    assertThat(get("/ca-3.der").status()).isEqualTo(404);
    assertThat(text(get("/ca.mobileconfig"))).isEqualTo(MobileConfig.of(published));
    assertThat(text(get("/"))).contains("/ca.der", "/ca-2.der", "Trust all of these");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*", "//", "/ca", "/ca.der/", "/../ca.pem", "/CA.PEM", "/ca-0.der"})
  void knowsNoOtherPages(String path) {
    assertThat(get(path).status()).isEqualTo(404);
  }

  @Test
  void takesNothingButGetAndHead() {
    assertThat(site.answer(new OwnSite.Request("HEAD", "/", "")).status()).isEqualTo(200);
    var post = site.answer(new OwnSite.Request("POST", "/", ""));
    assertThat(post.status()).isEqualTo(405);
    assertThat(post.headers().get("allow")).isEqualTo("GET, HEAD");
  }

  @Test
  void theProxyFileNamesTheAddressThatTheClientHasReached() {
    var page = get("/proxy.pac");
    assertThat(page.headers().get("content-type")).isEqualTo("application/x-ns-proxy-autoconfig");
    assertThat(text(page)).contains("\"PROXY 192.0.2.80:3128\"");
    listen = listen.with(Way.EXPLICIT, new Listener("::", 3128));
    assertThat(text(site.answer(new OwnSite.Request("GET", "/proxy.pac", "2001:db8:0:0:0:0:0:1"))))
        .contains("\"PROXY [2001:db8:0:0:0:0:0:1]:3128\"");
    listen = listen.with(Way.EXPLICIT, new Listener("proxy.corp.example", 8080));
    assertThat(text(get("/proxy.pac"))).contains("\"PROXY proxy.corp.example:8080\"");
  }

  @Test
  void theProxyFileNamesTheEncryptedWayWhereTheOtherIsClosedToTheClient() {
    listen =
        Listen.STANDARD
            .with(Way.EXPLICIT, new Listener("127.0.0.1", 3128))
            .with(Way.EXPLICIT_TLS, new Listener("0.0.0.0", 3129));
    assertThat(text(get("/proxy.pac"))).contains("\"HTTPS 192.0.2.80:3129\"");
  }

  @Test
  void thereIsNoProxyFileForWhomThereIsNoProxy() {
    assertThat(site.answer(new OwnSite.Request("GET", "/proxy.pac", "")).status()).isEqualTo(404);
    listen = Listen.STANDARD;
    assertThat(get("/proxy.pac").status()).as("the proxy is on the loopback alone").isEqualTo(404);
    assertThat(text(get("/"))).doesNotContain("proxy.pac");
  }
}

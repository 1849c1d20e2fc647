package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.Response;
import dev.menura.certificates.testing.CertificateShape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What a person sees in a browser that was set up as the README says: the proxy, and our authority
/// among those that it trusts.
@ExtendWith(Failures.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrowserTest {
  private static final String RULES =
      """
      - {name: no-bets, when: "host.name == 'bets.test'", then: {block: {reason: Not at work}}}
      - {name: not-even-a-page, when: "host.name == 'refused.test'", then: {block: {page: refuse}}}
      - {name: bank, when: "host.name == 'bank.test'", then: passthrough}
      - name: cards-out
        when: "host.name == 'shop.test' && request.body.count('credit-card') >= 1"
        then: {block: {reason: Card numbers stay here}}
      - name: cards-in
        when: "host.name == 'shop.test' && response.body.count('credit-card') >= 1"
        then: block
      - {name: all, when: true, then: allow}
      """;

  private Path folder;
  private Lab lab;
  private Browser browser;
  private Origin origin;

  @BeforeAll
  void start(@TempDir Path ofTheClass) throws IOException {
    folder = ofTheClass;
    lab = Lab.start(Files.createDirectory(folder.resolve("data")), RULES);
    origin =
        Origin.tls(
            folder,
            lab.root.leaf("shop.test", "ws.test", "bank.test", "bets.test"),
            "-pages",
            Path.of("src/test/resources/pages").toAbsolutePath().toString());
    browser =
        Browser.start(
            Files.createDirectory(folder.resolve("home")), lab.proxy(), lab.ca(), lab.originRoot());
  }

  @AfterAll
  void stop() {
    if (browser != null) {
      browser.close();
    }
    if (origin != null) {
      origin.close();
    }
    if (lab != null) {
      lab.close();
    }
  }

  private static Response open(Page page, String url) {
    var response = page.navigate(url);
    assertThat(response).isNotNull();
    return response;
  }

  @Test
  void showsAnAllowedPageWithAllThatItRefersTo() {
    try (var page = browser.page()) {
      var response = open(page, origin.url("shop.test", "/pages/shop.html"));
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.securityDetails().issuer).startsWith("Menura CA");
      assertThat(page.textContent("#greeting")).isEqualTo("Welcome");
      assertThat(page.evaluate("getComputedStyle(document.querySelector('h1')).color"))
          .isEqualTo("rgb(1, 2, 3)");
      assertThat(page.evaluate("document.querySelector('img').naturalWidth")).isEqualTo(40);
      assertThat(
              page.evaluate(
                  "performance.getEntries().filter(e => e.nextHopProtocol)"
                      + ".map(e => e.nextHopProtocol).filter(p => p != 'h2').join()"))
          .as("protocols other than HTTP/2")
          .isEqualTo("");
    }
  }

  @Test
  void showsTheBlockPageUnderACertificateThatSaysSo() {
    try (var page = browser.page()) {
      var response = open(page, origin.url("bets.test", "/"));
      assertThat(response.status()).isEqualTo(403);
      assertThat(page.innerText("body")).contains("no-bets", "Not at work");
      assertThat(response.securityDetails().subjectName).contains("Menura block page");
      assertThat(response.securityDetails().issuer).startsWith("Menura CA");
    }
  }

  @Test
  void showsTheBlockPageWhereAFormHasACardNumber() {
    try (var page = browser.page()) {
      open(page, origin.url("shop.test", "/pages/order.html"));
      page.fill("[name=card]", "4111 1111 1111 1111");
      var answer = page.waitForResponse("**/order", () -> page.click("button"));
      assertThat(answer.status()).isEqualTo(403);
      page.waitForLoadState();
      assertThat(page.innerText("body"))
          .contains("cards-out", "Card numbers stay here")
          .doesNotContain("4111");
      assertThat(origin.record())
          .noneMatch(line -> line.has("path") && line.get("path").getAsString().equals("/order"));
    }
  }

  @Test
  void downloadsAFileUnharmed() throws IOException {
    try (var page = browser.page()) {
      open(page, origin.url("shop.test", "/pages/download.html"));
      var download = page.waitForDownload(() -> page.click("a"));
      assertThat(download.suggestedFilename()).isEqualTo("catalogue.txt");
      assertThat(Files.readString(download.path(), StandardCharsets.US_ASCII))
          .isEqualTo("0123456789abcde\n".repeat(5 * 1024 * 1024 / 16));
    }
  }

  @Test
  void carriesAWebSocketOfAPage() {
    try (var page = browser.page()) {
      open(page, origin.url("ws.test", "/pages/socket.html"));
      page.waitForFunction("document.getElementById('heard').textContent != ''");
      assertThat(page.textContent("#heard")).isEqualTo("heard: is anybody there?");
    }
  }

  @Test
  void showsAnErrorOfItsOwnWhereTheRuleRefusesTheConnect() {
    try (var page = browser.page()) {
      assertThatThrownBy(() -> page.navigate("https://refused.test/"))
          .isInstanceOf(PlaywrightException.class)
          .hasMessageContaining("ERR_TUNNEL_CONNECTION_FAILED");
    }
  }

  @Test
  void showsWhyAnExpiredOriginIsRefused() {
    var expired =
        CertificateShape.forNames("old.test")
            .validFrom(Instant.now().minus(Duration.ofDays(30)))
            .validUntil(Instant.now().minus(Duration.ofDays(1)));
    try (var old = Origin.tls(folder, lab.root.leaf(expired));
        var page = browser.page()) {
      var response = open(page, old.url("old.test", "/"));
      assertThat(response.status()).isEqualTo(403);
      assertThat(page.innerText("body")).contains("certificate-expired");
      assertThat(response.securityDetails().subjectName).contains("Menura block page");
      assertThat(old.requests()).isZero();
    }
  }

  @Test
  void showsThePassedThroughOriginsOwnCertificate() {
    try (var page = browser.page()) {
      var response = open(page, origin.url("bank.test", "/account"));
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.securityDetails().issuer).isEqualTo("Menura test origins");
    }
  }

  @Test
  void refusesUsWhereOurAuthorityWasNotImported() throws IOException {
    try (var stranger =
            Browser.start(Files.createDirectory(folder.resolve("stranger")), lab.proxy());
        var page = stranger.page()) {
      assertThatThrownBy(() -> page.navigate(origin.url("shop.test", "/pages/shop.html")))
          .isInstanceOf(PlaywrightException.class)
          .hasMessageContaining("ERR_CERT_AUTHORITY_INVALID");
    }
  }
}

package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.playwright.PlaywrightException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What a person sees in a browser of an origin whose certificate has a problem.
@ExtendWith(Failures.class)
class FlawedOriginBrowserTest {
  @TempDir private Path folder;

  @Test
  void warnsByItselfWhereThePolicyDistrusts() throws IOException {
    try (var lab = lab(FlawedOriginTest.DISTRUST);
        var browser = browser(lab)) {
      FlawedOriginTest.flawed(lab)
          .forEach((problem, certificate) -> {
            try (var origin = Origin.tls(folder, certificate)) {
              var page = browser.page();
              assertThatThrownBy(() -> page.navigate(origin.url(problem + ".test", "/")))
                  .as(problem)
                  .isInstanceOf(PlaywrightException.class)
                  .hasMessageContaining("ERR_CERT_AUTHORITY_INVALID");
              assertThat(origin.requests()).isZero();
            }
          });
    }
  }

  @Test
  void showsThePageWhereThePolicySaysNothingOfIt() throws IOException {
    try (var lab = lab(FlawedOriginTest.ALLOW);
        var browser = browser(lab);
        var origin = Origin.tls(folder, lab.root.leaf(FlawedOriginTest.expired("expired.test")))) {
      var page = browser.page();
      var response = page.navigate(origin.url("expired.test", "/"));
      assertThat(response.status()).isEqualTo(403);
      assertThat(page.textContent("main")).contains("certificate-expired");
      assertThat(origin.requests()).isZero();
    }
  }

  @Test
  void opensTheSiteWhereThePolicyAllowsTheProblem() throws IOException {
    try (var lab =
            lab(
                "- {name: old, when: \"host.name == 'expired.test'\", then: {allow: {problems:"
                    + " [expired]}}}\n");
        var browser = browser(lab);
        var origin = Origin.tls(folder, lab.root.leaf(FlawedOriginTest.expired("expired.test")))) {
      var page = browser.page();
      assertThat(page.navigate(origin.url("expired.test", "/")).status()).isEqualTo(200);
      assertThat(page.textContent("body")).contains("hello from expired.test");
    }
  }

  private Lab lab(String rules) throws IOException {
    return Lab.start(Files.createDirectory(folder.resolve("data")), rules);
  }

  private Browser browser(Lab lab) throws IOException {
    return Browser.start(
        Files.createDirectory(folder.resolve("home")), lab.proxy(), lab.ca(), lab.originRoot());
  }
}

package dev.menura.extproc.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlockPageTest {
  private static final String EVIL = "</dd><script>alert('1')</script>\"\\\r\nX: y\u2028";

  private static BlockPage page(String text) {
    return new BlockPage(403, text, text, text, text, text, Playbook.NOW, text);
  }

  private static final BlockPage PLAIN =
      new BlockPage(
          403,
          "bets.example",
          "no-gambling",
          "Not at work",
          "Gambling sites are not allowed at work",
          "c1/r1",
          Playbook.NOW,
          "0123456789ab");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|text/html",
        "*/*|text/html",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8|text/html",
        "application/json|application/json",
        "application/json, text/plain, */*|application/json",
        "APPLICATION/JSON;charset=utf-8|application/json",
        "application/problem+json|application/json",
        "text/html, application/json;q=0.9|text/html",
        "text/html;q=0.5, application/json;q=0.9|application/json",
        "text/html, application/json|application/json",
        "application/json;q=0, text/html|text/html",
        "application/json; q=0.1; v=1|application/json",
        "text/plain|text/plain",
        "text/plain;q=0.9, text/html;q=0.8|text/plain",
        "application/json;q=NaN|text/html",
        "application/json;q=1e9|text/html",
        "image/png|text/html",
        ",;,;;q=|text/html",
      })
  void formatIsTheOneThatTheClientPrefers(String accept, String type) {
    assertThat(PLAIN.render(accept).headers().get("content-type"))
        .isEqualTo(type + "; charset=utf-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html", "application/json", "text/plain"})
  void pageNamesWhatDecided(String accept) {
    assertThat(PLAIN.render(accept).body())
        .containsIgnoringCase("blocked")
        .contains("bets.example")
        .contains("no-gambling")
        .contains("Not at work")
        .contains("Gambling sites are not allowed at work")
        .contains("c1/r1")
        .contains("2026-11-23T09:00:00Z")
        .contains("0123456789ab");
  }

  @Test
  void htmlNeverEchoesMarkup() {
    String html = page(EVIL).render("").body();
    assertThat(html.toLowerCase(Locale.ROOT)).doesNotContain("<script").contains("&lt;script&gt;");
    assertThat(html).doesNotContain("alert('1')");
    assertThat(html.split("</dd>", -1)).hasSameSizeAs(PLAIN.render("").body().split("</dd>", -1));
  }

  @Test
  void jsonIsOneLineWithoutRawInput() {
    String json = page(EVIL).render("application/json").body();
    assertThat(json.strip()).doesNotContain("\n").doesNotContain("<").doesNotContain("\r");
    assertThat(json).contains("\\u003cscript\\u003e").contains("\\\"\\\\\\u000d\\u000aX: y\\u2028");
  }

  @Test
  void textKeepsItsLines() {
    String text = page(EVIL).render("text/plain").body();
    assertThat(text.lines()).hasSize(PLAIN.render("text/plain").body().lines().toList().size());
    assertThat(text).doesNotContain("\r");
  }

  @Test
  void headersCarryPrintableAsciiOnly() {
    var headers = page("x" + EVIL + "ä".repeat(500)).render("").headers();
    assertThat(headers.values()).allMatch(value -> value.matches("[ -~]*"));
    assertThat(headers.get("x-menura-rule")).hasSizeLessThanOrEqualTo(128);
  }

  @Test
  void pageIsNeverCachedNorRunsAnything() {
    var headers = PLAIN.render("").headers();
    assertThat(headers)
        .containsEntry("cache-control", "no-store")
        .containsEntry("x-content-type-options", "nosniff")
        .containsEntry("x-menura-rule", "no-gambling")
        .containsEntry("x-menura-policy-version", "0123456789ab")
        .containsEntry("x-menura-request-id", "c1/r1");
    assertThat(headers.get("content-security-policy"))
        .startsWith("default-src 'none'; style-src 'unsafe-inline'");
  }

  @Test
  void whatIsNotKnownIsLeftOut() {
    BlockPage bare = new BlockPage(502, "a.example", "", "", "", "c1", Playbook.NOW, "v");
    assertThat(bare.render("").body()).doesNotContain("Rule").contains("Not available");
    assertThat(bare.render("").headers()).doesNotContainKey("x-menura-rule");
    assertThat(bare.render("application/json").body()).doesNotContain("\"rule\"");
  }
}

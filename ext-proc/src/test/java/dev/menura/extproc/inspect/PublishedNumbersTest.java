package dev.menura.extproc.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/// The published cases of another project's recognizers for personal data: what is a card number
/// there is one here, and what is not, is not. They lie in the folder that `MENURA_TESTDATA` names,
/// or else beside the checkout.
class PublishedNumbersTest {
  private static final String TESTDATA = "../shared/testdata";
  private static final String FILE = "pii-half.json.gz";
  private static final Pattern CASE =
      Pattern.compile(
          "\"recognizer\":\\s*\"(\\w+)\",\\s*\"text\":\\s*\"((?:[^\"\\\\]|\\\\.)*)\",\\s*"
              + "\"expected_len\":\\s*(\\d+)");

  private static final Pattern UNICODE_ESCAPE = Pattern.compile("\\\\u([0-9a-fA-F]{4})");

  private record Case(String recognizer, String text, int expected) {}

  @Test
  void areFoundAsPublished() throws IOException {
    List<Case> cards =
        cases().stream().filter(each -> each.recognizer.equals("credit_card_recognizer")).toList();

    assertThat(cards).hasSizeGreaterThan(5);
    for (Case each : cards) {
      assertThat(Cards.find(each.text).count()).as(each.text).isEqualTo(each.expected);
    }
  }

  @Test
  void areNotSeenInOtherIdentifiers() throws IOException {
    for (Case each : cases()) {
      if (!each.recognizer.equals("credit_card_recognizer")) {
        assertThat(Cards.find(each.text).evidence()).as(each.toString()).isEmpty();
      }
    }
  }

  private static List<Case> cases() throws IOException {
    Path file = folder().resolve(FILE);
    if (!"true".equals(System.getenv("CI"))) {
      assumeThat(file).as("the published cases; MENURA_TESTDATA names their folder").exists();
    }
    List<Case> cases = new ArrayList<>();
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      Matcher matcher = CASE.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      while (matcher.find()) {
        String text = unescape(matcher.group(2));
        cases.add(new Case(matcher.group(1), text, Integer.parseInt(matcher.group(3))));
      }
    }
    assertThat(cases).isNotEmpty();
    return cases;
  }

  /// RFC 8259 7, as far as `translateEscapes` does not know it.
  private static String unescape(String json) {
    return UNICODE_ESCAPE
        .matcher(json)
        .replaceAll(escape ->
            Matcher.quoteReplacement(
                Character.toString((char) Integer.parseInt(escape.group(1), 16))))
        .translateEscapes();
  }

  private static Path folder() {
    String named = System.getenv("MENURA_TESTDATA");
    if (named != null) {
      return Path.of(named);
    }
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("mvnw")) && root.getParent() != null) {
      root = root.getParent();
    }
    return root.resolve(TESTDATA).normalize();
  }
}

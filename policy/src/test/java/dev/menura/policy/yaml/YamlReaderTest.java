package dev.menura.policy.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.yaml.YamlValue.Mapping;
import dev.menura.policy.yaml.YamlValue.Scalar;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlReaderTest {
  private static List<YamlValue> read(String text, Issues issues) {
    return SourceFile.decode("a.yaml", text.getBytes(StandardCharsets.UTF_8), issues)
        .map(file -> YamlReader.read(file, issues))
        .orElse(List.of());
  }

  private static String nested(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }

  @Test
  void nestingIsAllowedUpToItsLimit() {
    Issues issues = new Issues();
    assertThat(read(nested(YamlReader.DEPTH_MAX + 1), issues)).hasSize(1);
    assertThat(issues.hasErrors()).isFalse();
    read(nested(YamlReader.DEPTH_MAX + 2), issues);
    assertThat(issues.sorted().getFirst().message()).startsWith("expected at most 50 levels");
  }

  @Test
  void endlessNestingIsRefusedAtOnce() {
    Issues issues = new Issues();
    read("[".repeat(1_000_000), issues);
    assertThat(issues.hasErrors()).isTrue();
    Issues mappings = new Issues();
    read("{a: ".repeat(300_000), mappings);
    assertThat(mappings.hasErrors()).isTrue();
  }

  @Test
  void valuesAreCountedThroughAliases() {
    Issues issues = new Issues();
    String thousand = "a: &a [" + "x,".repeat(999) + "x]\n";
    String most = thousand + "b: [" + "*a,".repeat(997) + "x";
    assertThat(read(most + "]\n", issues)).hasSize(1);
    assertThat(issues.hasErrors()).isFalse();
    read(most + ",x]\n", issues);
    assertThat(issues.sorted().getFirst().message()).startsWith("expected at most 1000000 values");
  }

  @Test
  void wordsOfOlderYamlStayText() {
    Mapping mapping = (Mapping) read("a: no\nb: 0o17\nc: 1_000\n", new Issues()).getFirst();
    assertThat(mapping.entries())
        .extracting(entry -> ((Scalar) entry.value()).text())
        .containsExactly("no", "0o17", "1_000");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%YAML 9.9\n---\na: b\n",
        "%TAG ! tag:x,2000:\n--- !a b\n",
        "a: &a\n",
        "? ?",
        "- - - -",
        "a: |99\n  b\n",
        "--- >\n",
        "...",
        "\u0085",
        "a: 'b\n---\nc'",
        "!!binary x",
        "*",
        "&",
        "!",
        "{a, b: c, ? d}",
        "[a: b, c]",
        "\ta",
        "a:\tb",
        "- \t- a",
        "%",
        "@",
        "`",
        "\"\\u12\"",
        "\"\\ud800\"",
        "a: b: c",
        "a\n b: c",
        "--- a\n--- b\n... c",
        "#",
        "a #b",
        "a#b: c"
      })
  void oddDocumentsNeverEscapeTheReader(String text) {
    Issues issues = new Issues();
    read(text, issues);
    assertThat(issues.sorted()).allMatch(issue -> !issue.message().contains("org.snakeyaml"));
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void damagedDocumentsNeverEscapeTheReader(long seed) {
    Random random = new Random(seed);
    StringBuilder text =
        new StringBuilder(
            "a: [b, {c: 'd e', f: \"g\\n\"}]\nh: |-\n  i\n  j\nk: &l >\n  m\nn: *l\n");
    String damage = ":{}[],&*#?|-<>=!%@`'\"\\ \n\t\u0000\u2028\ufeff😀ab";
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      int at = random.nextInt(text.length());
      char c = damage.charAt(random.nextInt(damage.length()));
      if (random.nextBoolean()) {
        text.insert(at, c);
      } else {
        text.setCharAt(at, c);
      }
    }
    Issues issues = new Issues();
    read(text.toString(), issues);
    assertThat(issues.sorted()).allMatch(issue -> !issue.message().contains("org.snakeyaml"));
  }
}

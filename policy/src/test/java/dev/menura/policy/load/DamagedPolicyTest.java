package dev.menura.policy.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.Facts;
import dev.menura.policy.Issue;
import dev.menura.policy.IssueFormat;
import dev.menura.policy.Policy;
import dev.menura.policy.PolicyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever a folder holds, it is loaded or refused with its errors placed.
class DamagedPolicyTest {
  private static final PolicyLoader LOADER = new PolicyLoader(Set.of("credit-card"));
  private static final int ROUNDS = 40;

  private static final List<String> TOKENS =
      List.of(
          "host.name",
          "host.port",
          "host.lists",
          "request.headers",
          "request.body",
          "tls.ja4",
          "response.code",
          "client",
          "x",
          "true",
          "null",
          "3",
          "-1",
          "1.5",
          "2u",
          "'a'",
          "\"b\"",
          "r'\\d'",
          "b'x'",
          "''",
          "(",
          ")",
          "[",
          "]",
          "{",
          "}",
          ".",
          ",",
          ":",
          "?",
          "&&",
          "||",
          "!",
          "==",
          "!=",
          "<",
          ">=",
          "+",
          "-",
          "*",
          "/",
          "%",
          " in ",
          ".count(",
          ".matches(",
          ".exists(x, ",
          ".all(",
          ".map(",
          "has(",
          "size(",
          "int(",
          "timestamp(",
          "dyn(",
          "type(",
          "'credit-card')",
          ".?a",
          "`",
          "@",
          "\\",
          "'",
          "//",
          "\u00e4",
          "\ud83d\ude00",
          "9223372036854775808");

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 25);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void damagedDocumentIsLoadedOrRefused(long seed) throws IOException {
    Random random = new Random(seed);
    String page = Files.readString(Path.of("../docs/policy.md"));
    List<String> examples = ReferencePageTest.examples();
    for (int i = 0; i < ROUNDS; i++) {
      byte[] bytes = examples.get(random.nextInt(examples.size())).getBytes(StandardCharsets.UTF_8);
      for (int j = random.nextInt(1, 8); j > 0; j--) {
        damage(bytes, random);
      }
      check(new MapSource().with("a.yaml", bytes).with("gambling.txt", page));
    }
  }

  private static void damage(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(3)) {
      case 0 -> bytes[at] = (byte) random.nextInt(256);
      case 1 -> bytes[at] = bytes[random.nextInt(bytes.length)];
      default -> {
        int length = Math.min(random.nextInt(1, 12), bytes.length - at);
        int from = random.nextInt(bytes.length - length);
        System.arraycopy(bytes.clone(), from, bytes, at, length);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void heapOfTokensIsAConditionOrIsRefused(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 4 * ROUNDS; i++) {
      StringJoiner when = new StringJoiner(random.nextBoolean() ? "" : " ");
      for (int j = random.nextInt(1, 9); j > 0; j--) {
        when.add(TOKENS.get(random.nextInt(TOKENS.size())));
      }
      check(
          MapSource.of(
              "a.yaml",
              """
              apiVersion: menura.dev/v1
              kind: Policy
              metadata: {name: x}
              spec:
                rules: [{name: a, when: '%s', then: block}]
              """
                  .formatted(when.toString().replace("'", "''"))));
    }
  }

  private static void check(MapSource source) {
    try {
      Policy policy = LOADER.load(source).policy();
      Facts facts = Facts.of(new Facts.Connect("192.0.2.1", "a.example", 443));
      assertThat(policy.onRequest(facts)).isNotNull();
      Facts requested =
          facts
              .with(Facts.Hello.NONE)
              .with(Facts.UpstreamCertificate.NONE)
              .with(new Facts.RequestHead("GET", "/", "https", Map.of("a", "b")));
      assertThat(policy.onRequest(requested)).isNotNull();
    } catch (PolicyException e) {
      assertThat(e.issues()).anyMatch(Issue::isError);
      assertThat(e.issues()).allMatch(issue -> !issue.message().isBlank());
      assertThat(IssueFormat.text(e.issues()))
          .doesNotContain(
              "dev.", "java.", "org.", "_exact_", "_compared_", "_pattern_", "@matches");
    }
  }
}

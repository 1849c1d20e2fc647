package dev.menura.policy.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.IssueFormat;
import dev.menura.policy.PolicyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Holds `docs/policy.md` and the JSON Schema beside it to the code; `-Dgolden.update=true`
/// rewrites the tables and the schema.
class ReferencePageTest {
  private static final Path PAGE = Path.of("../docs/policy.md");
  private static final Path SCHEMA = Path.of("../docs/policy.schema.json");
  private static final Pattern SECTION =
      Pattern.compile("<!-- begin: ([a-z]+) -->\n(.*?)<!-- end -->", Pattern.DOTALL);
  private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
  private static final boolean UPDATE = Boolean.getBoolean("golden.update");

  @Test
  void everyTableSaysWhatTheCodeSays() throws IOException {
    String page = Files.readString(PAGE);
    Map<String, String> tables = ReferenceTables.all();
    assertThat(SECTION.matcher(page).results().map(found -> found.group(1)))
        .containsExactlyInAnyOrderElementsOf(tables.keySet());
    String right =
        SECTION
            .matcher(page)
            .replaceAll(found ->
                "<!-- begin: $1 -->\n\n"
                    + java.util.regex.Matcher.quoteReplacement(
                        tables.getOrDefault(found.group(1), ""))
                    + "\n<!-- end -->");
    if (UPDATE) {
      Files.writeString(PAGE, right);
    }
    assertThat(Files.readString(PAGE)).isEqualTo(right);
  }

  @Test
  void schemaSaysWhatTheCodeSays() throws IOException {
    if (UPDATE) {
      Files.writeString(SCHEMA, DocumentShapes.jsonSchema());
    }
    assertThat(Files.readString(SCHEMA)).isEqualTo(DocumentShapes.jsonSchema());
  }

  static List<String> examples() throws IOException {
    return EXAMPLE.matcher(Files.readString(PAGE)).results().map(found -> found.group(1)).toList();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleLoadsWithoutAWarning(String example) throws IOException {
    MapSource source =
        MapSource.of("example.yaml", example)
            .with("gambling.txt", "bets.example\n")
            .with(
                "company-roots.pem",
                Files.readAllBytes(Path.of("src/test/resources/certificates/two-roots.pem")));
    if (!example.contains("kind: Policy")) {
      source.with(
          "policy.yaml",
          """
          apiVersion: menura.dev/v1
          kind: Policy
          metadata: {name: x}
          spec: {rules: [{name: rest, when: true, then: allow}]}
          """);
    }
    assertThat(said(source)).isEmpty();
  }

  private static String said(MapSource source) {
    try {
      PolicyLoader loader = new PolicyLoader(Set.of("credit-card"));
      return IssueFormat.text(loader.load(source).warnings());
    } catch (PolicyException e) {
      return IssueFormat.text(e.issues());
    }
  }
}

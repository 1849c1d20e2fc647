package dev.menura.policy.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.yaml.YamlValue.Mapping;
import dev.menura.policy.yaml.YamlValue.Scalar;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each text holds the letters `Q` and `R` once; they must be found again in the file.
class ScalarIndexesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: Q b R",
        "a:    Q b R   # c",
        "a: Q\n  b\n\n  R",
        "a: 'Q''b''''R'",
        "a: 'Q\n  b\n\n  R'",
        "a: '  Q  R  '",
        "a: \"Q\\\"b\\\\R\"",
        "a: \"\\x41\\u00e4\\U0001F600Q\\n\\t \\tR\"",
        "a: \"Q \\\n    b\\\n  \\  R\"",
        "a: \"\\\n  Q\n\n  R\"",
        "a: \"x  \n \\nQ \\\n R\"",
        "a: \"Q\r\n\r\n  R\"",
        "a: |\n  Q\n   b\n\n  R\n",
        "a: |2-\n    Q\n  b\n  R\n",
        "a: |+ # c R2D2\n\n  Q\n  R\n\n",
        "a: >\n  Q\n  b\n\n    c\n  R\n",
        "a: >-\n\n\n  Q b\n  R\n",
        "a: 😀Q ü R",
        "{a: Q b R}",
        "- &x Q b R",
        "- !!str Q b R",
        "a: ? Q\n  : R"
      })
  void everyCharacterIsFoundAgain(String text) {
    SourceFile file =
        SourceFile.decode("a.yaml", text.getBytes(StandardCharsets.UTF_8), new Issues())
            .orElseThrow();
    for (YamlValue document : YamlReader.read(file, new Issues())) {
      if (scalar(document) instanceof Scalar scalar) {
        String value = scalar.text();
        int q = scalar.index(value.codePointCount(0, value.indexOf('Q')));
        int r = scalar.index(value.codePointCount(0, value.indexOf('R')));
        int end = scalar.index(value.codePointCount(0, value.length()));
        assertThat(file.text()[q]).isEqualTo((int) 'Q');
        assertThat(file.text()[r]).isEqualTo((int) 'R');
        assertThat(end).isGreaterThan(r).isLessThanOrEqualTo(file.text().length);
      }
    }
  }

  private static YamlValue scalar(YamlValue value) {
    return switch (value) {
      case Mapping mapping -> scalar(mapping.entries().getFirst().value());
      case YamlValue.Sequence list -> scalar(list.items().getFirst());
      case Scalar scalar -> scalar;
    };
  }
}

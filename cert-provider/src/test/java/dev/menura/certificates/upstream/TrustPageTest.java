package dev.menura.certificates.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.path.FormRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Holds `docs/trust.md` to the code; `-Dgolden.update=true` writes its tables anew.
class TrustPageTest {
  private static final Path PAGE = Path.of("../docs/trust.md");
  private static final String FORM = "| off in `private-ca` |";
  private static final String PROBLEMS = "| problem | meaning |";

  @Test
  void listsEveryRuleThatPrivateAuthoritiesDoWithout() throws IOException {
    holds(
        FORM,
        Arrays.stream(FormRule.values())
            .map(rule -> "| `%s` | %s | %s |\n".formatted(rule.word(), rule.text(), rule.source()))
            .collect(Collectors.joining()));
  }

  @Test
  void listsEveryProblem() throws IOException {
    holds(
        PROBLEMS,
        Arrays.stream(Problem.values())
            .filter(problem -> problem != Problem.NONE)
            .map(problem -> "| `%s` | %s |\n".formatted(problem.word(), problem.meaning()))
            .collect(Collectors.joining()));
  }

  /// A table's rows are what follows its head and the line below it, up to an empty line.
  private static void holds(String head, String rows) throws IOException {
    String page = Files.readString(PAGE);
    int from = page.indexOf('\n', page.indexOf('\n', page.indexOf(head)) + 1) + 1;
    int to = page.indexOf("\n\n", from - 1) + 1;
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(PAGE, page.substring(0, from) + rows + page.substring(to));
    } else {
      assertThat(page.substring(from, to)).isEqualTo(rows);
    }
  }
}

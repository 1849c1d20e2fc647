package dev.menura.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.Issue.Severity;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IssueFormatTest {
  private static Issue issue(Severity severity, Place place, String message, String line) {
    return new Issue(severity, place, message, Optional.empty(), line);
  }

  @Test
  void showsPlaceLineCaretAndHint() {
    Issue issue =
        new Issue(
            Severity.ERROR,
            new Place("policy.yaml", 12, 11),
            "expected 'block', found 'blok'",
            Optional.of("did you mean 'block'?"),
            "    then: blok");
    assertThat(IssueFormat.text(List.of(issue)))
        .isEqualTo(
            """
            policy.yaml:12:11: error: expected 'block', found 'blok'
               12 |     then: blok
                  |           ^
                    did you mean 'block'?
            1 error; the policy was not loaded
            """);
  }

  @Test
  void countsErrorsAndWarnings() {
    Issue error = issue(Severity.ERROR, Place.of("a.yaml"), "is wrong", "");
    Issue warning = issue(Severity.WARNING, Place.of("a.yaml"), "is odd", "");
    assertThat(IssueFormat.summary(List.of(error, error, warning)))
        .isEqualTo("2 errors and 1 warning; the policy was not loaded");
    assertThat(IssueFormat.summary(List.of(warning, warning))).isEqualTo("2 warnings");
    assertThat(IssueFormat.text(List.of())).isEmpty();
  }

  @Test
  void showsFiftyIssuesAndCountsTheRest() {
    Issue error = issue(Severity.ERROR, Place.of("a.yaml"), "is wrong", "");
    assertThat(IssueFormat.text(Collections.nCopies(50, error))).doesNotContain("more");
    assertThat(IssueFormat.text(Collections.nCopies(51, error)))
        .contains("\nand 1 more\n51 errors; the policy was not loaded\n");
  }

  @Test
  void neverSendsControlCharactersToTheTerminal() {
    Issue issue =
        issue(
            Severity.ERROR,
            new Place("a\u001b[2J.yaml", 1, 3),
            "found '\u001b]0;x\u0007\u202e\n'",
            "\ta\u001b[31mb");
    String text = IssueFormat.text(List.of(issue));
    assertThat(text.replace("\n", "")).matches("[\\x20-\\x7e]*");
    assertThat(text.lines()).contains("   1 |  a?[31mb");
  }

  @Test
  void caretStaysUnderItsCharacterInALongLine() {
    String line = "x".repeat(500) + "!" + "y".repeat(500);
    String text =
        IssueFormat.text(List.of(issue(Severity.ERROR, new Place("a.yaml", 7, 501), "bad", line)));
    List<String> lines = text.lines().toList();
    assertThat(lines.get(1)).hasSizeLessThan(140).startsWith("   7 | …").endsWith("…");
    assertThat(lines.get(2).indexOf('^')).isEqualTo(lines.get(1).indexOf('!'));
  }

  @Test
  void jsonEscapesWhatItQuotes() {
    Issue issue =
        new Issue(
            Severity.WARNING,
            new Place("a\"b.yaml", 1, 2),
            "found '\u0001\\' and 😀",
            Optional.of("a\nb"),
            "");
    assertThat(IssueFormat.json(List.of(issue)))
        .isEqualTo(
            """
            [
              {"file": "a\\"b.yaml", "line": 1, "column": 2, "severity": "warning", "message": \
            "found '\\u0001\\\\' and \\ud83d\\ude00", "hint": "a\\u000ab"}
            ]
            """);
    assertThat(IssueFormat.json(List.of())).isEqualTo("[]\n");
  }
}

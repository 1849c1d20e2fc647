package dev.menura.policy.yaml;

import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/// Puts the YAML library's complaints into an operator's words.
final class SyntaxError {
  /// Which place a complaint is about.
  private enum At {
    /// Where the reading ended.
    PROBLEM,
    /// Where that began which has no end.
    START
  }

  /// What the library says, what we say, and how to mend it.
  ///
  /// @param hint may name the place where that began which goes wrong: `%s`
  private record Wording(String said, At at, String message, String hint) {}

  private static final String UNCLOSED = "the quoted text that starts here has no end";

  private static final List<Wording> WORDINGS =
      List.of(
          problem(
              "mapping values are not allowed here",
              "expected no second ':' in this value",
              "put the value in quotes, or check the indentation"),
          problem(
              "found character '\\t(TAB)'", "expected spaces, found a tab", "indent with spaces"),
          problem("found a tab character", "expected spaces, found a tab", "indent with spaces"),
          problem(
              "could not find expected ':'",
              "expected ':' after the key",
              "write 'key: value', or check the indentation"),
          problem(
              "expected <block end>",
              "expected another key or list item at the same indentation, or the end of the block",
              "check the indentation; a value that starts with a quote ends with it"),
          problem(
              "expected ',' or ']'", "expected ',' or ']'", "the list that starts at %s goes on"),
          problem(
              "expected ',' or '}'",
              "expected ',' or '}'",
              "the mapping that starts at %s goes on"),
          start(
              "found unexpected end of stream",
              "expected a closing quote, found the end of the file",
              UNCLOSED),
          start(
              "found unexpected document separator",
              "expected a closing quote, found '---' or '...'",
              UNCLOSED),
          problem(
              "found unknown escape character",
              "expected an escape that YAML knows behind '\\'",
              "write the text in single quotes, where '\\' means itself"),
          problem(
              "found character '@'",
              "expected a value, found '@'",
              "put the value in quotes: '@' is reserved in YAML"),
          problem(
              "found character '`'",
              "expected a value, found '`'",
              "put the value in quotes: '`' is reserved in YAML"),
          problem(
              "found character '%'",
              "expected a value, found '%'", "put the value in quotes: '%%' is reserved in YAML"),
          problem(
              "found undefined tag handle", "expected a value without '!'", "put it in quotes"));

  private SyntaxError() {}

  static void report(SourceFile file, MarkedYamlEngineException e, Issues issues) {
    int problem = index(file, e.getProblemMark().or(e::getContextMark));
    int start = index(file, e.getContextMark().or(e::getProblemMark));
    for (Wording wording : WORDINGS) {
      if (e.getProblem().startsWith(wording.said)) {
        int index = wording.at == At.START ? start : problem;
        String hint = String.format(wording.hint, file.place(start));
        issues.error(file, index, wording.message, Optional.of(hint));
        return;
      }
    }
    issues.error(file, problem, plain(e.getProblem()));
  }

  private static int index(SourceFile file, Optional<Mark> mark) {
    return Math.min(mark.map(Mark::getIndex).orElse(0), file.text().length);
  }

  private static String plain(String problem) {
    String said =
        problem
            .replace("the node content, but found", "a value, found")
            .replace(", but found", ", found")
            .replace("'<stream end>'", "the end of the file")
            .replace("'<document start>'", "'---'")
            .replace("'<document end>'", "'...'")
            .replaceAll("'?<([a-z ]+)>'?", "$1");
    return said.startsWith("expected") ? said : "expected YAML: " + said;
  }

  private static Wording problem(String said, String message, String hint) {
    return new Wording(said, At.PROBLEM, message, hint);
  }

  private static Wording start(String said, String message, String hint) {
    return new Wording(said, At.START, message, hint);
  }
}

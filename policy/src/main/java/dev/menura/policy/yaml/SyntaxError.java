package dev.menura.policy.yaml;

import java.util.List;
import java.util.Optional;

/// Puts the YAML library's complaints into an operator's words.
final class SyntaxError {
  /// What the library says, what we say, and how to mend it.
  private record Wording(String said, String message, String hint) {}

  private static final List<Wording> WORDINGS =
      List.of(
          new Wording(
              "mapping values are not allowed here",
              "expected no second ':' in this value",
              "put the value in quotes, or check the indentation"),
          new Wording(
              "found character '\\t(TAB)'", "expected spaces, found a tab", "indent with spaces"),
          new Wording(
              "found a tab character", "expected spaces, found a tab", "indent with spaces"),
          new Wording(
              "could not find expected ':'",
              "expected ':' after the key",
              "write 'key: value', or check the indentation"),
          new Wording(
              "expected <block end>",
              "expected another key or list item at the same indentation, or the end of the block",
              "check the indentation and the quotes"),
          new Wording(
              "expected ',' or ']'",
              "expected ',' or ']'",
              "the list that starts with '[' goes on"),
          new Wording(
              "expected ',' or '}'",
              "expected ',' or '}'",
              "the mapping that starts with '{' goes on"),
          new Wording(
              "found unexpected end of stream",
              "expected a closing quote, found the end of the file",
              "the quoted text has no end"),
          new Wording(
              "found unexpected document separator",
              "expected a closing quote, found '---' or '...'",
              "the quoted text has no end"),
          new Wording(
              "found unknown escape character",
              "expected an escape that YAML knows behind '\\'",
              "write the text in single quotes, where '\\' means itself"),
          new Wording(
              "found character '@'",
              "expected a value, found '@'",
              "put the value in quotes: '@' is reserved in YAML"),
          new Wording(
              "found character '`'",
              "expected a value, found '`'",
              "put the value in quotes: '`' is reserved in YAML"),
          new Wording(
              "found character '%'",
              "expected a value, found '%'", "put the value in quotes: '%' is reserved in YAML"),
          new Wording(
              "found undefined tag handle", "expected a value without '!'", "put it in quotes"));

  private SyntaxError() {}

  static void report(SourceFile file, int index, String problem, Issues issues) {
    for (Wording wording : WORDINGS) {
      if (problem.startsWith(wording.said)) {
        issues.error(file, index, wording.message, Optional.of(wording.hint));
        return;
      }
    }
    issues.error(file, index, "expected YAML: " + plain(problem));
  }

  private static String plain(String problem) {
    return problem
        .replace("expected the node content, but found", "a value is missing before")
        .replace("'<document start>'", "'---'")
        .replaceAll("'?<([a-z ]+)>'?", "$1");
  }
}

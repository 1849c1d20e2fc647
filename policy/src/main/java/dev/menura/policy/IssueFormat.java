package dev.menura.policy;

import dev.menura.policy.text.Json;
import java.util.List;

/// The one shape in which issues are shown, to people and to tools.
public final class IssueFormat {
  /// How many issues are shown to a person; the rest are counted.
  public static final int SHOWN_MAX = 50;

  private static final int LINE_MAX = 120;

  private IssueFormat() {}

  /// The issues as text, each with its place, its source line and a caret, and a last line that
  /// counts them. Empty where there are none.
  public static String text(List<Issue> issues) {
    StringBuilder out = new StringBuilder();
    issues.stream().limit(SHOWN_MAX).forEach(issue -> append(out, issue));
    if (issues.size() > SHOWN_MAX) {
      out.append("and ").append(issues.size() - SHOWN_MAX).append(" more\n");
    }
    if (!issues.isEmpty()) {
      out.append(summary(issues)).append('\n');
    }
    return out.toString();
  }

  /// The issues as a JSON array of objects with `file`, `line`, `column`, `severity`, `message`
  /// and, where there is one, `hint`.
  public static String json(List<Issue> issues) {
    StringBuilder out = new StringBuilder("[");
    for (Issue issue : issues) {
      out.append(out.length() == 1 ? "\n" : ",\n");
      out.append("  {\"file\": ").append(Json.quoted(issue.place().file()));
      out.append(", \"line\": ").append(issue.place().line());
      out.append(", \"column\": ").append(issue.place().column());
      out.append(", \"severity\": ").append(Json.quoted(word(issue.severity())));
      out.append(", \"message\": ").append(Json.quoted(issue.message()));
      issue.hint().ifPresent(hint -> out.append(", \"hint\": ").append(Json.quoted(hint)));
      out.append('}');
    }
    return out.append(issues.isEmpty() ? "]\n" : "\n]\n").toString();
  }

  /// How many errors and warnings there are, and whether the policy was loaded.
  static String summary(List<Issue> issues) {
    long errors = issues.stream().filter(Issue::isError).count();
    long warnings = issues.size() - errors;
    String count =
        errors == 0
            ? counted(warnings, "warning")
            : warnings == 0
                ? counted(errors, "error")
                : counted(errors, "error") + " and " + counted(warnings, "warning");
    return errors == 0 ? count : count + "; the policy was not loaded";
  }

  private static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private static String word(Issue.Severity severity) {
    return switch (severity) {
      case ERROR -> "error";
      case WARNING -> "warning";
    };
  }

  private static void append(StringBuilder out, Issue issue) {
    out.append(clean(issue.place().toString())).append(": ").append(word(issue.severity()));
    out.append(": ").append(clean(issue.message())).append('\n');
    String margin = "";
    if (issue.place().line() > 0 && !issue.sourceLine().isBlank()) {
      String number = Integer.toString(issue.place().line());
      margin = " ".repeat(number.length());
      appendSource(out, number, issue);
    }
    String indent = "   " + margin + "   ";
    issue.hint().ifPresent(hint -> out.append(indent).append(clean(hint)).append('\n'));
  }

  private static void appendSource(StringBuilder out, String number, Issue issue) {
    int[] line = clean(issue.sourceLine()).codePoints().toArray();
    int caret = Math.min(Math.max(issue.place().column() - 1, 0), line.length);
    int start = caret < LINE_MAX - 20 ? 0 : caret - LINE_MAX / 2;
    int end = Math.min(line.length, start + LINE_MAX);
    String shown = new String(line, start, end - start).stripTrailing();
    String before = start > 0 ? "…" : "";
    out.append("   ").append(number).append(" | ").append(before).append(shown);
    out.append(end < line.length ? "…" : "").append('\n');
    out.append("   ").append(" ".repeat(number.length())).append(" | ");
    out.append(" ".repeat(before.length() + caret - start)).append("^\n");
  }

  /// Text without control characters, so that a file cannot steer the terminal.
  private static String clean(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c == '\t' || c == '\n' ? ' ' : c)
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
        .forEach(out::appendCodePoint);
    return out.toString();
  }
}

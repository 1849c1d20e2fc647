package dev.menura.policy.yaml;

import dev.menura.policy.Issue;
import dev.menura.policy.Issue.Severity;
import dev.menura.policy.Place;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The issues found so far. What is found twice at one place, as in a value that an alias repeats,
/// is kept once.
public final class Issues {
  /// How many issues are kept; a file with more is hardly a policy.
  private static final int KEPT_MAX = 10_000;

  private final Set<Issue> issues = new LinkedHashSet<>();

  /// Reports an error in a file as a whole.
  public void error(String file, String message) {
    add(new Issue(Severity.ERROR, Place.of(file), message, Optional.empty(), ""));
  }

  /// Reports an error at a character of a file.
  public void error(SourceFile file, int index, String message) {
    error(file, index, message, Optional.empty());
  }

  public void error(SourceFile file, int index, String message, Optional<String> hint) {
    add(Severity.ERROR, file, index, message, hint);
  }

  /// Reports an error in a file whose lines are not to be shown.
  public void hiddenError(SourceFile file, int index, String message) {
    add(new Issue(Severity.ERROR, file.place(index), message, Optional.empty(), ""));
  }

  /// Reports a doubt about a file whose lines are not to be shown.
  public void hiddenWarning(SourceFile file, int index, String message) {
    add(new Issue(Severity.WARNING, file.place(index), message, Optional.empty(), ""));
  }

  public void error(YamlValue value, String message) {
    error(value.file(), value.start(), message);
  }

  public void error(YamlValue value, String message, Optional<String> hint) {
    error(value.file(), value.start(), message, hint);
  }

  /// Reports that a value is not what was expected.
  public void expected(YamlValue value, String expected) {
    error(value, "expected " + expected + ", found " + value.described());
  }

  public void warning(SourceFile file, int index, String message, Optional<String> hint) {
    add(Severity.WARNING, file, index, message, hint);
  }

  public void warning(YamlValue value, String message) {
    warning(value.file(), value.start(), message, Optional.empty());
  }

  public boolean hasErrors() {
    return issues.stream().anyMatch(Issue::isError);
  }

  /// The issues in the order of their places.
  public List<Issue> sorted() {
    return issues.stream().sorted(Comparator.comparing(Issue::place)).toList();
  }

  private void add(
      Severity severity, SourceFile file, int index, String message, Optional<String> hint) {
    Place place = file.place(index);
    add(new Issue(severity, place, message, hint, file.line(place.line())));
  }

  private void add(Issue issue) {
    if (issues.size() < KEPT_MAX) {
      issues.add(issue);
    }
  }
}

package dev.menura.policy.cel;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;

/// What a condition mentions, gathered while it is walked.
///
/// Each count and pattern gets a name of its own, under which CEL sees it as a variable.
final class Inputs {
  private static final String EXACT = "_exact_";

  private static final String COMPARED = "_compared_";
  private static final String PATTERN = "_pattern_";

  private final List<Variable> variables = new ArrayList<>();
  private final List<Count> counts = new ArrayList<>();
  private final List<Pattern> patterns = new ArrayList<>();
  private final List<Mention> mentions = new ArrayList<>();
  private final List<Mention> headersRead = new ArrayList<>();
  private final List<Mention> headersTested = new ArrayList<>();

  void add(Variable variable) {
    if (!variables.contains(variable)) {
      variables.add(variable);
    }
  }

  void add(Mention mention) {
    mentions.add(mention);
  }

  /// /// @param test whether the header is only looked for
  void addHeader(Mention header, boolean test) {
    (test ? headersTested : headersRead).add(header);
  }

  /// The headers that are read and never looked for first.
  List<Mention> untested() {
    return headersRead.stream()
        .filter(read -> headersTested.stream().noneMatch(test -> same(read, test)))
        .toList();
  }

  private static boolean same(Mention one, Mention other) {
    return one.variable() == other.variable() && one.text().equals(other.text());
  }

  /// The name of a count in the rewritten expression.
  String add(Count count) {
    if (!counts.contains(count)) {
      counts.add(count);
    }
    return name(count, counts.indexOf(count));
  }

  /// The name of a pattern in the rewritten expression.
  String add(Pattern pattern) {
    patterns.add(pattern);
    return pattern(patterns.size() - 1);
  }

  List<Pattern> patterns() {
    return patterns;
  }

  List<Variable> variables() {
    return variables;
  }

  List<Count> counts() {
    return counts;
  }

  List<Mention> mentions() {
    return mentions;
  }

  static String name(Count count, int number) {
    return switch (count) {
      case Count.Exact _ -> exact(number);
      case Count.Compared _ -> compared(number);
    };
  }

  static String exact(int number) {
    return EXACT + number;
  }

  static String pattern(int number) {
    return PATTERN + number;
  }

  static String compared(int number) {
    return COMPARED + number;
  }
}

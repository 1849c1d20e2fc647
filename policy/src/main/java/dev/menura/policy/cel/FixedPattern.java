package dev.menura.policy.cel;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.regex.MatchResult;

/// Compiles the regular expressions of conditions. RE2 takes time in proportion to the text,
/// whatever the text is.
final class FixedPattern {

  /// What the numbers in braces may come to when multiplied, so that compiling stays small too.
  private static final long REPEATS_MAX = 100_000;

  private static final java.util.regex.Pattern REPEAT =
      java.util.regex.Pattern.compile("\\{([0-9]{1,4})(?:,([0-9]{0,4}))?\\}");

  private FixedPattern() {}

  /// What came of a pattern.
  sealed interface Result {
    record Compiled(Pattern pattern) implements Result {}

    record Wrong(String message) implements Result {}
  }

  static Result compile(String text) {
    Result tooLarge = new Result.Wrong("expected a smaller regular expression");
    if (repeats(text) > REPEATS_MAX) {
      return tooLarge;
    }
    try {
      Pattern pattern = Pattern.compile(text);
      return pattern.programSize() > ConditionLimits.PROGRAM_MAX
          ? tooLarge
          : new Result.Compiled(pattern);
    } catch (PatternSyntaxException e) {
      return new Result.Wrong("expected a regular expression (RE2), found " + e.getDescription());
    }
  }

  private static long repeats(String text) {
    long product = 1;
    for (MatchResult repeat : REPEAT.matcher(text).results().toList()) {
      long least = Long.parseLong(repeat.group(1));
      String most = repeat.group(2);
      long times = most == null || most.isEmpty() ? least : Math.max(least, Long.parseLong(most));
      product = Math.min(product * Math.max(1, times), REPEATS_MAX + 1);
    }
    return product;
  }
}

package dev.menura.policy.cel;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// The bounds of a condition.
public final class ConditionLimits {
  /// How long an expression may be, in characters.
  static final int EXPRESSION_MAX = 16_384;

  /// How deeply an expression may be nested.
  static final int DEPTH_MAX = 64;

  /// How many steps the macros (`exists`, `all`, …) of one evaluation may take.
  static final int ITERATIONS_MAX = 10_000;

  /// How many different counts a condition may have.
  static final int COUNTS_MAX = 24;

  /// How many regular expressions a condition may have.
  static final int PATTERNS_MAX = 24;

  /// How large a compiled regular expression may be, in RE2's instructions.
  static final int PROGRAM_MAX = 10_000;

  /// All of them with what they bound.
  public static final Map<String, Integer> ALL = all();

  private ConditionLimits() {}

  private static Map<String, Integer> all() {
    Map<String, Integer> all = new LinkedHashMap<>();
    all.put("characters of a condition", EXPRESSION_MAX);
    all.put("levels of a condition", DEPTH_MAX);
    all.put("steps of the macros in one evaluation", ITERATIONS_MAX);
    all.put("different counts in a condition", COUNTS_MAX);
    all.put("regular expressions in a condition", PATTERNS_MAX);
    all.put("size of a regular expression, in instructions", PROGRAM_MAX);
    return Collections.unmodifiableMap(all);
  }
}

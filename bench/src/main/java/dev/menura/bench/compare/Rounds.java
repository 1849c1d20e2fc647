package dev.menura.bench.compare;

import java.time.Duration;

/// How often and how long each case is measured.
///
/// @param count how many rounds there are
/// @param length how long a case is measured in a round
/// @param warm how long it is run before that
/// @param warming how long each contender that compiles while it runs is used before the first
///   round, in each kind of load
record Rounds(int count, Duration length, Duration warm, Duration warming) {
  private static final Duration QUICK_BUDGET = Duration.ofSeconds(250);
  private static final Duration QUICK_WARM = Duration.ofMillis(300);

  /// What all that comes after the rounds takes in a quick run.
  private static final Duration BESIDES = Duration.ofSeconds(220);

  /// What a run of the load program takes besides.
  private static final Duration AROUND = Duration.ofMillis(150);

  /// The ordinary run.
  static Rounds full() {
    return new Rounds(5, Duration.ofSeconds(4), Duration.ofSeconds(1), Duration.ofSeconds(5));
  }

  /// A run that ends within ten minutes, whatever takes part in it.
  ///
  /// @param cells how many pairs of case and contender there are
  static Rounds quick(int cells) {
    int count = 3;
    var each = QUICK_BUDGET.dividedBy(Math.max(1, (long) cells * count));
    long millis = each.minus(QUICK_WARM).minus(AROUND).toMillis();
    return new Rounds(
        count, Duration.ofMillis(Math.clamp(millis, 700, 3000)), QUICK_WARM, Duration.ofSeconds(2));
  }

  /// What must be left for another round, and for all that comes after the rounds.
  ///
  /// @param cells how many pairs of case and contender there are
  Duration after(int cells) {
    return length.plus(warm).plus(AROUND).multipliedBy(cells).plus(BESIDES);
  }
}

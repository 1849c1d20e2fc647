package dev.menura.certificates.path;

import java.time.Duration;

/// How much work one chain may cause. Not for use by several threads.
public final class Budget {
  private int signatures;
  private int comparisons;
  private int steps;
  private final long endNanos;

  /// The bounds, and what is told where one is met.
  ///
  /// @param signatures how many signatures may be checked that are not remembered
  /// @param comparisons how many pairs of names and constraints may be compared
  /// @param steps how many certificates may be tried as the issuer of another one
  /// @param time for all of it
  /// @param depth how many certificates may stand between the leaf and the anchor, those that name
  ///   themselves as issuer not counted
  public record Limits(int signatures, int comparisons, int steps, Duration time, int depth) {
    public static final Limits DEFAULT = new Limits(200, 100_000, 5_000, Duration.ofSeconds(1), 16);
  }

  /// There is nothing left.
  static final class Spent extends Exception {
    Spent(String what) {
      super(what, null, false, false);
    }
  }

  Budget(Limits limits) {
    this.signatures = limits.signatures();
    this.comparisons = limits.comparisons();
    this.steps = limits.steps();
    this.endNanos = System.nanoTime() + limits.time().toNanos();
  }

  void sign() throws Spent {
    if (--signatures < 0) {
      throw new Spent("too many signatures");
    }
    step();
  }

  void compare() throws Spent {
    if (--comparisons < 0) {
      throw new Spent("too many names and name constraints");
    }
  }

  void step() throws Spent {
    if (--steps < 0) {
      throw new Spent("too many possible issuers");
    }
    if (System.nanoTime() - endNanos > 0) {
      throw new Spent("too much time");
    }
  }
}

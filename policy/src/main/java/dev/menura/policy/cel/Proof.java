package dev.menura.policy.cel;

import dev.menura.policy.Formula;
import dev.menura.policy.Formula.Constant;

/// What suffices to know that a condition is true, and that it is false. Where neither holds, the
/// condition has to be asked.
public record Proof(Formula holds, Formula fails) {
  static final Proof NONE = new Proof(Constant.FALSE, Constant.FALSE);

  static Proof constant(boolean value) {
    return value
        ? new Proof(Constant.TRUE, Constant.FALSE)
        : new Proof(Constant.FALSE, Constant.TRUE);
  }

  Proof not() {
    return new Proof(/* holds= */ fails, /* fails= */ holds);
  }

  Proof and(Proof other) {
    return new Proof(Formula.all(holds, other.holds), Formula.any(fails, other.fails));
  }

  Proof or(Proof other) {
    return new Proof(Formula.any(holds, other.holds), Formula.all(fails, other.fails));
  }

  /// One of two, as this is true or false. Where this has no value, neither counts.
  Proof choose(Proof then, Proof otherwise) {
    return new Proof(
        Formula.any(Formula.all(holds, then.holds), Formula.all(fails, otherwise.holds)),
        Formula.any(Formula.all(holds, then.fails), Formula.all(fails, otherwise.fails)));
  }
}

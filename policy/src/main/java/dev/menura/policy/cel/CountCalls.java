package dev.menura.policy.cel;

import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableCall;
import dev.menura.policy.text.Words;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Recognises counts of findings, and their comparisons with fixed numbers.
final class CountCalls {
  private static final Map<String, Count.Operator> COMPARISONS =
      Map.of(
          "_>=_", Count.Operator.AT_LEAST,
          "_>_", Count.Operator.MORE,
          "_<=_", Count.Operator.AT_MOST,
          "_<_", Count.Operator.LESS,
          "_==_", Count.Operator.EQUAL,
          "_!=_", Count.Operator.NOT_EQUAL);

  private final Set<String> kinds;
  private final Problems problems;

  CountCalls(Set<String> kinds, Problems problems) {
    this.kinds = kinds;
    this.problems = problems;
  }

  static boolean isCount(CelMutableExpr expr) {
    return expr.getKind() == Kind.CALL
        && expr.call().function().equals("count")
        && expr.call().target().isPresent();
  }

  /// Whether a call compares a count with a fixed number.
  static boolean isComparison(CelMutableCall call) {
    if (!COMPARISONS.containsKey(call.function()) || call.args().size() != 2) {
      return false;
    }
    CelMutableExpr left = call.args().get(0);
    CelMutableExpr right = call.args().get(1);
    return (isCount(left) && Expressions.isInt(right))
        || (Expressions.isInt(left) && isCount(right));
  }

  /// What a comparison asks; nothing where its count is wrong, which has then been reported.
  Optional<Count.Compared> compared(CelMutableCall call, Set<String> locals) {
    boolean countFirst = isCount(call.args().get(0));
    CelMutableExpr count = call.args().get(countFirst ? 0 : 1);
    long number = call.args().get(countFirst ? 1 : 0).constant().int64Value();
    Count.Operator given = COMPARISONS.getOrDefault(call.function(), Count.Operator.EQUAL);
    Count.Operator operator = countFirst ? given : given.mirrored();
    return exact(count, locals)
        .map(exact -> new Count.Compared(exact.body(), exact.kind(), operator, number));
  }

  /// The count that `body.count('kind')` stands for; nothing where it is wrong, which has then been
  /// reported.
  Optional<Count.Exact> exact(CelMutableExpr expr, Set<String> locals) {
    CelMutableCall call = expr.call();
    CelMutableExpr target = call.target().orElseThrow();
    Optional<Variable> body =
        Expressions.variable(target, locals)
            .filter(variable -> variable.kind() == Variable.Kind.BODY);
    if (body.isEmpty()) {
      problems.add(target, "expected 'request.body' or 'response.body' in front of '.count'");
      return Optional.empty();
    }
    List<String> known = kinds.stream().sorted().toList();
    Optional<String> kind =
        call.args().size() == 1 ? Expressions.text(call.args().get(0)) : Optional.empty();
    if (kind.isEmpty()) {
      CelMutableExpr at = call.args().isEmpty() ? target : call.args().get(0);
      problems.add(at, "expected one kind of finding in quotes: " + Words.quotedChoice(known));
      return Optional.empty();
    }
    if (!kinds.contains(kind.get())) {
      problems.add(
          call.args().get(0),
          "expected " + Words.quotedChoice(known) + ", found the kind '" + kind.get() + "'",
          Words.didYouMean(kind.get(), known));
      return Optional.empty();
    }
    return Optional.of(new Count.Exact(body.get().phase(), kind.get()));
  }
}

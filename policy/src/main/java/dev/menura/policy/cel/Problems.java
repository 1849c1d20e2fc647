package dev.menura.policy.cel;

import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is wrong with an expression, and where in its text.
final class Problems {
  private final Map<Long, Integer> positions;
  private final List<Problem> problems = new ArrayList<>();

  /// @param positions where CEL places each expression, by its id
  Problems(Map<Long, Integer> positions) {
    this.positions = positions;
  }

  List<Problem> all() {
    return problems;
  }

  void add(CelMutableExpr at, String message) {
    add(at, message, Optional.empty());
  }

  void add(CelMutableExpr at, String message, Optional<String> hint) {
    problems.add(new Problem(start(at), message, hint));
  }

  /// Where an expression starts. CEL gives the place of an operator, so the leftmost part counts.
  int start(CelMutableExpr expr) {
    if (expr.getKind() == Kind.SELECT) {
      return start(expr.select().operand());
    }
    if (expr.getKind() == Kind.CALL) {
      CelMutableCall call = expr.call();
      if (call.target().isPresent()) {
        return start(call.target().get());
      }
      boolean infix = call.function().startsWith("_") || call.function().equals("@in");
      if (infix && !call.args().isEmpty()) {
        return start(call.args().getFirst());
      }
    }
    return positions.getOrDefault(expr.id(), 0);
  }
}

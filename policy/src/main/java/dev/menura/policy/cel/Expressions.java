package dev.menura.policy.cel;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableIdent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Questions to parsed expressions.
final class Expressions {
  private Expressions() {}

  /// The names of `a.b.c`, empty where the expression is something else or starts at a local name.
  static List<String> path(CelMutableExpr expr, Set<String> locals) {
    List<String> path = new ArrayList<>();
    CelMutableExpr at = expr;
    while (at.getKind() == Kind.SELECT) {
      path.addFirst(at.select().field());
      at = at.select().operand();
    }
    if (at.getKind() != Kind.IDENT || locals.contains(at.ident().name())) {
      return List.of();
    }
    path.addFirst(at.ident().name());
    return path;
  }

  static Optional<String> text(CelMutableExpr expr) {
    return expr.getKind() == Kind.CONSTANT
            && expr.constant().getKind() == CelConstant.Kind.STRING_VALUE
        ? Optional.of(expr.constant().stringValue())
        : Optional.empty();
  }

  static boolean isInt(CelMutableExpr expr) {
    return expr.getKind() == Kind.CONSTANT
        && expr.constant().getKind() == CelConstant.Kind.INT64_VALUE;
  }

  static void replace(CelMutableExpr expr, String name) {
    expr.setIdent(CelMutableIdent.create(name));
  }

  /// The variable that `a.b.c` names as a whole.
  static Optional<Variable> variable(CelMutableExpr expr, Set<String> locals) {
    return Variable.named(String.join(".", path(expr, locals)));
  }
}

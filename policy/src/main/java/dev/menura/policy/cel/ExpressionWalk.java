package dev.menura.policy.cel;

import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableCall;
import dev.cel.common.ast.CelMutableExpr.CelMutableComprehension;
import dev.menura.policy.text.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Walks a parsed expression: resolves its variables, gathers its inputs, and rewrites what CEL
/// cannot know about.
///
/// A comparison of a count with a fixed number becomes one boolean input, because it can be known
/// before the body's end ([Count]). The pattern of `matches` becomes an input that is compiled
/// once; it must stand in the condition, so that no peer can send one.
final class ExpressionWalk {
  static final String MATCHES = "@matches";

  private static final Set<String> TYPE_NAMES =
      Set.of(
          "bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint");

  private final Inputs inputs = new Inputs();
  private final Problems problems;
  private final CountCalls counts;
  private final Comparisons comparisons;

  /// @param positions where CEL places each expression, by its id
  /// @param kinds the kinds of finding that can be counted
  ExpressionWalk(Map<Long, Integer> positions, Set<String> kinds) {
    this.problems = new Problems(positions);
    this.counts = new CountCalls(kinds, problems);
    this.comparisons = new Comparisons(inputs, problems);
  }

  Inputs inputs() {
    return inputs;
  }

  List<Problem> problems() {
    return problems.all();
  }

  void rewrite(CelMutableExpr expression) {
    walk(expression, Set.of());
  }

  /// @param locals the names that macros have bound here
  private void walk(CelMutableExpr expr, Set<String> locals) {
    switch (expr.getKind()) {
      case IDENT -> {
        String name = expr.ident().name();
        if (!locals.contains(name) && !TYPE_NAMES.contains(name)) {
          unknownVariable(expr, name);
        }
      }
      case SELECT -> select(expr, locals);
      case CALL -> call(expr, locals);
      case LIST -> expr.list().elements().forEach(each -> walk(each, locals));
      case MAP ->
          expr.map()
              .entries()
              .forEach(entry -> {
                walk(entry.key(), locals);
                walk(entry.value(), locals);
              });
      case STRUCT -> problems.add(expr, "expected a condition, found a message");
      case COMPREHENSION -> comprehension(expr.comprehension(), locals);
      case CONSTANT, NOT_SET -> {}
    }
  }

  private void comprehension(CelMutableComprehension macro, Set<String> locals) {
    walk(macro.iterRange(), locals);
    walk(macro.accuInit(), locals);
    if (macro.iterVar().startsWith("_")) {
      problems.add(
          macro.iterRange(),
          "expected a name that does not start with '_', found '" + macro.iterVar() + "'");
    }
    Set<String> inner = new HashSet<>(locals);
    inner.add(macro.iterVar());
    inner.add(macro.iterVar2());
    inner.add(macro.accuVar());
    walk(macro.loopCondition(), inner);
    walk(macro.loopStep(), inner);
    walk(macro.result(), inner);
  }

  private void select(CelMutableExpr expr, Set<String> locals) {
    List<String> path = Expressions.path(expr, locals);
    if (path.isEmpty()) {
      walk(expr.select().operand(), locals);
      return;
    }
    String whole = String.join(".", path);
    for (int length = path.size(); length > 0; length--) {
      Optional<Variable> variable = Variable.named(String.join(".", path.subList(0, length)));
      if (variable.isPresent()) {
        selected(expr, variable.get(), path.subList(length, path.size()));
        return;
      }
    }
    unknownVariable(expr, whole);
  }

  /// A variable, and what is selected from it.
  private void selected(CelMutableExpr expr, Variable variable, List<String> fields) {
    inputs.add(variable);
    if (variable.kind() == Variable.Kind.BODY) {
      problems.add(
          expr,
          "expected a count of findings, found '" + variable.text() + "' alone",
          Optional.of("write " + variable.text() + ".count('kind')"));
    } else if (!fields.isEmpty() && variable.kind() != Variable.Kind.MAP) {
      String whole = variable.text() + "." + String.join(".", fields);
      problems.add(
          expr,
          "expected a variable, found '" + whole + "'; '" + variable.text() + "' has no parts",
          similar(whole));
    } else if (fields.isEmpty() && expr.select().testOnly()) {
      problems.add(expr, "expected has() of a header, as has(request.headers.cookie)");
    } else if (!fields.isEmpty()) {
      comparisons.header(expr, variable, fields.getFirst(), expr.select().testOnly());
    }
  }

  private void call(CelMutableExpr expr, Set<String> locals) {
    CelMutableCall call = expr.call();
    if (CountCalls.isCount(expr)) {
      counts.exact(expr, locals).ifPresent(count -> replace(expr, count));
      return;
    }
    if (CountCalls.isComparison(call)) {
      counts.compared(call, locals).ifPresent(count -> replace(expr, count));
      return;
    }
    call.target().ifPresent(target -> walk(target, locals));
    call.args().forEach(arg -> walk(arg, locals));
    if (call.function().equals("matches")) {
      matches(expr);
    } else {
      comparisons.note(call, locals);
    }
  }

  private void replace(CelMutableExpr expr, Count count) {
    if (inputs.counts().size() == ConditionLimits.COUNTS_MAX && !inputs.counts().contains(count)) {
      problems.add(
          expr,
          "expected at most " + ConditionLimits.COUNTS_MAX + " different counts in a condition");
      return;
    }
    Expressions.replace(expr, inputs.add(count));
  }

  private void matches(CelMutableExpr expr) {
    CelMutableCall call = expr.call();
    List<CelMutableExpr> all = new ArrayList<>();
    call.target().ifPresent(all::add);
    all.addAll(call.args());
    if (all.size() != 2) {
      return; // the type checker says so
    }
    Optional<String> pattern = Expressions.text(all.get(1));
    if (pattern.isEmpty()) {
      problems.add(all.get(1), "expected a regular expression in quotes");
      return;
    }
    if (inputs.patterns().size() == ConditionLimits.PATTERNS_MAX) {
      problems.add(
          expr,
          "expected at most "
              + ConditionLimits.PATTERNS_MAX
              + " regular expressions in a condition");
      return;
    }
    switch (FixedPattern.compile(pattern.get())) {
      case FixedPattern.Result.Compiled compiled -> {
        Expressions.replace(all.get(1), inputs.add(compiled.pattern()));
        expr.setCall(CelMutableCall.create(MATCHES, all));
      }
      case FixedPattern.Result.Wrong wrong -> problems.add(all.get(1), wrong.message());
    }
  }

  private void unknownVariable(CelMutableExpr expr, String name) {
    problems.add(
        expr,
        "expected a variable, found the unknown name '" + name + "'",
        similar(name).or(() -> Optional.of("text stands in quotes: '" + name + "'")));
  }

  private static Optional<String> similar(String name) {
    List<String> names = Arrays.stream(Variable.values()).map(Variable::text).toList();
    return Words.didYouMean(name, names)
        .or(() -> {
          String root = name.contains(".") ? name.substring(0, name.indexOf('.') + 1) : name;
          List<String> same = names.stream().filter(each -> each.startsWith(root)).toList();
          return same.isEmpty()
              ? Optional.empty()
              : Optional.of("there are " + Words.quotedAll(same));
        });
  }
}

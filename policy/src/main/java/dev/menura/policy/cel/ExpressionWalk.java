package dev.menura.policy.cel;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableCall;
import dev.cel.common.ast.CelMutableExpr.CelMutableComprehension;
import dev.cel.common.ast.CelMutableExpr.CelMutableIdent;
import dev.menura.policy.text.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
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

  private static final Map<String, Count.Operator> COMPARISONS =
      Map.of(
          "_>=_", Count.Operator.AT_LEAST,
          "_>_", Count.Operator.MORE,
          "_<=_", Count.Operator.AT_MOST,
          "_<_", Count.Operator.LESS,
          "_==_", Count.Operator.EQUAL,
          "_!=_", Count.Operator.NOT_EQUAL);

  private final Map<Long, Integer> positions;
  private final Set<String> kinds;

  private final Inputs inputs = new Inputs();
  private final List<Problem> problems = new ArrayList<>();

  ExpressionWalk(Map<Long, Integer> positions, Set<String> kinds) {
    this.positions = positions;
    this.kinds = kinds;
  }

  Inputs inputs() {
    return inputs;
  }

  List<Problem> problems() {
    return problems;
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
      case STRUCT -> problem(expr, "expected a condition, found a message");
      case COMPREHENSION -> comprehension(expr.comprehension(), locals);
      case CONSTANT, NOT_SET -> {}
    }
  }

  private void comprehension(CelMutableComprehension macro, Set<String> locals) {
    walk(macro.iterRange(), locals);
    walk(macro.accuInit(), locals);
    Set<String> inner = new HashSet<>(locals);
    inner.add(macro.iterVar());
    inner.add(macro.iterVar2());
    inner.add(macro.accuVar());
    walk(macro.loopCondition(), inner);
    walk(macro.loopStep(), inner);
    walk(macro.result(), inner);
  }

  private void select(CelMutableExpr expr, Set<String> locals) {
    List<String> path = path(expr, locals);
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
      problem(
          expr,
          "expected a count of findings, found '" + variable.text() + "' alone",
          Optional.of("write " + variable.text() + ".count('kind')"));
    } else if (!fields.isEmpty() && variable.kind() != Variable.Kind.MAP) {
      String whole = variable.text() + "." + String.join(".", fields);
      problem(
          expr,
          "expected a variable, found '" + whole + "'; '" + variable.text() + "' has no parts",
          similar(whole));
    } else if (fields.isEmpty() && expr.select().testOnly()) {
      problem(expr, "expected has() of a header, as has(request.headers.cookie)");
    } else if (!fields.isEmpty()) {
      header(expr, variable, fields.getFirst(), expr.select().testOnly());
    }
  }

  private void call(CelMutableExpr expr, Set<String> locals) {
    CelMutableCall call = expr.call();
    if (isCount(call)) {
      count(expr, locals).ifPresent(exact -> replace(expr, inputs.add(exact)));
      return;
    }
    if (COMPARISONS.containsKey(call.function()) && call.args().size() == 2) {
      Optional<Count> compared = compared(call, locals);
      if (compared.isPresent()) {
        replace(expr, inputs.add(compared.get()));
        return;
      }
      if (call.args().stream().anyMatch(ExpressionWalk::isCountCall) && !problems.isEmpty()) {
        return; // what is wrong with the count has been reported
      }
    }
    call.target().ifPresent(target -> walk(target, locals));
    call.args().forEach(arg -> walk(arg, locals));
    if (call.function().equals("matches")) {
      matches(expr);
    } else {
      mentions(call, locals);
    }
  }

  private static boolean isCount(CelMutableCall call) {
    return call.function().equals("count") && call.target().isPresent();
  }

  private Optional<Count> compared(CelMutableCall call, Set<String> locals) {
    CelMutableExpr left = call.args().get(0);
    CelMutableExpr right = call.args().get(1);
    Count.Operator operator = COMPARISONS.get(call.function());
    if (operator == null) {
      return Optional.empty();
    }
    if (isCountCall(left) && isInt(right)) {
      return count(left, locals).map(exact -> compared(exact, operator, right));
    }
    if (isInt(left) && isCountCall(right)) {
      return count(right, locals).map(exact -> compared(exact, operator.mirrored(), left));
    }
    return Optional.empty();
  }

  private static Count compared(Count.Exact exact, Count.Operator operator, CelMutableExpr number) {
    return new Count.Compared(exact.body(), exact.kind(), operator, number.constant().int64Value());
  }

  private static boolean isCountCall(CelMutableExpr expr) {
    return expr.getKind() == Kind.CALL && isCount(expr.call());
  }

  private static boolean isInt(CelMutableExpr expr) {
    return expr.getKind() == Kind.CONSTANT
        && expr.constant().getKind() == CelConstant.Kind.INT64_VALUE;
  }

  private static Optional<String> text(CelMutableExpr expr) {
    return expr.getKind() == Kind.CONSTANT
            && expr.constant().getKind() == CelConstant.Kind.STRING_VALUE
        ? Optional.of(expr.constant().stringValue())
        : Optional.empty();
  }

  /// The count that `body.count('kind')` stands for.
  private Optional<Count.Exact> count(CelMutableExpr expr, Set<String> locals) {
    CelMutableCall call = expr.call();
    CelMutableExpr target = call.target().orElseThrow();
    Optional<Variable> body =
        Variable.named(String.join(".", path(target, locals)))
            .filter(variable -> variable.kind() == Variable.Kind.BODY);
    if (body.isEmpty()) {
      walk(target, locals);
      problem(target, "expected 'request.body' or 'response.body' in front of '.count'");
      return Optional.empty();
    }
    List<String> known = kinds.stream().sorted().toList();
    Optional<String> kind = call.args().size() == 1 ? text(call.args().get(0)) : Optional.empty();
    if (kind.isEmpty()) {
      CelMutableExpr at = call.args().isEmpty() ? target : call.args().get(0);
      problem(at, "expected one kind of finding in quotes: " + Words.quotedChoice(known));
      return Optional.empty();
    }
    if (!kinds.contains(kind.get())) {
      problem(
          call.args().get(0),
          "expected " + Words.quotedChoice(known) + ", found the kind '" + kind.get() + "'",
          Words.didYouMean(kind.get(), known));
      return Optional.empty();
    }
    if (inputs.counts().size() == Inputs.COUNTS_MAX) {
      problem(expr, "expected at most " + Inputs.COUNTS_MAX + " different counts in a condition");
      return Optional.empty();
    }
    return Optional.of(new Count.Exact(body.get().phase(), kind.get()));
  }

  private void matches(CelMutableExpr expr) {
    CelMutableCall call = expr.call();
    List<CelMutableExpr> all = new ArrayList<>();
    call.target().ifPresent(all::add);
    all.addAll(call.args());
    if (all.size() != 2) {
      return; // the type checker says so
    }
    Optional<String> pattern = text(all.get(1));
    if (pattern.isEmpty()) {
      problem(all.get(1), "expected a regular expression in quotes");
      return;
    }
    if (inputs.patterns().size() == Inputs.PATTERNS_MAX) {
      problem(
          expr, "expected at most " + Inputs.PATTERNS_MAX + " regular expressions in a condition");
      return;
    }
    switch (FixedPattern.compile(pattern.get())) {
      case FixedPattern.Result.Compiled compiled -> {
        replace(all.get(1), inputs.add(compiled.pattern()));
        expr.setCall(CelMutableCall.create(MATCHES, all));
      }
      case FixedPattern.Result.Wrong wrong -> problem(all.get(1), wrong.message());
    }
  }

  /// /// Notes what variables are compared with.
  private void mentions(CelMutableCall call, Set<String> locals) {
    if (call.args().size() != 2) {
      return;
    }
    CelMutableExpr left = call.args().get(0);
    CelMutableExpr right = call.args().get(1);
    switch (call.function()) {
      case "_==_", "_!=_" -> {
        mention(left, right, locals);
        mention(right, left, locals);
      }
      case "@in" -> {
        header(right, left, locals, true);
        mention(right, left, locals);
        if (right.getKind() == Kind.LIST) {
          right.list().elements().forEach(each -> mention(left, each, locals));
        }
      }
      case "_[_]" -> header(left, right, locals, false);
      default -> {}
    }
  }

  private void mention(CelMutableExpr variable, CelMutableExpr literal, Set<String> locals) {
    Optional<Variable> named = Variable.named(String.join(".", path(variable, locals)));
    Optional<String> text = text(literal);
    if (named.isEmpty() || text.isEmpty()) {
      return;
    }
    inputs.add(new Mention(named.get(), text.get(), start(literal)));
  }

  /// @param test whether the header is only looked for
  private void header(CelMutableExpr map, CelMutableExpr name, Set<String> locals, boolean test) {
    Optional<Variable> variable =
        Variable.named(String.join(".", path(map, locals)))
            .filter(named -> named.kind() == Variable.Kind.MAP);
    Optional<String> text = text(name);
    if (variable.isPresent() && text.isPresent()) {
      header(name, variable.get(), text.get(), test);
    }
  }

  /// Notes a header, and refuses names that no header can have.
  private void header(CelMutableExpr at, Variable map, String name, boolean test) {
    inputs.addHeader(new Mention(map, name, start(at)), test);
    String lower = name.toLowerCase(Locale.ROOT);
    if (!lower.equals(name)) {
      problem(
          at,
          "expected a header name in lower case, found '" + name + "'",
          Optional.of("did you mean '" + lower + "'?"));
    }
  }

  /// The names of `a.b.c`, empty where the expression is something else or starts at a local name.
  private static List<String> path(CelMutableExpr expr, Set<String> locals) {
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

  private static void replace(CelMutableExpr expr, String name) {
    expr.setIdent(CelMutableIdent.create(name));
  }

  private void unknownVariable(CelMutableExpr expr, String name) {
    problem(
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

  private void problem(CelMutableExpr at, String message) {
    problem(at, message, Optional.empty());
  }

  private void problem(CelMutableExpr at, String message, Optional<String> hint) {
    problems.add(new Problem(start(at), message, hint));
  }

  /// Where an expression starts. CEL gives the place of an operator, so the leftmost part counts.
  private int start(CelMutableExpr expr) {
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
    return position(expr);
  }

  private int position(CelMutableExpr expr) {
    return positions.getOrDefault(expr.id(), 0);
  }
}

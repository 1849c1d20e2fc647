package dev.menura.policy.cel;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableCall;
import dev.cel.common.ast.CelMutableExpr.CelMutableSelect;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Recognises expressions over a request's head that mean the same in Envoy as here, whatever bytes
/// a client sends: texts of ASCII that are compared with a part of the head, and regular
/// expressions, which are believed only where that part is ASCII too. Of a path with empty segments
/// nothing is believed, since rules are asked about it without them.
final class HeadTerms {
  /// Envoy's attribute of the same name has the same value
  /// (intro/arch_overview/advanced/attributes). Its `request.query` ends at a `#`.
  private static final Set<Variable> SAME =
      Set.of(
          Variable.REQUEST_METHOD,
          Variable.REQUEST_SCHEME,
          Variable.REQUEST_HOST,
          Variable.REQUEST_PATH,
          Variable.REQUEST_URL_PATH);

  private static final Set<Variable> PATHS =
      Set.of(Variable.REQUEST_PATH, Variable.REQUEST_URL_PATH);

  private static final String ASCII_ONLY = "^[\\x00-\\x7f]*$";

  /// What regular expressions are applied to.
  private final List<CelMutableExpr> matched = new ArrayList<>();

  private boolean path;

  private HeadTerms() {}

  /// Empty where the expression is none, or holds anything else.
  static Optional<HeadTerms> of(CelMutableExpr expr) {
    var terms = new HeadTerms();
    return terms.isTest(expr) ? Optional.of(terms) : Optional.empty();
  }

  /// An expression over the same terms, false where it could mean something else in Envoy.
  CelMutableExpr guarded(CelMutableExpr expr) {
    CelMutableExpr guarded = expr;
    for (CelMutableExpr text : matched) {
      var ascii = CelMutableExpr.ofConstant(CelConstant.ofValue(ASCII_ONLY));
      var check =
          CelMutableExpr.ofCall(
              CelMutableCall.create(CelMutableExpr.newInstance(text), "matches", ascii));
      guarded = CelMutableExpr.ofCall(CelMutableCall.create("_&&_", check, guarded));
    }
    return path
        ? CelMutableExpr.ofCall(CelMutableCall.create("_&&_", noEmptySegments(), guarded))
        : guarded;
  }

  /// False for some other paths too, as those with a URL in their query.
  private static CelMutableExpr noEmptySegments() {
    var request = CelMutableExpr.ofIdent("request");
    var whole = CelMutableExpr.ofSelect(CelMutableSelect.create(request, "path"));
    var two = CelMutableExpr.ofConstant(CelConstant.ofValue("//"));
    var found = CelMutableExpr.ofCall(CelMutableCall.create(whole, "contains", two));
    return CelMutableExpr.ofCall(CelMutableCall.create("!_", found));
  }

  private boolean isTest(CelMutableExpr expr) {
    return switch (expr.getKind()) {
      case CONSTANT -> expr.constant().getKind() == CelConstant.Kind.BOOLEAN_VALUE;
      case SELECT -> expr.select().testOnly() && isHeader(expr);
      case CALL -> isTest(expr.call());
      case IDENT, LIST, MAP, STRUCT, COMPREHENSION, NOT_SET -> false;
    };
  }

  private boolean isTest(CelMutableCall call) {
    List<CelMutableExpr> args = call.args();
    return switch (call.function()) {
      case "_&&_", "_||_", "!_", "_?_:_" -> args.stream().allMatch(this::isTest);
      case "_==_", "_!=_" ->
          (isText(args.get(0)) && isAscii(args.get(1)))
              || (isAscii(args.get(0)) && isText(args.get(1)));
      case "@in" ->
          args.get(1).getKind() == Kind.LIST
              ? isText(args.get(0))
                  && args.get(1).list().elements().stream().allMatch(HeadTerms::isAscii)
              : isHeaders(args.get(1)) && isHeaderName(args.get(0));
      case "startsWith", "endsWith", "contains" -> isOnText(call);
      case "matches" -> isOnText(call) && matched.add(call.target().orElseThrow());
      default -> false;
    };
  }

  private boolean isOnText(CelMutableCall call) {
    return call.target().filter(this::isText).isPresent()
        && call.args().size() == 1
        && isAscii(call.args().getFirst());
  }

  /// A part of the head that is a text.
  private boolean isText(CelMutableExpr expr) {
    var variable = Expressions.variable(expr, Set.of()).filter(SAME::contains);
    if (variable.isPresent()) {
      path |= PATHS.contains(variable.get());
      return true;
    }
    boolean index = expr.getKind() == Kind.CALL && expr.call().function().equals("_[_]");
    return index
        ? isHeaders(expr.call().args().get(0)) && isSameValue(expr.call().args().get(1))
        : expr.getKind() == Kind.SELECT
            && !expr.select().testOnly()
            && isHeader(expr)
            && isSameValue(expr.select().field());
  }

  private static boolean isSameValue(CelMutableExpr name) {
    return Expressions.text(name).filter(HeadTerms::isSameValue).isPresent();
  }

  /// Envoy joins the lines of cookies by a comma.
  private static boolean isSameValue(String name) {
    return isHeaderName(name) && !name.equals("cookie");
  }

  /// `request.headers.name`.
  private static boolean isHeader(CelMutableExpr expr) {
    return isHeaders(expr.select().operand()) && isHeaderName(expr.select().field());
  }

  private static boolean isHeaders(CelMutableExpr expr) {
    return Expressions.variable(expr, Set.of())
        .filter(Variable.REQUEST_HEADERS::equals)
        .isPresent();
  }

  private static boolean isHeaderName(CelMutableExpr expr) {
    return Expressions.text(expr).filter(HeadTerms::isHeaderName).isPresent();
  }

  /// Envoy takes `host` for `:authority`, and finds names in any case.
  private static boolean isHeaderName(String name) {
    return isAscii(name)
        && !name.isEmpty()
        && !name.startsWith(":")
        && !name.equals("host")
        && name.equals(name.toLowerCase(Locale.ROOT));
  }

  private static boolean isAscii(CelMutableExpr expr) {
    return Expressions.text(expr).filter(HeadTerms::isAscii).isPresent();
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(each -> each < 0x80);
  }
}

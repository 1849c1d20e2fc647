package dev.menura.policy.cel;

import dev.cel.common.CelMutableAst;
import dev.cel.common.CelMutableSource;
import dev.cel.common.CelProtoAbstractSyntaxTree;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableCall;
import dev.cel.expr.ParsedExpr;
import dev.menura.policy.Formula;
import dev.menura.policy.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Splits conditions into what is known with the connection and what a request's head tells. The
/// former become words of the note on a connection, the latter expressions for Envoy; what is
/// neither, as a count of findings, proves nothing.
public final class Prover {
  /// What is known before the first request.
  private static final Set<Phase> EARLY =
      Set.of(Phase.CONNECT, Phase.HELLO, Phase.UPSTREAM_CERTIFICATE);

  private final ConditionCompiler compiler;
  private final List<Condition> noted = new ArrayList<>();

  /// @param compiler that of the conditions
  public Prover(ConditionCompiler compiler) {
    this.compiler = compiler;
  }

  /// The conditions on connections that the proofs so far rest on. Where number `n` is true for a
  /// connection, its note holds [#yes] of `n`; where it is false, [#no].
  public List<Condition> noted() {
    return List.copyOf(noted);
  }

  public static String yes(int number) {
    return "+" + number;
  }

  public static String no(int number) {
    return "-" + number;
  }

  public Proof prove(Condition condition) {
    return prove(CelMutableAst.fromCelAst(compiler.parsed(condition.text())).expr());
  }

  private Proof prove(CelMutableExpr expr) {
    return EARLY.containsAll(compiler.phases(CelMutableExpr.newInstance(expr)))
        ? noted(compiler.compiled(CelMutableExpr.newInstance(expr)))
        : HeadTerms.of(expr).map(terms -> told(expr, terms)).orElseGet(() -> parts(expr));
  }

  private Proof parts(CelMutableExpr expr) {
    if (expr.getKind() != Kind.CALL) {
      return Proof.NONE;
    }
    CelMutableCall call = expr.call();
    return switch (call.function()) {
      case "_&&_" -> prove(call.args().get(0)).and(prove(call.args().get(1)));
      case "_||_" -> prove(call.args().get(0)).or(prove(call.args().get(1)));
      case "!_" -> prove(call.args().get(0)).not();
      case "_?_:_" ->
          prove(call.args().get(0)).choose(prove(call.args().get(1)), prove(call.args().get(2)));
      default -> Proof.NONE;
    };
  }

  private Proof noted(Condition part) {
    if (part.constant() instanceof Truth.True) {
      return Proof.constant(true);
    }
    if (part.constant() instanceof Truth.False) {
      return Proof.constant(false);
    }
    noted.add(part);
    int number = noted.size() - 1;
    return new Proof(new Formula.Noted(yes(number)), new Formula.Noted(no(number)));
  }

  private static Proof told(CelMutableExpr expr, HeadTerms terms) {
    var not = CelMutableExpr.ofCall(CelMutableCall.create("!_", CelMutableExpr.newInstance(expr)));
    return new Proof(
        new Formula.Holds(parsed(terms.guarded(CelMutableExpr.newInstance(expr)))),
        new Formula.Holds(parsed(terms.guarded(not))));
  }

  private static ParsedExpr parsed(CelMutableExpr expr) {
    number(expr, 1);
    var tree = CelMutableAst.of(expr, CelMutableSource.newInstance()).toParsedAst();
    return CelProtoAbstractSyntaxTree.fromCelAst(tree).toParsedExpr();
  }

  /// Gives each part of a head's term an id of its own, as parsers do.
  ///
  /// @return the first id that is free
  private static long number(CelMutableExpr expr, long first) {
    expr.setId(first);
    long next = first + 1;
    var parts =
        switch (expr.getKind()) {
          case SELECT -> List.of(expr.select().operand());
          case CALL ->
              Stream.concat(expr.call().target().stream(), expr.call().args().stream()).toList();
          case LIST -> expr.list().elements();
          default -> List.<CelMutableExpr>of();
        };
    for (CelMutableExpr part : parts) {
      next = number(part, next);
    }
    return next;
  }
}

package dev.menura.policy.cel;

import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableCall;
import dev.menura.policy.CertificateProblem;
import dev.menura.policy.text.Words;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Notes which fixed texts variables are compared with, and which headers are read and looked for.
final class Comparisons {
  private final Inputs inputs;
  private final Problems problems;

  Comparisons(Inputs inputs, Problems problems) {
    this.inputs = inputs;
    this.problems = problems;
  }

  /// Notes what variables are compared with.
  void note(CelMutableCall call, Set<String> locals) {
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
    Optional<Variable> named = Expressions.variable(variable, locals);
    Optional<String> text = Expressions.text(literal);
    if (named.isEmpty() || text.isEmpty()) {
      return;
    }
    inputs.add(new Mention(named.get(), text.get(), problems.start(literal)));
    if (named.get() == Variable.UPSTREAM_CERTIFICATE_PROBLEM) {
      problem(literal, text.get());
    }
  }

  /// A word that no certificate's problem ever has would make a condition that is never true.
  private void problem(CelMutableExpr at, String word) {
    if (!word.isEmpty() && CertificateProblem.of(word).isEmpty()) {
      List<String> words = CertificateProblem.words();
      problems.add(
          at,
          "expected "
              + Words.quotedChoice(words)
              + ", or '' where nothing is wrong, found '"
              + word
              + "'",
          Words.didYouMean(word, words));
    }
  }

  /// @param test whether the header is only looked for
  private void header(CelMutableExpr map, CelMutableExpr name, Set<String> locals, boolean test) {
    Optional<Variable> variable =
        Expressions.variable(map, locals).filter(named -> named.kind() == Variable.Kind.MAP);
    Optional<String> text = Expressions.text(name);
    if (variable.isPresent() && text.isPresent()) {
      header(name, variable.get(), text.get(), test);
    }
  }

  /// Notes a header, and refuses names that no header can have.
  void header(CelMutableExpr at, Variable map, String name, boolean test) {
    inputs.addHeader(new Mention(map, name, problems.start(at)), test);
    String lower = name.toLowerCase(Locale.ROOT);
    if (!lower.equals(name)) {
      problems.add(
          at,
          "expected a header name in lower case, found '" + name + "'",
          Optional.of("did you mean '" + lower + "'?"));
    }
  }
}

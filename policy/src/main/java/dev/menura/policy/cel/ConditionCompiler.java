package dev.menura.policy.cel;

import com.google.re2j.Pattern;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelIssue;
import dev.cel.common.CelMutableAst;
import dev.cel.common.CelMutableSource;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelSource;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.menura.policy.Phase;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Checks and compiles conditions.
public final class ConditionCompiler {
  private static final CelType PATTERN = OpaqueType.create("pattern");

  private static final String MATCHES_OVERLOAD = "matches_fixed_pattern";

  private static final CelOptions OPTIONS =
      CelOptions.current()
          .enableUnknownTracking(true)
          .enableHeterogeneousNumericComparisons(true)
          .maxExpressionCodePointSize(ConditionLimits.EXPRESSION_MAX)
          .maxParseRecursionDepth(ConditionLimits.DEPTH_MAX)
          .comprehensionMaxIterations(ConditionLimits.ITERATIONS_MAX)
          .build();

  private static final CelCompiler COMPILER = compiler();

  private static final CelRuntime RUNTIME =
      CelRuntimeFactory.plannerRuntimeBuilder()
          .setOptions(OPTIONS)
          .addFunctionBindings(
              CelFunctionBinding.from(
                  MATCHES_OVERLOAD,
                  String.class,
                  Pattern.class,
                  (text, pattern) -> pattern.matcher(text).find()))
          .build();

  private final Set<String> kinds;

  /// What came of an expression.
  public sealed interface Result {
    record Compiled(Condition condition) implements Result {}

    /// @param problems never empty, in the order of their places
    record Wrong(List<Problem> problems) implements Result {
      public Wrong {
        problems = List.copyOf(problems);
      }
    }
  }

  /// @param kinds the kinds of finding that can be counted
  public ConditionCompiler(Set<String> kinds) {
    this.kinds = Set.copyOf(kinds);
  }

  public Result compile(String text) {
    CelValidationResult parsed = COMPILER.parse(text);
    if (parsed.hasError()) {
      // The errors behind the first one are mostly its echoes.
      CelIssue first = parsed.getErrors().getFirst();
      return new Result.Wrong(List.of(Wordings.syntax(text, first)));
    }
    try {
      CelAbstractSyntaxTree tree = parsed.getAst();
      return compile(text, CelMutableAst.fromCelAst(tree), tree.getSource());
    } catch (CelValidationException e) {
      throw new IllegalStateException(e); // parsed without errors
    }
  }

  /// The expression of an accepted condition, as it was written.
  CelAbstractSyntaxTree parsed(String text) {
    try {
      return COMPILER.parse(text).getAst();
    } catch (CelValidationException e) {
      throw new IllegalArgumentException("expected the text of an accepted condition", e);
    }
  }

  /// The phases whose facts a part of an accepted condition mentions; it is changed.
  Set<Phase> phases(CelMutableExpr part) {
    ExpressionWalk walk = new ExpressionWalk(Map.of(), kinds);
    walk.rewrite(part);
    Set<Phase> phases = EnumSet.noneOf(Phase.class);
    walk.inputs().variables().forEach(variable -> phases.add(variable.phase()));
    walk.inputs().counts().forEach(count -> phases.add(count.body()));
    return phases;
  }

  /// A part of an accepted condition as one of its own. Its counts and patterns are those of the
  /// part.
  ///
  /// @param part of type bool, without names that are bound outside of it; it is changed
  Condition compiled(CelMutableExpr part) {
    var source = CelSource.newBuilder().build();
    return switch (compile("", CelMutableAst.of(part, CelMutableSource.newInstance()), source)) {
      case Result.Compiled compiled -> compiled.condition();
      case Result.Wrong wrong ->
          throw new IllegalArgumentException("expected a part of a condition: " + wrong);
    };
  }

  private Result compile(String text, CelMutableAst mutable, CelSource source) {
    try {
      ExpressionWalk walk = new ExpressionWalk(source.getPositionsMap(), kinds);
      walk.rewrite(mutable.expr());
      if (!walk.problems().isEmpty()) {
        return new Result.Wrong(walk.problems());
      }
      CelAbstractSyntaxTree rewritten =
          CelAbstractSyntaxTree.newParsedAst(mutable.toParsedAst().getExpr(), source);
      CelValidationResult checked = COMPILER.check(rewritten);
      if (checked.hasError()) {
        return new Result.Wrong(
            checked.getErrors().stream().map(issue -> Wordings.type(text, issue)).toList());
      }
      Inputs inputs = walk.inputs();
      return new Result.Compiled(
          new Condition(text, RUNTIME.createProgram(checked.getAst()), inputs));
    } catch (CelValidationException | CelEvaluationException e) {
      throw new IllegalStateException(e); // parsed and checked without errors
    }
  }

  private static CelCompiler compiler() {
    CelCompilerBuilder builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .setResultType(SimpleType.BOOL)
            .addFunctionDeclarations(
                CelFunctionDecl.newFunctionDeclaration(
                    ExpressionWalk.MATCHES,
                    CelOverloadDecl.newGlobalOverload(
                        MATCHES_OVERLOAD, SimpleType.BOOL, SimpleType.STRING, PATTERN)));
    for (Variable variable : Variable.values()) {
      if (variable.kind() != Variable.Kind.BODY) {
        builder.addVar(variable.text(), type(variable.kind()));
      }
    }
    for (int i = 0; i < ConditionLimits.COUNTS_MAX; i++) {
      builder.addVar(Inputs.exact(i), SimpleType.INT);
      builder.addVar(Inputs.compared(i), SimpleType.BOOL);
    }
    for (int i = 0; i < ConditionLimits.PATTERNS_MAX; i++) {
      builder.addVar(Inputs.pattern(i), PATTERN);
    }
    return builder.build();
  }

  private static CelType type(Variable.Kind kind) {
    return switch (kind) {
      case STRING -> SimpleType.STRING;
      case INT -> SimpleType.INT;
      case LIST -> ListType.create(SimpleType.STRING);
      case MAP -> MapType.create(SimpleType.STRING, SimpleType.STRING);
      case BODY -> throw new IllegalArgumentException("a body has no CEL type");
    };
  }
}

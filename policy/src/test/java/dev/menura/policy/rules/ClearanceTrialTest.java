package dev.menura.policy.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cel.common.CelProtoAbstractSyntaxTree;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.expr.ParsedExpr;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.menura.policy.Action;
import dev.menura.policy.Decision;
import dev.menura.policy.Facts;
import dev.menura.policy.Formula;
import dev.menura.policy.Outcome;
import dev.menura.policy.Policy;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Where the formula of a made-up policy is true for a made-up request, the policy allows it, with
/// nothing to be done or recorded beside.
class ClearanceTrialTest {
  private static final int POLICIES = 1_500;
  private static final int EXCHANGES = 4;

  private static final CelCompiler COMPILER =
      CelCompilerFactory.standardCelCompilerBuilder()
          .addVar("request", MapType.create(SimpleType.STRING, SimpleType.DYN))
          .build();
  private static final CelRuntime RUNTIME = CelRuntimeFactory.plannerRuntimeBuilder().build();

  @Test
  void whatIsClearedIsAllowed() {
    var random = new Random(7);
    int cleared = 0;
    for (int i = 0; i < POLICIES; i++) {
      var given = GeneratedPolicy.random(random);
      Policy policy = Exchanges.policy(given.yaml());
      for (int j = 0; j < EXCHANGES; j++) {
        Facts facts = GeneratedExchange.random(random).steps().getLast().facts();
        if (isCleared(policy, facts)) {
          cleared++;
          assertAllowed(policy, facts, given.yaml());
        }
      }
    }
    assertThat(cleared).isGreaterThan(100);
  }

  private static void assertAllowed(Policy policy, Facts facts, String yaml) {
    var outcome = policy.onRequest(facts);
    assertThat(outcome).as("%s %s", yaml, facts).isInstanceOf(Outcome.Decided.class);
    Decision request = ((Outcome.Decided) outcome).decision();
    assertThat(policy.onResponse(facts, request)).as(yaml).isInstanceOf(Outcome.Decided.class);
    Decision all = ((Outcome.Decided) policy.onResponse(facts, request)).decision();
    assertThat(all.action()).as("%s %s", yaml, facts).isInstanceOf(Action.Allow.class);
    assertThat(all.observed()).as(yaml).isEmpty();
    assertThat(policy.effects(facts, all)).as(yaml).isEmpty();
    assertThat(policy.failures(facts, all)).as(yaml).isEmpty();
  }

  private static boolean isCleared(Policy policy, Facts facts) {
    var connection =
        Facts.of(facts.connect())
            .with(facts.hello().orElse(Facts.Hello.NONE))
            .with(facts.upstreamCertificate().orElse(Facts.UpstreamCertificate.NONE));
    return policy
        .clearance()
        .filter(clearance ->
            clearance
                .words(connection)
                .filter(words -> isTrue(clearance.formula(), words, facts))
                .isPresent())
        .isPresent();
  }

  private static boolean isTrue(Formula formula, List<String> words, Facts facts) {
    return switch (formula) {
      case Formula.Constant constant -> constant == Formula.Constant.TRUE;
      case Formula.Noted(String word) -> words.contains(word);
      case Formula.All(var parts) -> parts.stream().allMatch(part -> isTrue(part, words, facts));
      case Formula.Any(var parts) -> parts.stream().anyMatch(part -> isTrue(part, words, facts));
      case Formula.Holds(ParsedExpr expression) -> holds(expression, facts);
    };
  }

  /// As Envoy does it: what has no value is not true.
  private static boolean holds(ParsedExpr expression, Facts facts) {
    var head = facts.request().orElseThrow();
    Map<String, Object> request =
        Map.of(
            "method",
            head.method(),
            "scheme",
            head.scheme(),
            "path",
            head.path(),
            "url_path",
            head.path().split("\\?", 2)[0],
            "host",
            head.headers().getOrDefault(":authority", ""),
            "headers",
            head.headers());
    try {
      var tree =
          COMPILER.check(CelProtoAbstractSyntaxTree.fromParsedExpr(expression).getAst()).getAst();
      return RUNTIME.createProgram(tree).eval(Map.of("request", request)).equals(true);
    } catch (CelEvaluationException e) {
      return false;
    } catch (dev.cel.common.CelValidationException e) {
      throw new AssertionError(e);
    }
  }
}

package dev.menura.controlplane;

import com.github.xds.core.v3.TypedExtensionConfig;
import com.github.xds.type.matcher.v3.CelMatcher;
import com.github.xds.type.matcher.v3.HttpAttributesCelMatchInput;
import com.github.xds.type.matcher.v3.Matcher.MatcherList.Predicate;
import com.github.xds.type.v3.CelExpression;
import dev.cel.expr.ParsedExpr;
import dev.menura.policy.Formula;
import dev.menura.proto.Wire;
import java.util.List;

/// The matcher that is true for requests which a policy is known to allow. Words are looked for in
/// the note on the connection, expressions are CEL on the request's attributes
/// (xds/type/matcher/v3/cel.proto). An expression without a value does not match, so none is ever
/// negated here.
final class Cleared {
  private static final TypedExtensionConfig ATTRIBUTES =
      Typed.xdsExtension(
          "envoy.matching.inputs.cel_data_input", HttpAttributesCelMatchInput.getDefaultInstance());

  private Cleared() {}

  /// @param policyVersion that of the policy which the formula is of: notes of others do not count
  static Predicate by(String policyVersion, Formula formula) {
    return all(
        List.of(
            FilterState.startsWith(Wire.NOTE, Wire.note(policyVersion, List.of())),
            predicate(formula)));
  }

  private static Predicate predicate(Formula formula) {
    return switch (formula) {
      // Every note has a bar, and no word two.
      case Formula.Constant constant ->
          FilterState.contains(
              Wire.NOTE,
              switch (constant) {
                case TRUE -> "|";
                case FALSE -> "||";
              });
      case Formula.Noted(String word) -> FilterState.contains(Wire.NOTE, "|" + word + "|");
      case Formula.Holds(ParsedExpr expression) -> holds(expression);
      case Formula.All(var parts) -> all(parts.stream().map(Cleared::predicate).toList());
      case Formula.Any(var parts) ->
          Predicate.newBuilder()
              .setOrMatcher(list(parts.stream().map(Cleared::predicate).toList()))
              .build();
    };
  }

  private static Predicate holds(ParsedExpr expression) {
    var matcher =
        CelMatcher.newBuilder()
            .setExprMatch(CelExpression.newBuilder().setCelExprParsed(expression))
            .build();
    return Predicate.newBuilder()
        .setSinglePredicate(
            Predicate.SinglePredicate.newBuilder()
                .setInput(ATTRIBUTES)
                .setCustomMatch(Typed.xdsExtension("envoy.matching.matchers.cel_matcher", matcher)))
        .build();
  }

  private static Predicate all(List<Predicate> parts) {
    return Predicate.newBuilder().setAndMatcher(list(parts)).build();
  }

  private static Predicate.PredicateList list(List<Predicate> parts) {
    return Predicate.PredicateList.newBuilder().addAllPredicate(parts).build();
  }
}

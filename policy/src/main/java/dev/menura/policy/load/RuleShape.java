package dev.menura.policy.load;

import dev.menura.policy.Action;
import dev.menura.policy.Rule;
import dev.menura.policy.Rule.Hold;
import dev.menura.policy.cel.ConditionCompiler;
import dev.menura.policy.rules.CompiledRule;
import dev.menura.policy.rules.CompiledRule.OnError;
import dev.menura.policy.yaml.Field;
import dev.menura.policy.yaml.Found;
import dev.menura.policy.yaml.Shape;
import dev.menura.policy.yaml.Types;
import java.util.List;
import java.util.Optional;

/// The keys of a rule.
final class RuleShape {
  private static final long HOLD = 1 << 20;

  static final Field<String> NAME =
      Field.required("name", Names.name(), "The rule's name, unique in the policy.");

  static final Field<List<Action>> THEN =
      Field.required(
          "then",
          Types.oneOrMore(new ActionType()),
          "What happens where the condition is true: one action or a list of them, of which at most"
              + " one decides.");

  static final Field<Rule.Mode> MODE =
      Field.withDefault(
          "mode",
          Types.choice("enforce", Rule.Mode.ENFORCE, "observe", Rule.Mode.OBSERVE),
          Rule.Mode.ENFORCE,
          "enforce",
          "Whether the rule acts, or only records what it would have done.");

  static final Field<Hold> HOLD_FIELD =
      Field.withDefault(
          "hold",
          new HoldType(),
          new Hold.UpTo(HOLD),
          "1MiB",
          "How much of a message waits while this rule is undecided: `all` of it, nothing but the"
              + " detectors' `window`, or this many bytes and then the window.");

  static final Field<Rule.OnLimit> ON_LIMIT =
      Field.withDefault(
          "on-limit",
          Types.choice("block", Rule.OnLimit.BLOCK, "allow", Rule.OnLimit.ALLOW),
          Rule.OnLimit.BLOCK,
          "block",
          "What happens where a limit ends the inspection that this rule waits for.");

  static final Field<OnError> ON_ERROR =
      Field.optional(
          "on-error",
          Types.choice("block", OnError.BLOCK, "allow", OnError.ALLOW),
          "What a failed condition comes to: `block` decides, `allow` goes on to the next rule."
              + " Without it: `block` for a rule that blocks, `allow` for all others.");

  private RuleShape() {}

  static Field<ConditionType.Placed> when(ConditionCompiler compiler) {
    return Field.required(
        "when", new ConditionType(compiler), "The condition: a CEL expression, or `true`.");
  }

  static Shape<Draft> shape(ConditionCompiler compiler) {
    Field<ConditionType.Placed> when = when(compiler);
    return Shape.checked(
        List.of(NAME, when, THEN, MODE, HOLD_FIELD, ON_LIMIT, ON_ERROR),
        (found, issues) -> {
          Draft draft = draft(found, found.get(when));
          RuleChecks.check(draft, issues);
          return Optional.of(draft);
        });
  }

  private static Draft draft(Found found, ConditionType.Placed when) {
    Rule rule =
        new Rule(
            found.get(NAME),
            found.get(THEN),
            found.get(MODE),
            found.get(HOLD_FIELD),
            found.get(ON_LIMIT));
    boolean blocks = rule.then().stream().anyMatch(Action.Block.class::isInstance);
    OnError onError = found.optional(ON_ERROR).orElse(blocks ? OnError.BLOCK : OnError.ALLOW);
    return new Draft(new CompiledRule(rule, when.condition(), onError), when.scalar(), found);
  }
}

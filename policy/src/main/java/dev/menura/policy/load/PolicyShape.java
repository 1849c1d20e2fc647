package dev.menura.policy.load;

import dev.menura.policy.Limits;
import dev.menura.policy.Rule;
import dev.menura.policy.Rule.Hold;
import dev.menura.policy.cel.ConditionCompiler;
import dev.menura.policy.yaml.Field;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.Quantity;
import dev.menura.policy.yaml.Shape;
import dev.menura.policy.yaml.Types;
import java.util.List;
import java.util.Optional;

/// The keys of the `Policy` document.
final class PolicyShape {
  private static final long TIB = 1L << 40;

  private static final Field<Long> INSPECTED =
      size("inspected-bytes", 64L << 20, TIB, "How many bytes of a body, as sent, are inspected.");
  private static final Field<Long> HELD =
      size(
          "held-bytes",
          16L << 20,
          1L << 30,
          "How many bytes of a message wait for a verdict at the most.");
  private static final Field<Long> DECOMPRESSED =
      size("decompressed-bytes", 256L << 20, TIB, "How many bytes a compressed body may come to.");
  private static final Field<Integer> RATIO =
      Field.withDefault(
          "decompression-ratio",
          Types.whole(1, 100_000),
          200,
          "200",
          "How many times larger a body may become; checked past 1 MiB of output.");

  private static final Shape<Limits> LIMITS =
      Shape.of(
          List.of(INSPECTED, HELD, DECOMPRESSED, RATIO),
          found ->
              new Limits(
                  found.get(INSPECTED),
                  found.get(HELD),
                  found.get(DECOMPRESSED),
                  found.get(RATIO)));

  private static final Field<Limits> LIMITS_FIELD =
      Field.withDefault(
          "limits",
          LIMITS,
          new Limits(64L << 20, 16L << 20, 256L << 20, 200),
          "",
          "The bounds of inspection, for each body.");

  private static final Field<Rule.Mode> MODE =
      Field.withDefault(
          "mode",
          RuleShape.MODE.type(),
          Rule.Mode.ENFORCE,
          "enforce",
          "`observe` enforces no rule, and records what each would have done.");

  private PolicyShape() {}

  /// A policy's `spec`, before the checks that need its lists.
  record Drafts(Rule.Mode mode, Limits limits, List<Draft> rules) {
    Drafts {
      rules = List.copyOf(rules);
    }
  }

  static Shape<Drafts> shape(ConditionCompiler compiler) {
    Field<List<Draft>> rules =
        Field.required(
            "rules",
            new RulesType(Types.listOf(RuleShape.shape(compiler))),
            "The rules in their order: the first whose condition is true decides. Where none is,"
                + " the answer is block.");
    return Shape.checked(
        List.of(rules, MODE, LIMITS_FIELD),
        (found, issues) -> {
          Drafts drafts = new Drafts(found.get(MODE), found.get(LIMITS_FIELD), found.get(rules));
          holds(drafts, issues);
          return Optional.of(drafts);
        });
  }

  private static void holds(Drafts drafts, Issues issues) {
    for (Draft draft : drafts.rules) {
      if (draft.compiled().rule().hold() instanceof Hold.UpTo upTo
          && draft.found().optional(RuleShape.HOLD_FIELD).isPresent()
          && upTo.bytes() > drafts.limits.heldBytes()) {
        issues.error(
            draft.found().value(RuleShape.HOLD_FIELD),
            "expected at most limits.held-bytes ("
                + Quantity.shownSize(drafts.limits.heldBytes())
                + "), found "
                + Quantity.shownSize(upTo.bytes()));
      }
    }
  }

  private static Field<Long> size(String name, long standard, long max, String doc) {
    return Field.withDefault(
        name, Quantity.size(0, max), standard, Quantity.shownSize(standard), doc);
  }
}

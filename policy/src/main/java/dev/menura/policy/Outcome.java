package dev.menura.policy;

import java.util.Set;

/// The answer of the policy to the facts that are known.
public sealed interface Outcome {
  /// A rule has decided, or none can any more.
  record Decided(Decision decision) implements Outcome {}

  /// The first rule that could still decide lacks facts.
  ///
  /// @param rule that rule; its `hold` and `on-limit` apply while waiting
  /// @param needs the phases that its condition lacks, never empty
  /// @param kinds the kinds of finding that this rule, or one after it that could still decide,
  ///   counts in bodies
  record Waiting(Rule rule, Set<Phase> needs, Set<String> kinds) implements Outcome {
    public Waiting {
      needs = Set.copyOf(needs);
      kinds = Set.copyOf(kinds);
    }
  }
}

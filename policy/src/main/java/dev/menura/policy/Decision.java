package dev.menura.policy;

import java.util.Optional;

/// A verdict and the rule that gave it.
///
/// @param rule the deciding rule; empty where no rule was true, so that the answer is block
/// @param action what is to be done
/// @param observed what would have been decided if the rules in `mode: observe` had acted; empty
///   where it is the same
public record Decision(Optional<Rule> rule, Action.Deciding action, Optional<Observed> observed) {
  /// @param rule the name of the rule that would have decided
  public record Observed(String rule, Action.Deciding action) {}
}

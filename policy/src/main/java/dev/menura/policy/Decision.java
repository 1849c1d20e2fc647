package dev.menura.policy;

import java.util.Optional;

/// A verdict and the rule that gave it.
///
/// @param rule the deciding rule; empty where no rule was true, so that the answer is block, and
///   where `spec.mode: observe` makes it allow
/// @param action what is to be done
/// @param observed what would have been decided if the rules in `mode: observe` had acted; empty
///   where it is the same action, and where it is not yet known
public record Decision(Optional<Rule> rule, Action.Deciding action, Optional<Observed> observed) {
  /// @param rule the name of the rule that would have decided, empty where none was true
  public record Observed(String rule, Action.Deciding action) {}
}

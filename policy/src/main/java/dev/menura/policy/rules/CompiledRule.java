package dev.menura.policy.rules;

import dev.menura.policy.Action;
import dev.menura.policy.Phase;
import dev.menura.policy.Rule;
import dev.menura.policy.cel.Condition;
import java.util.Optional;

/// A rule with its condition.
///
/// @param onError what a failed condition comes to
public record CompiledRule(Rule rule, Condition condition, OnError onError) {
  /// What the failure of a condition comes to.
  public enum OnError {
    /// The rule decides, and the decision is block.
    BLOCK,
    /// The condition counts as false.
    ALLOW
  }

  /// The action that ends the evaluation, where the rule has one.
  public Optional<Action.Deciding> deciding() {
    for (Action action : rule.then()) {
      if (action instanceof Action.Deciding deciding) {
        return Optional.of(deciding);
      }
    }
    return Optional.empty();
  }

  /// Whether the rule looks at the response, and so is asked once there is one.
  public boolean asksResponse() {
    return condition.phases().contains(Phase.RESPONSE_HEADERS)
        || condition.phases().contains(Phase.RESPONSE_BODY);
  }

  boolean observed() {
    return rule.mode() == Rule.Mode.OBSERVE;
  }

  /// What the rule decides where its condition failed and [OnError#BLOCK] holds.
  static Action.Deciding blocked(Action.Deciding deciding) {
    return switch (deciding) {
      case Action.Block block -> block;
      case Action.Allow _, Action.Passthrough _, Action.Distrust _ ->
          new Action.Block(Optional.empty(), Action.Page.INSIDE);
    };
  }
}

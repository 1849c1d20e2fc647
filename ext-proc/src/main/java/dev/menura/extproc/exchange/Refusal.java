package dev.menura.extproc.exchange;

import dev.menura.policy.Action;
import dev.menura.policy.Decision;
import dev.menura.policy.Rule;
import java.util.Optional;

/// Why an exchange is not let go on.
///
/// @param verdict the word for the event: `block`, or `error` where nothing could be decided
/// @param rule the deciding rule's name, empty where it was not a rule
/// @param reason a word for what decided, or the rule's own reason; empty where the rule has none
/// @param detail a sentence for the person who is refused, may be empty
/// @param status the HTTP status of the page
/// @param decision the policy's decision, where it was the policy that refused
record Refusal(
    String verdict,
    String rule,
    String reason,
    String detail,
    int status,
    Optional<Decision> decision) {

  static Refusal byPolicy(Decision decision, Action.Block block) {
    return new Refusal(
        "block",
        decision.rule().map(Rule::name).orElse(""),
        block.reason().orElse(decision.rule().isPresent() ? "" : "no-rule"),
        block
            .reason()
            .orElse(
                decision.rule().isPresent() ? "" : "No rule of the policy allows this request."),
        403,
        Optional.of(decision));
  }

  /// @param limit the limit's name, as `held-bytes`
  static Refusal byLimit(Rule rule, String limit) {
    Action.Block block = new Action.Block(Optional.empty(), Action.Page.INSIDE);
    return new Refusal(
        "block",
        rule.name(),
        "limit:" + limit,
        "The content could not be inspected as far as the policy asks: " + limit + ".",
        403,
        Optional.of(new Decision(Optional.of(rule), block, Optional.empty())));
  }

  /// A request or response that is refused without asking the policy.
  static Refusal block(int status, String reason, String detail) {
    return new Refusal("block", "", reason, detail, status, Optional.empty());
  }

  /// Nothing could be decided, so nothing passes.
  static Refusal error(int status, String reason, String detail) {
    return new Refusal("error", "", reason, detail, status, Optional.empty());
  }
}

package dev.menura.policy.rules;

import dev.menura.policy.Action;
import dev.menura.policy.Decision;
import dev.menura.policy.rules.Question.Scope;
import dev.menura.policy.rules.Question.Search;
import dev.menura.policy.rules.Question.Side;
import java.util.Optional;

/// What would be decided if the rules in `mode: observe` acted like the others.
///
/// Nothing waits for it: it is empty as long as it is not known.
final class WouldBe {
  /// What is decided where no rule is true.
  static final Action.Block NO_RULE = new Action.Block(Optional.empty(), Action.Page.INSIDE);

  private static final Decision.Observed NO_RULE_TRUE = new Decision.Observed("", NO_RULE);

  private WouldBe() {}

  /// The decision on the request.
  static Optional<Decision.Observed> request(Question question) {
    return observed(question, search(question, Side.REQUEST, question.size()));
  }

  /// The decision on the exchange as a whole.
  static Optional<Decision.Observed> exchange(Question question) {
    Search search = search(question, Side.REQUEST, question.size());
    Optional<Decision.Observed> request = observed(question, search);
    if (request.isEmpty() || request.get().action() instanceof Action.Block) {
      return request;
    }
    int end = search instanceof Search.Found found ? found.index() : question.size();
    Search response = search(question, Side.RESPONSE, end);
    return response instanceof Search.Nothing ? request : observed(question, response);
  }

  private static Search search(Question question, Side side, int end) {
    return question.search(side, Scope.ALL, end);
  }

  private static Optional<Decision.Observed> observed(Question question, Search search) {
    return switch (search) {
      case Search.Waits _ -> Optional.empty();
      case Search.Found found ->
          Optional.of(new Decision.Observed(found.rule().rule().name(), question.action(found)));
      case Search.Nothing _ -> Optional.of(NO_RULE_TRUE);
    };
  }
}

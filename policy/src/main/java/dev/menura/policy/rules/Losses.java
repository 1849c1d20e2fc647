package dev.menura.policy.rules;

import dev.menura.policy.Action;
import dev.menura.policy.Policy;
import dev.menura.policy.cel.Truth;
import java.util.ArrayList;
import java.util.List;

/// What the rules could still do to an exchange, and cannot where it is never decrypted.
final class Losses {
  private Losses() {}

  /// The names of those rules, in order.
  static List<String> of(Question question) {
    List<String> lost = new ArrayList<>();
    for (int i = 0; i < question.size(); i++) {
      CompiledRule rule = question.rule(i);
      if (rule.observed() || isFalse(question, i)) {
        continue;
      }
      if (acts(question, i)) {
        lost.add(rule.rule().name());
      }
      if (decidesRequest(question, i)) {
        return List.copyOf(lost);
      }
    }
    lost.add(Policy.NO_RULE);
    return List.copyOf(lost);
  }

  private static boolean isFalse(Question question, int index) {
    return switch (question.truth(index)) {
      case Truth.False _ -> true;
      case Truth.Failed _ -> !question.failedToBlock(index);
      case Truth.True _, Truth.Unknown _ -> false;
    };
  }

  /// Whether the rule might block or change something, given that it may be true. One that is not
  /// yet known may also fail.
  private static boolean acts(Question question, int index) {
    CompiledRule rule = question.rule(index);
    boolean mayFail =
        question.failedToBlock(index)
            || (question.truth(index) instanceof Truth.Unknown
                && rule.deciding().isPresent()
                && rule.onError() == CompiledRule.OnError.BLOCK);
    return mayFail || rule.rule().then().stream().anyMatch(Losses::acts);
  }

  private static boolean acts(Action action) {
    return switch (action) {
      case Action.Block _,
          Action.PresentClientCertificate _,
          Action.SetRequestHeaders _,
          Action.SetResponseHeaders _ ->
          true;
      case Action.Allow _,
          Action.Passthrough _,
          Action.Distrust _,
          Action.Alert _,
          Action.AdaptCertificate _ ->
          false;
    };
  }

  private static boolean decidesRequest(Question question, int index) {
    CompiledRule rule = question.rule(index);
    return rule.deciding().isPresent()
        && !rule.asksResponse()
        && !(question.truth(index) instanceof Truth.Unknown);
  }
}

package dev.menura.extproc.exchange;

import dev.menura.policy.Action;
import dev.menura.policy.Limits;
import dev.menura.policy.Phase;
import dev.menura.policy.Policy;
import dev.menura.policy.Rule;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Policies for playbooks.
final class Policies {
  static final Limits LIMITS = new Limits(1000, 500, 10_000, 100);
  static final Action ALLOW = new Action.Allow();
  static final Action BLOCK = new Action.Block(Optional.empty(), Action.Page.INSIDE);
  static final Action ALERT = new Action.Alert();
  static final Rule.Hold HOLD = new Rule.Hold.UpTo(100);

  private Policies() {}

  static ListPolicy policy(ListPolicy.Entry... entries) {
    return new ListPolicy(List.of(entries), LIMITS);
  }

  static Policy real(List<ListPolicy.Entry> entries, Limits limits) {
    return new ListPolicy(entries, limits);
  }

  static ListPolicy.Entry rule(String name, Condition when, Action... then) {
    return rule(name, HOLD, Rule.OnLimit.BLOCK, when, then);
  }

  static ListPolicy.Entry rule(
      String name, Rule.Hold hold, Rule.OnLimit onLimit, Condition when, Action... then) {
    return new ListPolicy.Entry(
        new Rule(name, List.of(then), Rule.Mode.ENFORCE, hold, onLimit), when);
  }

  static ListPolicy.Entry observe(String name, Condition when, Action... then) {
    return new ListPolicy.Entry(
        new Rule(name, List.of(then), Rule.Mode.OBSERVE, HOLD, Rule.OnLimit.BLOCK), when);
  }

  static ListPolicy.Entry allowAll() {
    return rule("everything-else", new Condition.Always(), ALLOW);
  }

  static Condition cards(int atLeast) {
    return new Condition.Counts(Phase.REQUEST_BODY, "credit-card", atLeast);
  }

  static Condition answeredCards(int atLeast) {
    return new Condition.Counts(Phase.RESPONSE_BODY, "credit-card", atLeast);
  }

  static Action setRequest(String name, String value) {
    return new Action.SetRequestHeaders(Map.of(name, value));
  }

  static Action setResponse(String name, String value) {
    return new Action.SetResponseHeaders(Map.of(name, value));
  }
}

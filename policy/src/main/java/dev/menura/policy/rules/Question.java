package dev.menura.policy.rules;

import dev.menura.policy.Action;
import dev.menura.policy.Facts;
import dev.menura.policy.Phase;
import dev.menura.policy.cel.Truth;
import dev.menura.policy.cel.World;
import dev.menura.policy.lists.HostLists;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One evaluation of the rules with what is known: each condition is evaluated at most once.
final class Question {
  /// Which rules are asked.
  enum Side {
    REQUEST,
    RESPONSE
  }

  /// Whether rules in `mode: observe` count.
  enum Scope {
    ENFORCED,
    ALL
  }

  /// What came of looking for the first true rule.
  sealed interface Search {
    /// @param index the rule's place in the order
    record Found(int index, CompiledRule rule, Action.Deciding action) implements Search {}

    record Waits(int index, CompiledRule rule, Set<Phase> lacks) implements Search {}

    record Nothing() implements Search {}
  }

  private static final Search NOTHING = new Search.Nothing();
  private static final Action.Allow ALLOW = new Action.Allow();

  private final List<CompiledRule> rules;
  private final World world;
  private final @Nullable Truth[] truths;

  Question(List<CompiledRule> rules, Facts facts, HostLists lists) {
    this.rules = rules;
    this.world = new World(facts, lists);
    this.truths = new @Nullable Truth[rules.size()];
  }

  int size() {
    return rules.size();
  }

  /// The number of rules up to this one, itself included.
  int upTo(int index) {
    return Math.min(index + 1, rules.size());
  }

  CompiledRule rule(int index) {
    return rules.get(index);
  }

  /// What a found rule comes to: `passthrough` is `allow` once the connection is decrypted, and
  /// where a rule in front of it may still want to see the response.
  Action.Deciding action(Search.Found found) {
    if (!(found.action instanceof Action.Passthrough)) {
      return found.action;
    }
    boolean decrypted =
        world.known().contains(Phase.REQUEST_HEADERS) || undecidedResponse(found.index);
    return decrypted ? ALLOW : found.action;
  }

  Truth truth(int index) {
    Truth truth = truths[index];
    if (truth == null) {
      truth = rules.get(index).condition().evaluate(world);
      truths[index] = truth;
    }
    return truth;
  }

  /// Looks for the first rule that decides among those before `end`.
  Search search(Side side, Scope scope, int end) {
    for (int i = 0; i < end; i++) {
      CompiledRule rule = rules.get(i);
      Optional<Action.Deciding> deciding = rule.deciding();
      if (deciding.isEmpty() || !asked(rule, side, scope)) {
        continue;
      }
      switch (truth(i)) {
        case Truth.True _ -> {
          return new Search.Found(i, rule, deciding.get());
        }
        case Truth.False _ -> {}
        case Truth.Unknown unknown -> {
          return new Search.Waits(i, rule, unknown.lacks());
        }
        case Truth.Failed _ -> {
          if (rule.onError() == CompiledRule.OnError.BLOCK) {
            return new Search.Found(i, rule, CompiledRule.blocked(deciding.get()));
          }
        }
      }
    }
    return NOTHING;
  }

  /// The first enforced rule about requests that is true already.
  Search certain() {
    for (int i = 0; i < rules.size(); i++) {
      CompiledRule rule = rules.get(i);
      Optional<Action.Deciding> deciding = rule.deciding();
      if (deciding.isEmpty() || !asked(rule, Side.REQUEST, Scope.ENFORCED)) {
        continue;
      }
      if (truth(i) instanceof Truth.True) {
        return new Search.Found(i, rule, deciding.get());
      }
      if (failedToBlock(i)) {
        return new Search.Found(i, rule, CompiledRule.blocked(deciding.get()));
      }
    }
    return NOTHING;
  }

  /// The kinds that rules which can still decide count, from one of them on.
  Set<String> kinds(Side side, int from, int end) {
    Set<String> kinds = new TreeSet<>();
    for (int i = from; i < end; i++) {
      CompiledRule rule = rules.get(i);
      if (rule.deciding().isEmpty() || !asked(rule, side, Scope.ENFORCED)) {
        continue;
      }
      if (decides(i)) {
        break;
      }
      if (truth(i) instanceof Truth.Unknown) {
        kinds.addAll(rule.condition().kinds(Phase.REQUEST_BODY));
        kinds.addAll(rule.condition().kinds(Phase.RESPONSE_BODY));
      }
    }
    return kinds;
  }

  /// The phases not yet known that undecided rules of this side mention, up to the first that
  /// decides; they are added to `needs`.
  ///
  /// @return the index of the rule that decides, or `end`
  int needs(Side side, int end, Set<Phase> needs) {
    for (int i = 0; i < end; i++) {
      CompiledRule rule = rules.get(i);
      if (rule.deciding().isEmpty() || !asked(rule, side, Scope.ENFORCED)) {
        continue;
      }
      if (decides(i)) {
        return i;
      }
      if (truth(i) instanceof Truth.Unknown) {
        needs.addAll(unknownPhases(i));
      }
    }
    return end;
  }

  /// /// Whether any enforced rule about the response before `end` has not come to false.
  private boolean undecidedResponse(int end) {
    return !(search(Side.RESPONSE, Scope.ENFORCED, end) instanceof Search.Nothing);
  }

  Set<Phase> unknownPhases(int index) {
    Set<Phase> phases = EnumSet.noneOf(Phase.class);
    phases.addAll(rules.get(index).condition().phases());
    phases.removeAll(world.known());
    return phases;
  }

  boolean failedToBlock(int index) {
    return truth(index) instanceof Truth.Failed
        && rules.get(index).onError() == CompiledRule.OnError.BLOCK;
  }

  private boolean decides(int index) {
    return truth(index) instanceof Truth.True || failedToBlock(index);
  }

  private static boolean asked(CompiledRule rule, Side side, Scope scope) {
    return rule.asksResponse() == (side == Side.RESPONSE)
        && (scope == Scope.ALL || !rule.observed());
  }
}

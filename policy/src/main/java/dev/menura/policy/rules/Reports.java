package dev.menura.policy.rules;

import dev.menura.policy.Action;
import dev.menura.policy.Effect;
import dev.menura.policy.Phase;
import dev.menura.policy.RuleFailure;
import dev.menura.policy.cel.Truth;
import dev.menura.policy.rules.Question.Scope;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What the rules up to the deciding one come to beside the decision.
final class Reports {
  private Reports() {}

  /// @param end the index of the deciding rule
  /// @param scope [Scope#ALL] where the deciding actions of enforced rules are reported too
  static List<Effect> effects(Question question, int end, Scope scope) {
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i < question.upTo(end); i++) {
      add(question, i, scope, effects);
    }
    return List.copyOf(effects);
  }

  private static void add(Question question, int index, Scope scope, List<Effect> effects) {
    boolean known;
    switch (question.truth(index)) {
      case Truth.True _ -> known = true;
      case Truth.Unknown _ -> known = false;
      case Truth.False _ -> {
        return;
      }
      case Truth.Failed _ -> {
        if (!question.failedToBlock(index)) {
          return;
        }
        known = true;
      }
    }
    CompiledRule rule = question.rule(index);
    boolean decisionsToo = scope == Scope.ALL || rule.observed();
    for (Action action : rule.rule().then()) {
      if (decisionsToo || action instanceof Action.Accompanying) {
        effects.add(new Effect(rule.rule(), action, known));
      }
    }
  }

  /// @param scope [Scope#ALL] where enforced rules watch too
  static Set<Phase> watching(Question question, int end, Scope scope) {
    Set<Phase> phases = EnumSet.noneOf(Phase.class);
    for (int i = 0; i < end; i++) {
      CompiledRule rule = question.rule(i);
      boolean watches = scope == Scope.ALL || rule.observed() || rule.deciding().isEmpty();
      if (watches && question.truth(i) instanceof Truth.Unknown) {
        phases.addAll(question.unknownPhases(i));
      }
    }
    return Set.copyOf(phases);
  }

  static List<RuleFailure> failures(Question question, int end) {
    List<RuleFailure> failures = new ArrayList<>();
    for (int i = 0; i < question.upTo(end); i++) {
      if (question.truth(i) instanceof Truth.Failed failed) {
        failures.add(new RuleFailure(question.rule(i).rule(), failed.reason()));
      }
    }
    return List.copyOf(failures);
  }
}

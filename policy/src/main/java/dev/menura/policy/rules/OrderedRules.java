package dev.menura.policy.rules;

import dev.menura.policy.Action;
import dev.menura.policy.Decision;
import dev.menura.policy.Effect;
import dev.menura.policy.Facts;
import dev.menura.policy.Limits;
import dev.menura.policy.Outcome;
import dev.menura.policy.Phase;
import dev.menura.policy.Policy;
import dev.menura.policy.RuleFailure;
import dev.menura.policy.cel.Truth;
import dev.menura.policy.lists.HostLists;
import dev.menura.policy.rules.Question.Scope;
import dev.menura.policy.rules.Question.Search;
import dev.menura.policy.rules.Question.Side;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A policy whose rules are enforced.
public final class OrderedRules implements Policy {
  private static final Action.Block NO_RULE =
      new Action.Block(Optional.empty(), Action.Page.INSIDE);
  private static final Action.Allow ALLOW = new Action.Allow();

  private final String version;
  private final Limits limits;
  private final List<CompiledRule> rules;
  private final HostLists lists;
  private final Map<String, Integer> indexes = new HashMap<>();
  private final boolean observes;

  public OrderedRules(String version, Limits limits, List<CompiledRule> rules, HostLists lists) {
    this.version = version;
    this.limits = limits;
    this.rules = List.copyOf(rules);
    this.lists = lists;
    for (int i = 0; i < rules.size(); i++) {
      indexes.put(rules.get(i).rule().name(), i);
    }
    this.observes = rules.stream().anyMatch(CompiledRule::observed);
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public Limits limits() {
    return limits;
  }

  @Override
  public Outcome onRequest(Facts facts) {
    Question question = question(facts);
    return switch (question.search(Side.REQUEST, Scope.ENFORCED, rules.size())) {
      case Search.Waits waits -> waiting(question, Side.REQUEST, waits, rules.size());
      case Search.Found found -> {
        Action.Deciding action = reached(question, found, facts);
        yield decided(Optional.of(found), action, wouldRequest(question, facts));
      }
      case Search.Nothing _ -> decided(Optional.empty(), NO_RULE, wouldRequest(question, facts));
    };
  }

  @Override
  public Outcome onResponse(Facts facts, Decision request) {
    if (request.action() instanceof Action.Block) {
      return new Outcome.Decided(request);
    }
    Question question = question(facts);
    int end = index(request);
    return switch (question.search(Side.RESPONSE, Scope.ENFORCED, end)) {
      case Search.Waits waits -> waiting(question, Side.RESPONSE, waits, end);
      case Search.Found found ->
          decided(Optional.of(found), forwarded(found.action()), wouldResponse(question, facts));
      case Search.Nothing _ -> {
        Optional<Decision.Observed> observed = wouldResponse(question, facts);
        yield new Outcome.Decided(
            new Decision(request.rule(), request.action(), different(observed, request.action())));
      }
    };
  }

  @Override
  public Set<Phase> mayNeed(Facts facts) {
    Question question = question(facts);
    Set<Phase> needs = EnumSet.noneOf(Phase.class);
    int end = question.needs(Side.REQUEST, rules.size(), needs);
    question.needs(Side.RESPONSE, end, needs);
    return Set.copyOf(needs);
  }

  @Override
  public List<Effect> effects(Facts facts, Decision decision) {
    return effects(facts, decision, Scope.ENFORCED);
  }

  /// @param scope [Scope#ALL] where the deciding actions of enforced rules are reported too
  List<Effect> effects(Facts facts, Decision decision, Scope scope) {
    Question question = question(facts);
    int end = index(decision);
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i <= Math.min(end, rules.size() - 1); i++) {
      addEffects(question, i, scope, effects);
    }
    return List.copyOf(effects);
  }

  @Override
  public Set<Phase> watching(Facts facts, Decision decision) {
    return watching(facts, decision, Scope.ENFORCED);
  }

  /// @param scope [Scope#ALL] where enforced rules watch too
  Set<Phase> watching(Facts facts, Decision decision, Scope scope) {
    Question question = question(facts);
    Set<Phase> phases = EnumSet.noneOf(Phase.class);
    for (int i = 0; i < index(decision); i++) {
      CompiledRule rule = rules.get(i);
      boolean watches = scope == Scope.ALL || rule.observed() || rule.deciding().isEmpty();
      if (watches && question.truth(i) instanceof Truth.Unknown) {
        phases.addAll(question.unknownPhases(i));
      }
    }
    return Set.copyOf(phases);
  }

  @Override
  public List<RuleFailure> failures(Facts facts, Decision decision) {
    Question question = question(facts);
    List<RuleFailure> failures = new ArrayList<>();
    for (int i = 0; i <= Math.min(index(decision), rules.size() - 1); i++) {
      if (question.truth(i) instanceof Truth.Failed failed) {
        failures.add(new RuleFailure(rules.get(i).rule(), failed.reason()));
      }
    }
    return List.copyOf(failures);
  }

  @Override
  public Set<String> kinds(Phase body) {
    Set<String> kinds = new TreeSet<>();
    rules.forEach(rule -> kinds.addAll(rule.condition().kinds(body)));
    return Set.copyOf(kinds);
  }

  private Question question(Facts facts) {
    return new Question(rules, facts, lists);
  }

  /// The place of the deciding rule in the order; behind the last where no rule decided.
  private int index(Decision decision) {
    return decision
        .rule()
        .map(rule -> indexes.getOrDefault(rule.name(), rules.size()))
        .orElse(rules.size());
  }

  private static Outcome waiting(Question question, Side side, Search.Waits waits, int end) {
    return new Outcome.Waiting(
        waits.rule().rule(), waits.lacks(), question.kinds(side, waits.index(), end));
  }

  private static Outcome decided(
      Optional<Search.Found> found, Action.Deciding action, Optional<Decision.Observed> observed) {
    return new Outcome.Decided(
        new Decision(found.map(rule -> rule.rule().rule()), action, different(observed, action)));
  }

  private static Optional<Decision.Observed> different(
      Optional<Decision.Observed> observed, Action.Deciding action) {
    return observed.filter(would -> !would.action().equals(action));
  }

  /// What a found rule comes to: `passthrough` is `allow` once the connection is decrypted, and
  /// where a rule in front of it may still want to see the response.
  private static Action.Deciding reached(Question question, Search.Found found, Facts facts) {
    boolean decrypted =
        facts.request().isPresent() || question.undecided(Side.RESPONSE, found.index());
    return decrypted ? forwarded(found.action()) : found.action();
  }

  private static Action.Deciding forwarded(Action.Deciding action) {
    return action instanceof Action.Passthrough ? ALLOW : action;
  }

  /// What the request would have come to if the observed rules had acted; empty where that is not
  /// yet known.
  private Optional<Decision.Observed> wouldRequest(Question question, Facts facts) {
    return observes ? would(question, facts).map(Would::observed) : Optional.empty();
  }

  private Optional<Decision.Observed> wouldResponse(Question question, Facts facts) {
    if (!observes) {
      return Optional.empty();
    }
    Optional<Would> request = would(question, facts);
    if (request.isEmpty() || request.get().observed.action() instanceof Action.Block) {
      return request.map(Would::observed);
    }
    return switch (question.search(Side.RESPONSE, Scope.ALL, request.get().index)) {
      case Search.Waits _ -> Optional.empty();
      case Search.Found found ->
          Optional.of(new Decision.Observed(found.rule().rule().name(), forwarded(found.action())));
      case Search.Nothing _ -> request.map(Would::observed);
    };
  }

  private record Would(int index, Decision.Observed observed) {}

  private Optional<Would> would(Question question, Facts facts) {
    return switch (question.search(Side.REQUEST, Scope.ALL, rules.size())) {
      case Search.Waits _ -> Optional.empty();
      case Search.Found found ->
          Optional.of(
              new Would(
                  found.index(),
                  new Decision.Observed(
                      found.rule().rule().name(), reached(question, found, facts))));
      case Search.Nothing _ ->
          Optional.of(new Would(rules.size(), new Decision.Observed("", NO_RULE)));
    };
  }

  private void addEffects(Question question, int index, Scope scope, List<Effect> effects) {
    CompiledRule rule = rules.get(index);
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
    for (Action action : rule.rule().then()) {
      switch (action) {
        case Action.Accompanying accompanying ->
            effects.add(new Effect(rule.rule(), accompanying, known));
        case Action.Deciding deciding -> {
          if (rule.observed() || scope == Scope.ALL) {
            effects.add(new Effect(rule.rule(), deciding, known));
          }
        }
      }
    }
  }
}

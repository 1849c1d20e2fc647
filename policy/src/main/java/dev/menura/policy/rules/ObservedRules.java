package dev.menura.policy.rules;

import dev.menura.policy.Action;
import dev.menura.policy.Decision;
import dev.menura.policy.Effect;
import dev.menura.policy.Facts;
import dev.menura.policy.Limits;
import dev.menura.policy.Outcome;
import dev.menura.policy.Phase;
import dev.menura.policy.Policy;
import dev.menura.policy.Rule;
import dev.menura.policy.RuleFailure;
import dev.menura.policy.rules.Question.Scope;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A policy in `spec.mode: observe`: it says what it would have decided, and allows.
///
/// Only `passthrough` is carried out, because not to decrypt is the lesser change: a connection
/// that the rules pass through stays as it is. Every other connection is decrypted, as for `allow`,
/// and content is copied to the rules; nothing waits for them, no header is changed, nothing is
/// blocked.
public final class ObservedRules implements Policy {
  private static final Action.Allow ALLOW = new Action.Allow();

  /// What can be waited for without decrypting or holding anything.
  private static final Set<Phase> EARLY = Set.of(Phase.HELLO, Phase.UPSTREAM_CERTIFICATE);

  private final OrderedRules rules;

  public ObservedRules(OrderedRules rules) {
    this.rules = rules;
  }

  @Override
  public String version() {
    return rules.version();
  }

  @Override
  public Limits limits() {
    return rules.limits();
  }

  @Override
  public Outcome onRequest(Facts facts) {
    return switch (rules.onRequest(facts)) {
      case Outcome.Waiting waiting -> {
        Set<Phase> early = early(waiting.needs());
        yield early.isEmpty()
            ? allowed(Optional.empty())
            : new Outcome.Waiting(observed(waiting.rule()), early, Set.of());
      }
      case Outcome.Decided decided ->
          passes(decided.decision()) ? decided : allowed(WouldBe.request(rules.question(facts)));
    };
  }

  @Override
  public Outcome onResponse(Facts facts, Decision request) {
    return passes(request)
        ? new Outcome.Decided(request)
        : allowed(WouldBe.exchange(rules.question(facts)));
  }

  @Override
  public List<Stated> passedThrough() {
    return rules.passedThrough();
  }

  @Override
  public Set<Phase> mayNeed(Facts facts) {
    return Set.copyOf(early(rules.mayNeed(facts)));
  }

  @Override
  public List<Effect> effects(Facts facts, Decision decision) {
    return rules.effects(facts, deciding(facts, decision), Scope.ALL).stream()
        .map(effect -> new Effect(observed(effect.rule()), effect.action(), effect.known()))
        .toList();
  }

  @Override
  public Set<Phase> watching(Facts facts, Decision decision) {
    return rules.watching(facts, deciding(facts, decision), Scope.ALL);
  }

  @Override
  public List<RuleFailure> failures(Facts facts, Decision decision) {
    return rules.failures(facts, deciding(facts, decision));
  }

  /// Nothing that a rule says is carried out, so nothing is lost.
  @Override
  public List<String> lostByPassthrough(Facts facts) {
    return List.of();
  }

  @Override
  public Set<String> kinds(Phase body) {
    return rules.kinds(body);
  }

  /// What the enforced rules would have decided, where that is known.
  private Optional<Decision> would(Facts facts) {
    if (!(rules.onRequest(facts) instanceof Outcome.Decided request)) {
      return Optional.empty();
    }
    return rules.onResponse(facts, request.decision()) instanceof Outcome.Decided response
        ? Optional.of(response.decision())
        : Optional.empty();
  }

  /// The decision whose rule ends the list for reports: the one that would have been made.
  private Decision deciding(Facts facts, Decision decision) {
    return passes(decision) ? decision : would(facts).orElse(decision);
  }

  private static boolean passes(Decision decision) {
    return decision.action() instanceof Action.Passthrough;
  }

  private static Outcome allowed(Optional<Decision.Observed> would) {
    return new Outcome.Decided(
        new Decision(Optional.empty(), ALLOW, would.filter(each -> !each.action().equals(ALLOW))));
  }

  private static Set<Phase> early(Set<Phase> phases) {
    Set<Phase> early = EnumSet.noneOf(Phase.class);
    early.addAll(phases);
    early.retainAll(EARLY);
    return early;
  }

  private static Rule observed(Rule rule) {
    return new Rule(rule.name(), rule.then(), Rule.Mode.OBSERVE, rule.hold(), rule.onLimit());
  }
}

package dev.menura.policy.rules;

import dev.menura.policy.Action;
import dev.menura.policy.CertificateProblem;
import dev.menura.policy.Clearance;
import dev.menura.policy.Decision;
import dev.menura.policy.Effect;
import dev.menura.policy.Facts;
import dev.menura.policy.Limits;
import dev.menura.policy.Outcome;
import dev.menura.policy.Phase;
import dev.menura.policy.Policy;
import dev.menura.policy.Rule;
import dev.menura.policy.RuleFailure;
import dev.menura.policy.cel.Prover;
import dev.menura.policy.lists.HostLists;
import dev.menura.policy.rules.Question.Scope;
import dev.menura.policy.rules.Question.Search;
import dev.menura.policy.rules.Question.Side;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A policy whose rules are enforced.
public final class OrderedRules implements Policy {
  private static final Action MIMIC =
      new Action.PresentClientCertificate(new Action.Presented.Mimic());

  private final String version;
  private final Limits limits;
  private final List<CompiledRule> rules;
  private final HostLists lists;
  private final Map<String, Integer> indexes = new HashMap<>();
  private final boolean observes;
  private final Optional<Clearance> clearance;

  /// @param prover compiles what Envoy can tell by itself
  public OrderedRules(
      String version, Limits limits, List<CompiledRule> rules, HostLists lists, Prover prover) {
    this.version = version;
    this.limits = limits;
    this.rules = List.copyOf(rules);
    this.lists = lists;
    for (int i = 0; i < rules.size(); i++) {
      indexes.put(rules.get(i).rule().name(), i);
    }
    this.observes = rules.stream().anyMatch(CompiledRule::observed);
    this.clearance = Clearances.of(this.rules, lists, prover);
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
      case Search.Found found ->
          decided(
              Optional.of(found.rule().rule()), question.action(found), wouldBeRequest(question));
      case Search.Nothing _ -> decided(Optional.empty(), WouldBe.NO_RULE, wouldBeRequest(question));
    };
  }

  @Override
  public Optional<Decision> certain(Facts facts) {
    Question question = question(facts);
    return question.certain() instanceof Search.Found found
        ? Optional.of(
            new Decision(
                Optional.of(found.rule().rule()), question.action(found), Optional.empty()))
        : Optional.empty();
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
          decided(
              Optional.of(found.rule().rule()), question.action(found), wouldBeExchange(question));
      case Search.Nothing _ -> decided(request.rule(), request.action(), wouldBeExchange(question));
    };
  }

  @Override
  public Optional<Clearance> clearance() {
    return clearance;
  }

  @Override
  public List<Stated> passedThrough() {
    return rules.stream()
        .filter(
            rule -> !rule.observed() && rule.deciding().orElse(null) instanceof Action.Passthrough)
        .map(rule -> new Stated(rule.rule().name(), rule.condition().text()))
        .toList();
  }

  @Override
  public boolean mimicsClients() {
    return rules.stream()
        .filter(rule -> !rule.observed())
        .flatMap(rule -> rule.rule().then().stream())
        .anyMatch(MIMIC::equals);
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
    return Reports.effects(question(facts), index(decision), scope);
  }

  @Override
  public Set<Phase> watching(Facts facts, Decision decision) {
    return watching(facts, decision, Scope.ENFORCED);
  }

  /// @param scope [Scope#ALL] where enforced rules watch too
  Set<Phase> watching(Facts facts, Decision decision, Scope scope) {
    return Reports.watching(question(facts), index(decision), scope);
  }

  @Override
  public List<RuleFailure> failures(Facts facts, Decision decision) {
    return Reports.failures(question(facts), index(decision));
  }

  @Override
  public List<String> lostByPassthrough(Facts facts) {
    return Losses.of(question(facts));
  }

  @Override
  public Set<String> kinds(Phase body) {
    Set<String> kinds = new TreeSet<>();
    rules.forEach(rule -> kinds.addAll(rule.condition().kinds(body)));
    return Set.copyOf(kinds);
  }

  @Override
  public Set<CertificateProblem> excused() {
    var problems = EnumSet.noneOf(CertificateProblem.class);
    for (CompiledRule rule : rules) {
      if (!rule.observed() && rule.deciding().orElse(null) instanceof Action.Allow allow) {
        problems.addAll(allow.problems());
      }
    }
    return Set.copyOf(problems);
  }

  Question question(Facts facts) {
    return new Question(rules, facts, lists);
  }

  /// The place of the deciding rule in the order; behind the last where no rule decided.
  private int index(Decision decision) {
    return decision
        .rule()
        .map(Rule::name)
        .map(name -> indexes.getOrDefault(name, rules.size()))
        .orElse(rules.size());
  }

  private Optional<Decision.Observed> wouldBeRequest(Question question) {
    return observes ? WouldBe.request(question) : Optional.empty();
  }

  private Optional<Decision.Observed> wouldBeExchange(Question question) {
    return observes ? WouldBe.exchange(question) : Optional.empty();
  }

  private static Outcome waiting(Question question, Side side, Search.Waits waits, int end) {
    return new Outcome.Waiting(
        waits.rule().rule(), waits.lacks(), question.kinds(side, waits.index(), end));
  }

  private static Outcome decided(
      Optional<Rule> rule, Action.Deciding action, Optional<Decision.Observed> observed) {
    return new Outcome.Decided(
        new Decision(rule, action, observed.filter(would -> !would.action().equals(action))));
  }
}

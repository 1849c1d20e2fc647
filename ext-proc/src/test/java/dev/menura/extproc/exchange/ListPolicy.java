package dev.menura.extproc.exchange;

import dev.menura.policy.Action;
import dev.menura.policy.Decision;
import dev.menura.policy.Effect;
import dev.menura.policy.Facts;
import dev.menura.policy.Limits;
import dev.menura.policy.Outcome;
import dev.menura.policy.Phase;
import dev.menura.policy.Policy;
import dev.menura.policy.Rule;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A policy made of [Condition]s, for tests that need no YAML.
record ListPolicy(List<Entry> entries, Limits limits) implements Policy {
  record Entry(Rule rule, Condition when) {
    boolean looksAtResponse() {
      return when.phases().contains(Phase.RESPONSE_HEADERS)
          || when.phases().contains(Phase.RESPONSE_BODY);
    }

    Optional<Action.Deciding> deciding() {
      return rule.mode() == Rule.Mode.OBSERVE
          ? Optional.empty()
          : rule.then().stream()
              .filter(Action.Deciding.class::isInstance)
              .map(Action.Deciding.class::cast)
              .findFirst();
    }
  }

  @Override
  public String version() {
    return "0123456789ab";
  }

  @Override
  public Outcome onRequest(Facts facts) {
    Decision none =
        new Decision(
            Optional.empty(),
            new Action.Block(Optional.empty(), Action.Page.INSIDE),
            Optional.empty());
    return decide(facts, entries.stream().filter(e -> !e.looksAtResponse()).toList(), none);
  }

  @Override
  public List<String> lostByPassthrough(Facts facts) {
    return List.of(NO_RULE);
  }

  @Override
  public Outcome onResponse(Facts facts, Decision request) {
    if (request.action() instanceof Action.Block) {
      return new Outcome.Decided(request);
    }
    return decide(facts, before(request).stream().filter(Entry::looksAtResponse).toList(), request);
  }

  private List<Entry> before(Decision decision) {
    List<Entry> before = new ArrayList<>();
    for (Entry entry : entries) {
      if (decision.rule().equals(Optional.of(entry.rule()))) {
        break;
      }
      before.add(entry);
    }
    return before;
  }

  private Outcome decide(Facts facts, List<Entry> asked, Decision otherwise) {
    for (int i = 0; i < asked.size(); i++) {
      Entry entry = asked.get(i);
      if (entry.deciding().isEmpty()) {
        continue;
      }
      switch (entry.when().in(facts)) {
        case TRUE -> {
          return new Outcome.Decided(
              new Decision(Optional.of(entry.rule()), entry.deciding().get(), Optional.empty()));
        }
        case UNKNOWN -> {
          Set<String> kinds = new TreeSet<>();
          for (Entry later : asked.subList(i, asked.size())) {
            if (later.deciding().isPresent() && later.when().in(facts) != Condition.Truth.FALSE) {
              kinds.addAll(later.when().kinds(Phase.REQUEST_BODY));
              kinds.addAll(later.when().kinds(Phase.RESPONSE_BODY));
            }
          }
          return new Outcome.Waiting(entry.rule(), entry.when().lacks(facts), kinds);
        }
        case FALSE -> {}
      }
    }
    return new Outcome.Decided(otherwise);
  }

  private static Set<Phase> lacking(Entry entry, Facts facts) {
    Set<Phase> lacking = EnumSet.noneOf(Phase.class);
    lacking.addAll(entry.when().phases());
    lacking.removeIf(phase -> known(facts, phase));
    return lacking;
  }

  private static boolean known(Facts facts, Phase phase) {
    return switch (phase) {
      case CONNECT -> true;
      case HELLO -> facts.hello().isPresent();
      case UPSTREAM_CERTIFICATE -> facts.upstreamCertificate().isPresent();
      case REQUEST_HEADERS -> facts.request().isPresent();
      case REQUEST_BODY -> facts.requestBody().map(Facts.Body::complete).orElse(false);
      case RESPONSE_HEADERS -> facts.response().isPresent();
      case RESPONSE_BODY -> facts.responseBody().map(Facts.Body::complete).orElse(false);
    };
  }

  @Override
  public Set<Phase> mayNeed(Facts facts) {
    Set<Phase> may = EnumSet.noneOf(Phase.class);
    List<Entry> inFront = mayNeed(facts, entries, false, may);
    mayNeed(facts, inFront, true, may);
    return may;
  }

  /// Adds what the undecided rules of one side lack, up to the first that decides.
  ///
  /// @return the rules in front of that one
  private static List<Entry> mayNeed(
      Facts facts, List<Entry> asked, boolean response, Set<Phase> may) {
    for (int i = 0; i < asked.size(); i++) {
      Entry entry = asked.get(i);
      if (entry.deciding().isPresent() && entry.looksAtResponse() == response) {
        switch (entry.when().in(facts)) {
          case TRUE -> {
            return asked.subList(0, i);
          }
          case UNKNOWN -> may.addAll(lacking(entry, facts));
          case FALSE -> {}
        }
      }
    }
    return asked;
  }

  @Override
  public List<Effect> effects(Facts facts, Decision decision) {
    List<Effect> effects = new ArrayList<>();
    for (Entry entry : upTo(decision)) {
      Condition.Truth truth = entry.when().in(facts);
      for (Action action : entry.rule().then()) {
        boolean reported =
            action instanceof Action.Accompanying || entry.rule().mode() == Rule.Mode.OBSERVE;
        if (reported && truth != Condition.Truth.FALSE) {
          effects.add(new Effect(entry.rule(), action, truth == Condition.Truth.TRUE));
        }
      }
    }
    return effects;
  }

  /// The rules in front of the deciding one, and that one itself.
  private List<Entry> upTo(Decision decision) {
    List<Entry> before = before(decision);
    return entries.subList(0, Math.min(entries.size(), before.size() + 1));
  }

  @Override
  public Set<Phase> watching(Facts facts, Decision decision) {
    Set<Phase> watched = EnumSet.noneOf(Phase.class);
    for (Entry entry : before(decision)) {
      boolean watches = entry.rule().mode() == Rule.Mode.OBSERVE || entry.deciding().isEmpty();
      if (watches && entry.when().in(facts) == Condition.Truth.UNKNOWN) {
        watched.addAll(lacking(entry, facts));
      }
    }
    return watched;
  }

  @Override
  public Set<String> kinds(Phase body) {
    Set<String> kinds = new TreeSet<>();
    entries.forEach(entry -> kinds.addAll(entry.when().kinds(body)));
    return kinds;
  }
}

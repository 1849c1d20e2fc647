package dev.menura.policy.rules;

import static dev.menura.policy.rules.TrialWords.decided;
import static dev.menura.policy.rules.TrialWords.forwarded;
import static dev.menura.policy.rules.TrialWords.name;
import static dev.menura.policy.rules.TrialWords.word;
import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.Decision;
import dev.menura.policy.Effect;
import dev.menura.policy.Outcome;
import dev.menura.policy.Phase;
import dev.menura.policy.Policy;
import dev.menura.policy.Rule;
import dev.menura.policy.rules.EagerOracle.Value;
import dev.menura.policy.rules.EagerOracle.Verdict;
import dev.menura.policy.rules.GeneratedExchange.Step;
import dev.menura.policy.rules.GeneratedPolicy.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One exchange under one policy, asked in every step.
record EnforcedTrial(
    GeneratedPolicy given, Policy policy, EagerOracle oracle, GeneratedExchange exchange) {
  void run() {
    checkReports(checkResponse(checkRequest()));
  }

  /// Asks in every step; the first decision must be the oracle's, and stand.
  private Decision checkRequest() {
    Verdict expected = oracle.onRequest(exchange.world(), false);
    Optional<Decision> first = Optional.empty();
    List<Set<Phase>> mayNeed = new ArrayList<>();
    for (Step step : exchange.steps()) {
      mayNeed.add(policy.mayNeed(step.facts()));
      switch (policy.onRequest(step.facts())) {
        case Outcome.Waiting waiting -> {
          assertThat(first).as(context(step)).isEmpty();
          checkNeeds(waiting, step, mayNeed);
        }
        case Outcome.Decided now -> {
          checkVerdict(now.decision(), expected, step);
          first = Optional.of(now.decision());
        }
      }
    }
    return first.orElseThrow(() -> new AssertionError("all is known in the last step"));
  }

  private Decision checkResponse(Decision request) {
    Verdict expected = oracle.onResponse(exchange.world(), false);
    Optional<Decision> first = Optional.empty();
    List<Set<Phase>> mayNeed = new ArrayList<>();
    for (Step step : exchange.steps()) {
      mayNeed.add(policy.mayNeed(step.facts()));
      switch (policy.onResponse(step.facts(), request)) {
        case Outcome.Waiting waiting -> {
          assertThat(first).as(context(step)).isEmpty();
          checkNeeds(waiting, step, mayNeed);
        }
        case Outcome.Decided now -> {
          assertThat(name(now.decision())).as(context(step)).isEqualTo(expected.rule());
          assertThat(word(now.decision().action())).isEqualTo(forwarded(expected.action()));
          first = Optional.of(now.decision());
        }
      }
    }
    return first.orElseThrow(() -> new AssertionError("all is known in the last step"));
  }

  private void checkVerdict(Decision decision, Verdict expected, Step step) {
    assertThat(name(decision)).as(context(step)).isEqualTo(expected.rule());
    String word = word(decision.action());
    if (!expected.action().equals("passthrough")) {
      assertThat(word).as(context(step)).isEqualTo(expected.action());
      return;
    }
    boolean decrypted = GeneratedExchange.known(step, Phase.REQUEST_HEADERS);
    boolean responseIsOfNoInterest =
        policy.onResponse(step.facts(), decision) instanceof Outcome.Decided same
            && name(same.decision()).equals(expected.rule());
    assertThat(word)
        .as(context(step))
        .isEqualTo(!decrypted && responseIsOfNoInterest ? "passthrough" : "allow");
  }

  /// What is waited for is unknown, was foretold in every step before, and can turn the condition.
  private void checkNeeds(Outcome.Waiting waiting, Step step, List<Set<Phase>> mayNeed) {
    assertThat(waiting.needs()).as(context(step)).isNotEmpty();
    Row row = row(waiting.rule());
    assertThat(row.observe()).as(context(step)).isFalse();
    for (Set<Phase> foretold : mayNeed) {
      assertThat(foretold).as(context(step)).containsAll(waiting.needs());
    }
    Completions completions = new Completions(oracle, row, exchange.world(), step);
    for (Phase phase : waiting.needs()) {
      assertThat(GeneratedExchange.known(step, phase)).as(context(step)).isFalse();
      if (row.when().exact()) {
        assertThat(completions.dependOn(phase))
            .as("%s matters to %s in %s", phase, row, context(step))
            .isTrue();
      }
    }
  }

  /// In the end, every rule up to the deciding one is reported as what it came to.
  private void checkReports(Decision decision) {
    Values world = exchange.world();
    Step last = exchange.steps().getLast();
    boolean refused = oracle.onRequest(world, false).action().equals("block");
    Verdict would = refused ? oracle.onRequest(world, true) : oracle.onResponse(world, true);
    Decision atEnd =
        decided(policy.onResponse(last.facts(), decided(policy.onRequest(last.facts()))));
    if (forwarded(would.action()).equals(word(atEnd.action()))) {
      assertThat(atEnd.observed()).as(context(last)).isEmpty();
    } else {
      assertThat(atEnd.observed().map(Decision.Observed::rule))
          .as(context(last))
          .hasValue(would.rule());
    }
    int end = Math.min(oracle.onResponse(world, false).index(), given.rows().size() - 1);
    List<String> effects = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    for (Row row : given.rows().subList(0, end + 1)) {
      boolean first = row.decides() && row.observe() && oracle.holds(row, world);
      if (first) {
        effects.add(row.name() + " " + row.then());
      }
      if (row.alert() && oracle.holds(row, world)) {
        effects.add(row.name() + " alert");
      }
      if (oracle.value(row, world) == Value.FAILED) {
        failures.add(row.name());
      }
    }
    assertThat(policy.effects(last.facts(), decision))
        .as(context(last))
        .extracting(effect -> effect.rule().name() + " " + word(effect.action()))
        .containsExactlyElementsOf(effects);
    assertThat(policy.effects(last.facts(), decision)).allMatch(Effect::known);
    assertThat(policy.watching(last.facts(), decision)).isEmpty();
    assertThat(policy.failures(last.facts(), decision))
        .as(context(last))
        .extracting(failure -> failure.rule().name())
        .containsExactlyElementsOf(failures);
    for (Step step : exchange.steps()) {
      checkWatching(step, decision);
    }
  }

  /// A rule that does not decide, and whose content was not seen, watches for just that content.
  private void checkWatching(Step step, Decision decision) {
    Set<Phase> watching = policy.watching(step.facts(), decision);
    boolean unseen =
        policy.effects(step.facts(), decision).stream()
            .filter(effect -> !effect.known())
            .map(effect -> row(effect.rule()))
            .anyMatch(row -> row.observe() || !row.decides());
    assertThat(!watching.isEmpty()).as(context(step)).isEqualTo(unseen);
    assertThat(watching).as(context(step)).noneMatch(phase -> GeneratedExchange.known(step, phase));
  }

  private Row row(Rule rule) {
    return given.rows().stream()
        .filter(row -> row.name().equals(rule.name()))
        .findFirst()
        .orElseThrow();
  }

  private String context(Step step) {
    return "%s%s%nat step %d"
        .formatted(given.yaml(), exchange.world(), exchange.steps().indexOf(step));
  }
}

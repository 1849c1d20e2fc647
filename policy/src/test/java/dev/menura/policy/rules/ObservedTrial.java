package dev.menura.policy.rules;

import static dev.menura.policy.rules.TrialWords.decided;
import static dev.menura.policy.rules.TrialWords.forwarded;
import static dev.menura.policy.rules.TrialWords.name;
import static dev.menura.policy.rules.TrialWords.word;
import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.Decision;
import dev.menura.policy.Outcome;
import dev.menura.policy.Phase;
import dev.menura.policy.Policy;
import dev.menura.policy.Rule;
import dev.menura.policy.rules.EagerOracle.Verdict;
import dev.menura.policy.rules.GeneratedExchange.Step;
import java.util.Optional;

/// One exchange under a policy in `spec.mode: observe`, asked in every step.
record ObservedTrial(
    GeneratedPolicy given, Policy policy, EagerOracle oracle, GeneratedExchange exchange) {
  void run() {
    Verdict enforced = oracle.onRequest(exchange.world(), false);
    Verdict would = oracle.onResponse(exchange.world(), true);
    Optional<Decision> last = Optional.empty();
    for (Step step : exchange.steps()) {
      switch (policy.onRequest(step.facts())) {
        case Outcome.Waiting waiting -> {
          assertThat(waiting.needs())
              .as(context(step))
              .isSubsetOf(Phase.HELLO, Phase.UPSTREAM_CERTIFICATE);
          assertThat(policy.mayNeed(step.facts())).containsAll(waiting.needs());
          assertThat(waiting.needs()).noneMatch(phase -> GeneratedExchange.known(step, phase));
        }
        case Outcome.Decided now -> {
          String word = word(now.decision().action());
          if (word.equals("passthrough")) {
            assertThat(enforced.action()).as(context(step)).isEqualTo("passthrough");
            assertThat(name(now.decision())).isEqualTo(enforced.rule());
            return; // it is a tunnel now, and nothing more will be known
          }
          assertThat(word).as(context(step)).isEqualTo("allow");
          assertThat(policy.onResponse(step.facts(), now.decision()))
              .isInstanceOf(Outcome.Decided.class);
          assertThat(policy.effects(step.facts(), now.decision()))
              .allMatch(effect -> effect.rule().mode() == Rule.Mode.OBSERVE);
          last = Optional.of(now.decision());
        }
      }
    }
    Step end = exchange.steps().getLast();
    Decision reported = decided(policy.onResponse(end.facts(), last.orElseThrow()));
    assertThat(word(reported.action())).isEqualTo("allow");
    if (forwarded(would.action()).equals("allow")) {
      assertThat(reported.observed()).as(context(end)).isEmpty();
    } else {
      assertThat(reported.observed().map(Decision.Observed::rule))
          .as(context(end))
          .hasValue(would.rule());
    }
  }

  private String context(Step step) {
    return "%s%s%nat step %d"
        .formatted(given.yaml(), exchange.world(), exchange.steps().indexOf(step));
  }
}

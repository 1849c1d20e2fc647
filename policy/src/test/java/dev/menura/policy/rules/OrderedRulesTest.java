package dev.menura.policy.rules;

import static dev.menura.policy.rules.Exchanges.body;
import static dev.menura.policy.rules.Exchanges.connect;
import static dev.menura.policy.rules.Exchanges.hello;
import static dev.menura.policy.rules.Exchanges.policy;
import static dev.menura.policy.rules.Exchanges.requested;
import static dev.menura.policy.rules.Exchanges.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.Action;
import dev.menura.policy.Decision;
import dev.menura.policy.Effect;
import dev.menura.policy.Facts;
import dev.menura.policy.Outcome;
import dev.menura.policy.Phase;
import dev.menura.policy.Policy;
import dev.menura.policy.Rule;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OrderedRulesTest {
  private static final Policy CORPORATE =
      policy(
          """
          - {name: no-gambling, when: host.category == 'gambling', then: block}
          - {name: bank, when: tls.sni == 'bank.example', then: passthrough}
          - {name: cards, when: request.body.count('credit-card') >= 3, then: block}
          - {name: rest, when: true, then: allow}
          """);

  static Decision decided(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Decided.class);
    return ((Outcome.Decided) outcome).decision();
  }

  static Outcome.Waiting waiting(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Waiting.class);
    return (Outcome.Waiting) outcome;
  }

  private static String name(Decision decision) {
    return decision.rule().map(Rule::name).orElse("");
  }

  @Test
  void firstTrueRuleDecidesAtConnect() {
    Decision decision = decided(CORPORATE.onRequest(connect("poker.casino.example")));
    assertThat(name(decision)).isEqualTo("no-gambling");
    assertThat(decision.action()).isInstanceOf(Action.Block.class);
  }

  @Test
  void firstUndecidedRuleNamesWhatItLacks() {
    Outcome.Waiting waiting = waiting(CORPORATE.onRequest(connect("a.example")));
    assertThat(waiting.rule().name()).isEqualTo("bank");
    assertThat(waiting.needs()).containsExactly(Phase.HELLO);
    assertThat(waiting.kinds()).containsExactly("credit-card");
  }

  @Test
  void passthroughIsDecidedWithTheHello() {
    Facts facts = connect("bank.example").with(hello("bank.example"));
    assertThat(decided(CORPORATE.onRequest(facts)).action()).isEqualTo(new Action.Passthrough());
  }

  @Test
  void passthroughMeansAllowOnceDecrypted() {
    Facts facts = requested("bank.example", "GET", "/");
    assertThat(decided(CORPORATE.onRequest(facts)).action()).isEqualTo(new Action.Allow());
  }

  @Test
  void bodyIsWaitedForOnlyUntilTheCountIsReached() {
    Facts facts = requested("a.example", "POST", "/");
    assertThat(waiting(CORPORATE.onRequest(facts)).needs()).containsExactly(Phase.REQUEST_BODY);
    assertThat(waiting(CORPORATE.onRequest(facts.withRequestBody(body(2, false)))).kinds())
        .containsExactly("credit-card");
    assertThat(name(decided(CORPORATE.onRequest(facts.withRequestBody(body(3, false))))))
        .isEqualTo("cards");
    assertThat(name(decided(CORPORATE.onRequest(facts.withRequestBody(body(2, true))))))
        .isEqualTo("rest");
  }

  @Test
  void noTrueRuleMeansBlock() {
    Policy policy = policy("- {name: a, when: host.port == 80, then: allow}\n");
    Decision decision = decided(policy.onRequest(connect("a.example")));
    assertThat(decision.rule()).isEmpty();
    assertThat(decision.action()).isInstanceOf(Action.Block.class);
  }

  @Test
  void responseRulesStandBeforeTheRuleThatLetTheRequestGo() {
    Policy policy =
        policy(
            """
            - {name: leak, when: response.body.count('credit-card') > 0, then: block}
            - {name: rest, when: true, then: allow}
            - {name: late, when: response.code == 500, then: block}
            """);
    Facts facts = requested("a.example", "GET", "/");
    Decision request = decided(policy.onRequest(facts));
    assertThat(name(request)).isEqualTo("rest");
    assertThat(waiting(policy.onResponse(facts, request)).needs())
        .containsExactly(Phase.RESPONSE_BODY);
    Facts answered = facts.withRequestBody(Facts.Body.EMPTY).with(response(500));
    assertThat(decided(policy.onResponse(answered.withResponseBody(body(0, true)), request)))
        .isEqualTo(request);
    Decision leak = decided(policy.onResponse(answered.withResponseBody(body(1, false)), request));
    assertThat(name(leak)).isEqualTo("leak");
  }

  @Test
  void passthroughBehindAnUndecidedResponseRuleIsDecrypted() {
    Policy policy =
        policy(
            """
            - {name: leak, when: "host.port == 443 && response.code == 500", then: block}
            - {name: bank, when: true, then: passthrough}
            """);
    assertThat(decided(policy.onRequest(connect("a.example"))).action())
        .isEqualTo(new Action.Allow());
  }

  @Test
  void failedConditionBlocksOnlyWhereTheRuleBlocks() {
    Policy policy =
        policy(
            """
            - {name: open, when: "request.headers['x'] == 'y'", then: allow}
            - {name: shut, when: "request.headers['x'] == 'z'", then: block}
            """);
    Facts facts = requested("a.example", "GET", "/");
    Decision decision = decided(policy.onRequest(facts));
    assertThat(name(decision)).isEqualTo("shut");
    assertThat(policy.failures(facts, decision))
        .extracting(failure -> failure.rule().name() + ": " + failure.reason())
        .containsExactly(
            "open: a header or key that it asks for is missing",
            "shut: a header or key that it asks for is missing");
  }

  @Test
  void onErrorTurnsTheMeaningOfAFailureRound() {
    Policy policy =
        policy(
            """
            - {name: shut, when: "request.headers['x'] == 'z'", then: block, on-error: allow}
            - {name: open, when: "request.headers['x'] == 'y'", then: allow, on-error: block}
            """);
    Decision decision = decided(policy.onRequest(requested("a.example", "GET", "/")));
    assertThat(name(decision)).isEqualTo("open");
    assertThat(decision.action()).isInstanceOf(Action.Block.class);
  }

  @Test
  void effectsAreThoseOfTheRulesUpToTheDecidingOne() {
    Policy policy =
        policy(
            """
            - {name: tell, when: request.body.count('credit-card') > 0, then: alert}
            - {name: never, when: host.port == 80, then: alert}
            - {name: try, when: host.port == 443, then: block, mode: observe}
            - {name: rest, when: true, then: [allow, set-request-headers: {X-A: b}]}
            - {name: behind, when: true, then: alert}
            """);
    Facts facts = requested("a.example", "POST", "/");
    Decision decision = decided(policy.onRequest(facts));
    assertThat(decision.observed()).map(Decision.Observed::rule).hasValue("try");
    assertThat(policy.watching(facts, decision)).containsExactly(Phase.REQUEST_BODY);
    assertThat(policy.effects(facts, decision))
        .extracting(effect -> effect.rule().name(), Effect::known)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("tell", false),
            org.assertj.core.groups.Tuple.tuple("try", true),
            org.assertj.core.groups.Tuple.tuple("rest", true));
    assertThat(policy.effects(facts.withRequestBody(body(1, false)), decision))
        .extracting(Effect::known)
        .containsExactly(true, true, true);
  }

  @Test
  void mayNeedNamesWhatTheRulesBehindCouldAsk() {
    assertThat(CORPORATE.mayNeed(connect("a.example")))
        .containsExactlyInAnyOrder(Phase.HELLO, Phase.REQUEST_BODY);
    assertThat(CORPORATE.mayNeed(connect("bets.example"))).isEmpty();
    assertThat(CORPORATE.kinds(Phase.REQUEST_BODY)).isEqualTo(Set.of("credit-card"));
    assertThat(CORPORATE.kinds(Phase.RESPONSE_BODY)).isEqualTo(Set.of());
    assertThat(List.of(CORPORATE.limits().heldBytes())).containsExactly(16L << 20);
  }
}

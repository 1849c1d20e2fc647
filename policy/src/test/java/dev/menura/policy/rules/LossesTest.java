package dev.menura.policy.rules;

import static dev.menura.policy.rules.Exchanges.connect;
import static dev.menura.policy.rules.Exchanges.hello;
import static dev.menura.policy.rules.Exchanges.policy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.Policy;
import java.util.List;
import org.junit.jupiter.api.Test;

class LossesTest {
  private static final String REST = "- {name: rest, when: true, then: allow}\n";

  @Test
  void nothingIsLostWhereTheFirstUndecidedRuleOnlyAllows() {
    assertThat(
            lost(
                """
                - {name: get, when: request.method == 'GET', then: allow}
                - {name: watch, when: request.path == '/', then: alert}
                """
                    + REST))
        .isEmpty();
  }

  @Test
  void everyRuleThatMightBlockOrChangeHeadersIsLost() {
    assertThat(
            lost(
                """
                - {name: cards, when: request.body.count('credit-card') >= 3, then: block}
                - {name: tenant, when: true, then: {set-request-headers: {x-tenant: ours}}}
                - {name: teapot, when: response.code == 418, then: block}
                - {name: strict, when: request.method == 'GET', then: allow, on-error: block}
                """
                    + REST
                    + "- {name: behind, when: request.path == '/', then: block}\n"))
        .containsExactly("cards", "tenant", "teapot", "strict");
  }

  @Test
  void rulesThatAreFalseOrOnlyObserveLoseNothing() {
    assertThat(
            lost(
                """
                - {name: other, when: "host.name == 'b.example' && request.path == '/'", then: block}
                - {name: seen, when: request.path == '/', then: block, mode: observe}
                """
                    + REST))
        .isEmpty();
  }

  @Test
  void theBlockThatFollowsWhereNoRuleIsTrueIsLostToo() {
    assertThat(lost("- {name: get, when: request.method == 'GET', then: allow}\n"))
        .containsExactly(Policy.NO_RULE);
  }

  @Test
  void aRuleThatBlocksByNowIsNamed() {
    assertThat(lost("- {name: no, when: host.name == 'a.example', then: block}\n" + REST))
        .containsExactly("no");
  }

  private static List<String> lost(String rules) {
    return policy(rules).lostByPassthrough(connect("a.example").with(hello("a.example")));
  }
}

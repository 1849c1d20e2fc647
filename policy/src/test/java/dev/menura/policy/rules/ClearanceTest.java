package dev.menura.policy.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cel.expr.ParsedExpr;
import dev.menura.policy.Clearance;
import dev.menura.policy.Facts;
import dev.menura.policy.Formula;
import dev.menura.policy.Policy;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What a policy gives Envoy to tell by itself. That it means the same there is for the tests that
/// run Envoy.
class ClearanceTest {
  private static final String ALL = "- {name: all, when: true, then: allow}\n";

  private static Policy policy(String rules) {
    return Exchanges.policy(rules);
  }

  private static String formula(String rules) {
    return policy(rules).clearance().map(Clearance::formula).map(ClearanceTest::shown).orElse("");
  }

  /// The formula in words: what Envoy evaluates is `?`.
  private static String shown(Formula formula) {
    return switch (formula) {
      case Formula.Constant constant -> constant.name();
      case Formula.Noted(String word) -> word;
      case Formula.Holds(ParsedExpr _) -> "?";
      case Formula.All(var parts) ->
          parts.stream().map(ClearanceTest::shown).collect(Collectors.joining(" & ", "(", ")"));
      case Formula.Any(var parts) ->
          parts.stream().map(ClearanceTest::shown).collect(Collectors.joining(" | ", "(", ")"));
    };
  }

  private static Optional<List<String>> words(String rules, String host) {
    var facts =
        Facts.of(new Facts.Connect("192.0.2.1", host, 443))
            .with(new Facts.Hello("tls", host, ""))
            .with(Facts.UpstreamCertificate.NONE);
    return policy(rules).clearance().flatMap(clearance -> clearance.words(facts));
  }

  @Test
  void aRuleAboutTheHeadIsProvedFalseByEnvoy() {
    var rules = "- {name: a, when: \"request.path == '/a'\", then: block}\n" + ALL;
    assertThat(formula(rules)).isEqualTo("(!0 | (? & !1))");
    assertThat(words(rules, "one.test")).hasValue(List.of("!1"));
  }

  @Test
  void aRuleThatAllowsMayBeProvedTrue() {
    var rules = "- {name: a, when: \"request.method == 'GET'\", then: allow}\n";
    assertThat(formula(rules)).isEqualTo("(!0 | ? | (? & !1))");
    assertThat(words(rules, "one.test")).hasValue(List.of());
  }

  @Test
  void whatIsKnownOfTheConnectionIsNoted() {
    var rules =
        "- {name: a, when: \"host.name == 'one.test' && request.path == '/a'\", then: block}\n"
            + ALL;
    assertThat(formula(rules)).isEqualTo("(!0 | ((-0 | ?) & !1))");
    assertThat(words(rules, "one.test")).hasValue(List.of("!1", "+0"));
    assertThat(words(rules, "two.test")).hasValue(List.of("!1", "-0"));
  }

  @Test
  void contentProvesNothingButItsCompanyMay() {
    assertThat(
            formula(
                "- {name: a, when: \"request.body.count('credit-card') > 0\", then: block}\n"
                    + ALL))
        .isEqualTo("!0");
    assertThat(
            formula(
                "- name: a\n  when: \"request.method == 'POST'"
                    + " && request.body.count('credit-card') > 0\"\n  then: block\n"
                    + ALL))
        .isEqualTo("(!0 | (? & !1))");
  }

  @Test
  void aCookieProvesNothingSinceEnvoyJoinsItsLinesInAnotherWay() {
    assertThat(
            formula(
                "- {name: a, when: \"request.headers['cookie'] == 'a=1'\", then: block}\n" + ALL))
        .isEqualTo("!0");
    assertThat(
            formula("- {name: a, when: \"request.headers.cookie == 'a=1'\", then: block}\n" + ALL))
        .isEqualTo("!0");
  }

  @Test
  void aChoiceWithoutAValueProvesNothing() {
    assertThat(
            formula(
                "- name: a\n  when: \"request.query == 'q' ? request.path == '/a'"
                    + " : request.path == '/b'\"\n  then: block\n"
                    + ALL))
        .isEqualTo("!0");
  }

  @Test
  void anAllowingRuleByOtherHeadersIsNotProvedTrueSinceNoEventCouldNameIt() {
    assertThat(formula("- {name: a, when: \"has(request.headers.cookie)\", then: allow}\n" + ALL))
        .isEqualTo("(!0 | (? & !1))");
  }

  @Test
  void aConnectionIsNotNotedWhereARuleAboutItDoesMoreThanAllow() {
    var head = "- {name: a, when: \"request.path == '/a'\", then: block}\n";
    var alert = "- {name: b, when: \"host.name == 'one.test'\", then: [alert, allow]}\n";
    assertThat(words(head + alert + ALL, "one.test")).isEmpty();
    assertThat(words(head + alert + ALL, "two.test")).hasValue(List.of("!1"));
  }

  @Test
  void rulesThatBlockAConnectionEndNothing() {
    var rules =
        """
        - {name: a, when: "host.name == 'one.test'", then: block}
        - {name: b, when: "request.method == 'GET'", then: allow}
        """;
    assertThat(words(rules, "one.test")).isEmpty();
    assertThat(words(rules, "two.test")).hasValue(List.of());
  }

  @Test
  void thereIsNoneWhereNoRuleLooksAtRequestsOrTooManyDo() {
    assertThat(formula(ALL)).isEmpty();
    var many = new StringBuilder();
    for (int i = 0; i <= Clearances.RULES_MAX; i++) {
      many.append("- {name: r" + i + ", when: \"request.path == '/" + i + "'\", then: block}\n");
    }
    assertThat(formula(many + ALL)).isEmpty();
  }
}

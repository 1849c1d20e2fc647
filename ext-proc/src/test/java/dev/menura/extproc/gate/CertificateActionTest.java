package dev.menura.extproc.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.TlsRules;
import org.junit.jupiter.api.Test;

/// What rules want of the certificate that a client is shown, and which TLS it may be shown over.
class CertificateActionTest {
  private static String admitted(String rules, String sni) {
    var given = new GateFixture(rules);
    given.hello("a.test:443", "tls", sni);
    return String.join(",", given.admitted);
  }

  @Test
  void appliesWhereItStandsBeforeTheDecidingRuleOrIsIt() {
    assertThat(
            admitted(
                """
                - {name: one, when: host.name == 'a.test', then: {certificate: {valid-for: 24h}}}
                - {name: all, when: true, then: allow}
                """,
                "a.test"))
        .isEqualTo("a.test for PT24H");
    assertThat(
            admitted(
                "- {name: all, when: true, then: [allow, {certificate: {valid-for: 1h}}]}\n",
                "a.test"))
        .isEqualTo("a.test for PT1H");
  }

  @Test
  void doesNotApplyBehindTheDecidingRuleOrForAnotherHostOrWhereItIsObserved() {
    assertThat(
            admitted(
                """
                - {name: other, when: host.name == 'b.test', then: {certificate: {valid-for: 1h}}}
                - name: watched
                  when: true
                  then: {certificate: {valid-for: 2h}}
                  mode: observe
                - {name: all, when: host.name == 'a.test', then: allow}
                - {name: late, when: true, then: {certificate: {valid-for: 3h}}}
                """,
                "a.test"))
        .isEqualTo("a.test");
  }

  @Test
  void passesOverRulesThatWaitForARequest() {
    assertThat(
            admitted(
                """
                - {name: waits, when: request.path == '/x', then: block}
                - {name: one, when: true, then: {certificate: {valid-for: 12h}}}
                - {name: all, when: true, then: allow}
                """,
                "a.test"))
        .isEqualTo("a.test for PT12H");
  }

  @Test
  void knowsTheOriginsCertificate() {
    assertThat(
            admitted(
                """
                - name: one
                  when: upstream.certificate.key == 'P-256'
                  then: {certificate: {valid-for: 12h}}
                - {name: all, when: true, then: allow}
                """,
                "a.test"))
        .isEqualTo("a.test for PT12H");
  }

  @Test
  void countsTheShortestOfSeveral() {
    assertThat(
            admitted(
                """
                - {name: one, when: true, then: {certificate: {valid-for: 12h}}}
                - {name: two, when: true, then: {certificate: {valid-for: 2h}}}
                - {name: all, when: true, then: [allow, {certificate: {valid-for: 3h}}]}
                """,
                "a.test"))
        .isEqualTo("a.test for PT2H");
  }

  @Test
  void appliesToClientsThatNameNoServer() {
    assertThat(
            admitted(
                "- {name: all, when: true, then: [allow, {certificate: {valid-for: 1h}}]}\n", ""))
        .isEqualTo("unnamed for PT1H");
  }

  @Test
  void refusesAnOriginBelowTheMinimumOfClientsUnlessVersionsMayDiffer() {
    var given = new GateFixture("- {name: all, when: true, then: allow}\n");
    given.look = GateFixture.seen("", "TLSv1.2");
    given.tls = minimum13(TlsRules.ClientVersions.AS_ORIGIN);
    given.hello("a.test:443", "tls", "a.test");
    assertThat(given.lastReason()).isEqualTo("client-tls-minimum");
    given.tls = minimum13(TlsRules.ClientVersions.ALL);
    given.hello("a.test:443", "tls", "a.test");
    assertThat(given.events.getLast().common().reason()).isNull();
  }

  private static TlsRules minimum13(TlsRules.ClientVersions versions) {
    return new TlsRules(
        versions, TlsRules.Version.TLS_1_3, TlsRules.Version.TLS_1_2, TlsRules.Restriction.NONE);
  }
}

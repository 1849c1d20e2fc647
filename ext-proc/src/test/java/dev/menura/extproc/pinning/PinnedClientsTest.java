package dev.menura.extproc.pinning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.event.GatewayEvent;
import dev.menura.extproc.event.GatewayEvent.Evidence;
import dev.menura.extproc.event.GatewayEvent.ProposalEvent;
import dev.menura.extproc.event.GatewayEvent.RejectionEvent;
import dev.menura.gate.v1.Connection;
import dev.menura.gate.v1.Hello;
import dev.menura.policy.Gateway;
import dev.menura.policy.Policy;
import dev.menura.policy.PolicyException;
import dev.menura.policy.PolicySource;
import dev.menura.policy.load.PolicyLoader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinnedClientsTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final String ALLOW = "- {name: all, when: true, then: allow}";

  private final List<GatewayEvent> events = new ArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Instant now = START;
  private Policy policy = policy(ALLOW);
  private Gateway.PinnedClients settings = Gateway.PinnedClients.STANDARD;
  private final PinnedClients pinned =
      new PinnedClients(() -> settings, () -> policy, events::add, new Hand(), meters);

  @Test
  void hostIsProposedOnceSoManyDifferentClientsHaveRejectedIt() {
    rejected("a.test", "10.0.0.1", Sign.UNKNOWN_CA);
    rejected("a.test", "10.0.0.1", Sign.UNKNOWN_CA);
    later(Duration.ofMinutes(1));
    rejected("a.test", "10.0.0.2", Sign.CLOSED);
    rejected("b.test", "10.0.0.3", Sign.CLOSED);
    assertThat(proposals()).isEmpty();
    later(Duration.ofMinutes(1));
    rejected("a.test", "10.0.0.3", Sign.BAD_CERTIFICATE);
    rejected("a.test", "10.0.0.4", Sign.BAD_CERTIFICATE);
    assertThat(proposals()).hasSize(1);
    assertThat(proposals().getFirst().common().verdict()).isEqualTo("propose");
    assertThat(proposals().getFirst().evidence())
        .isEqualTo(
            new Evidence(
                4,
                3,
                List.of("10.0.0.1", "10.0.0.2", "10.0.0.3"),
                Map.of("unknown-ca", 2, "closed", 1, "bad-certificate", 1),
                START,
                START.plusSeconds(120),
                null,
                List.of(),
                "- name: pinned-a-test\n  when: host.name == 'a.test'\n  then: passthrough\n",
                "all"));
    assertThat(pinned.exempts("a.test")).isFalse();
    assertThat(events.stream().filter(RejectionEvent.class::isInstance)).hasSize(6);
  }

  @Test
  void clientsCountOnlyWithinTheWindow() {
    rejected("a.test", "10.0.0.1", Sign.CLOSED);
    rejected("a.test", "10.0.0.2", Sign.CLOSED);
    later(Duration.ofHours(1).plusMillis(1));
    rejected("a.test", "10.0.0.3", Sign.CLOSED);
    assertThat(proposals()).isEmpty();
    later(Duration.ofMinutes(30));
    rejected("a.test", "10.0.0.1", Sign.CLOSED);
    later(Duration.ofMinutes(30));
    rejected("a.test", "10.0.0.2", Sign.CLOSED);
    assertThat(proposals()).hasSize(1);
  }

  @Test
  void hostIsProposedAgainOnlyAfterTheClientsHaveBeenForgotten() {
    three("a.test");
    later(Duration.ofMinutes(59));
    three("a.test");
    assertThat(proposals()).hasSize(1);
    later(Duration.ofHours(2));
    three("a.test");
    assertThat(proposals()).hasSize(2);
  }

  @Test
  void addressesBelowOnePrefixOfIpv6AreOneClient() {
    rejected("a.test", "2001:db8::1", Sign.CLOSED);
    rejected("a.test", "2001:db8::2", Sign.CLOSED);
    rejected("a.test", "2001:db8:0:0:ffff::3", Sign.CLOSED);
    assertThat(proposals()).isEmpty();
    rejected("a.test", "2001:db8:0:1::1", Sign.CLOSED);
    rejected("a.test", "2001:db8:0:2::1", Sign.CLOSED);
    assertThat(proposals()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"block", "distrust", "clear", "passthrough", ""})
  void connectionsThatWereShownNoTrustedMimicAreNotCounted(String connectionClass) {
    for (int client = 1; client <= 5; client++) {
      pinned.rejected(
          connection("a.test", "10.0.0." + client).setConnectionClass(connectionClass).build(),
          Sign.UNKNOWN_CA);
    }
    assertThat(events).isEmpty();
  }

  @Test
  void B12_hostIsExemptedOnlyWhereTheOperatorOptsInAndOnlyForAWhile() {
    three("a.test");
    assertThat(pinned.exempts("a.test")).isFalse();
    exemptFor(Duration.ofHours(24));
    three("b.test");
    assertThat(proposals().getLast().common().verdict()).isEqualTo("exempt");
    assertThat(proposals().getLast().evidence().exemptUntil())
        .isEqualTo(now.plus(Duration.ofHours(24)));
    assertThat(pinned.exempts("b.test")).isTrue();
    assertThat(pinned.exempts("a.test")).isFalse();
    later(Duration.ofHours(24).minusMillis(1));
    assertThat(pinned.exempts("b.test")).isTrue();
    later(Duration.ofMillis(1));
    assertThat(pinned.exempts("b.test")).isFalse();
    // After it, the clients must reject anew.
    rejected("b.test", "10.0.0.1", Sign.CLOSED);
    assertThat(pinned.exempts("b.test")).isFalse();
    three("b.test");
    assertThat(pinned.exempts("b.test")).isTrue();
  }

  @Test
  void B12_exemptionEndsWithTheOptIn() {
    exemptFor(Duration.ofHours(24));
    three("a.test");
    settings = Gateway.PinnedClients.STANDARD;
    assertThat(pinned.exempts("a.test")).isFalse();
    exemptFor(Duration.ofHours(1));
    later(Duration.ofHours(1));
    assertThat(pinned.exempts("a.test")).isFalse();
  }

  @Test
  void connectionsThatWereOnlyLeftUnusedExemptNothing() {
    exemptFor(Duration.ofHours(24));
    for (int client = 1; client <= 3; client++) {
      rejected("a.test", "10.0.0." + client, Sign.CLOSED_UNUSED);
    }
    assertThat(proposals())
        .extracting(event -> event.common().verdict())
        .containsExactly("propose");
    three("a.test");
    assertThat(proposals())
        .extracting(event -> event.common().verdict())
        .containsExactly("propose", "exempt");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- {name: r, when: \"request.body.count('credit-card') > 2\", then: block}\n" + ALLOW,
        "- {name: r, when: \"host.name == 'a.test' && request.path == '/'\", then: block}\n"
            + ALLOW,
        "- {name: r, when: response.code == 418, then: block}\n" + ALLOW,
        "- {name: r, when: true, then: {set-request-headers: {x-tenant: ours}}}\n" + ALLOW,
        "- {name: r, when: request.method == 'GET', then: allow, on-error: block}\n" + ALLOW,
      })
  void B12_hostThatARuleCouldStillBlockOrChangeIsProposedWithTheRuleAndNeverExempted(String rules) {
    policy = policy(rules);
    exemptFor(Duration.ofHours(24));
    three("a.test");
    assertThat(pinned.exempts("a.test")).isFalse();
    assertThat(proposals()).hasSize(1);
    assertThat(proposals().getFirst().common().verdict()).isEqualTo("propose");
    assertThat(proposals().getFirst().evidence().lost()).containsExactly("r");
  }

  @Test
  void B12_hostThatIsBlockedWhereNoRuleIsTrueIsNeverExempted() {
    policy = policy("- {name: r, when: request.method == 'GET', then: allow}");
    exemptFor(Duration.ofHours(24));
    three("a.test");
    assertThat(proposals().getFirst().evidence().lost()).containsExactly(Policy.NO_RULE);
    assertThat(pinned.exempts("a.test")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"block", "passthrough"})
  void B12_hostThatARuleHasDecidedByNowIsNotProposed(String action) {
    exemptFor(Duration.ofHours(24));
    policy = policy("- {name: r, when: host.name == 'a.test', then: " + action + "}\n" + ALLOW);
    three("a.test");
    assertThat(proposals()).isEmpty();
    assertThat(pinned.exempts("a.test")).isFalse();
  }

  @Test
  void rulesThatAreFalseForTheHostDoNotHinderTheExemption() {
    policy =
        policy(
            "- {name: r, when: \"host.name == 'b.test' && request.path == '/'\", then: block}\n"
                + ALLOW
                + "\n- {name: late, when: request.path == '/', then: block}\n");
    exemptFor(Duration.ofHours(24));
    three("a.test");
    assertThat(pinned.exempts("a.test")).isTrue();
  }

  @Test
  void B12_clientsWithoutOurAuthorityExemptNothingOnceTheyAreKnown() {
    for (int host = 1; host < Strangers.HOSTS_MIN; host++) {
      three("h" + host + ".test");
    }
    exemptFor(Duration.ofHours(24));
    rejected("last.test", "10.0.0.1", Sign.UNKNOWN_CA);
    rejected("last.test", "10.0.0.2", Sign.UNKNOWN_CA);
    rejected("last.test", "10.0.0.3", Sign.UNKNOWN_CA);
    assertThat(pinned.exempts("last.test")).isFalse();
    assertThat(proposals().getLast().common().host()).isEqualTo("last.test");
    assertThat(proposals().getLast().common().verdict()).isEqualTo("propose");
    rejected("last.test", "10.0.0.4", Sign.UNKNOWN_CA);
    rejected("last.test", "10.0.0.5", Sign.UNKNOWN_CA);
    assertThat(pinned.exempts("last.test")).isFalse();
    rejected("last.test", "10.0.0.6", Sign.UNKNOWN_CA);
    assertThat(pinned.exempts("last.test")).isTrue();
  }

  @Test
  void soManyHostsAreCounted() {
    for (int host = 0; host < PinnedClients.HOSTS_MAX; host++) {
      rejected("h" + host + ".test", "10.0.0.1", Sign.CLOSED);
      rejected("h" + host + ".test", "10.0.0.2", Sign.CLOSED);
    }
    rejected("h1.test", "10.0.0.1", Sign.CLOSED);
    rejected("one-more.test", "10.0.0.1", Sign.CLOSED);
    // The one heard of longest ago was forgotten.
    rejected("h0.test", "10.0.0.3", Sign.CLOSED);
    assertThat(proposals()).isEmpty();
    rejected("h1.test", "10.0.0.3", Sign.CLOSED);
    assertThat(proposals()).hasSize(1);
  }

  @Test
  void soManyClientsOfAHostAreToldApart() {
    settings =
        new Gateway.PinnedClients(HostTally.CLIENTS_MAX, Duration.ofHours(1), Optional.empty());
    for (int client = 0; client < HostTally.CLIENTS_MAX + 50; client++) {
      rejected("a.test", "10.0.1." + client, Sign.CLOSED);
    }
    assertThat(proposals()).hasSize(1);
    assertThat(proposals().getFirst().evidence().clients()).isEqualTo(HostTally.CLIENTS_MAX);
    assertThat(proposals().getFirst().evidence().addresses()).hasSize(HostTally.ADDRESSES_SHOWN);
  }

  private void three(String host) {
    for (int client = 1; client <= 3; client++) {
      rejected(host, "10.0.0." + client, Sign.CLOSED);
    }
  }

  private void rejected(String host, String client, Sign sign) {
    pinned.rejected(connection(host, client).build(), sign);
  }

  private static Connection.Builder connection(String host, String client) {
    return Connection.newBuilder()
        .setId("c1")
        .setHost(host)
        .setPort(443)
        .setClientIp(client)
        .setConnectionClass("trusted")
        .setHello(Hello.newBuilder().setProtocol("tls").setSni(host));
  }

  private void exemptFor(Duration span) {
    settings = new Gateway.PinnedClients(3, Duration.ofHours(1), Optional.of(span));
  }

  private void later(Duration span) {
    now = now.plus(span);
  }

  private List<ProposalEvent> proposals() {
    return events.stream()
        .filter(ProposalEvent.class::isInstance)
        .map(ProposalEvent.class::cast)
        .toList();
  }

  private static Policy policy(String rules) {
    var text =
        "apiVersion: menura.dev/v1\nkind: Policy\nmetadata: {name: p}\nspec:\n  rules:\n"
            + rules.indent(4);
    try {
      return new PolicyLoader(Set.of("credit-card")).load(new Text(text)).policy();
    } catch (PolicyException e) {
      throw new IllegalArgumentException(e.issues().toString(), e);
    }
  }

  private record Text(String text) implements PolicySource {
    @Override
    public List<String> documents() {
      return List.of("policy.yaml");
    }

    @Override
    public byte[] read(String name, int atMost) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  /// A clock that the test moves.
  private final class Hand extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}

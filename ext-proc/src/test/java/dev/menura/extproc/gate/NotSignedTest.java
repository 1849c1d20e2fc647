package dev.menura.extproc.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.event.GatewayEvent.ConnectionEvent;
import org.junit.jupiter.api.Test;

/// K11: what the gate does while the authority's key does not sign.
class NotSignedTest {
  private static final String RULES =
      """
      - {name: no, when: "host.name == 'no.test'", then: block}
      - {name: old, when: "host.name == 'old.test'", then: {allow: {problems: [expired]}}}
      - {name: all, when: true, then: allow}
      """;

  private final GateFixture given = new GateFixture(RULES);

  private void closes(String host, String sni, String reason) {
    given.signs = false;
    assertThat(given.hello(host + ":443", "tls", sni)).isEqualTo(new HelloAnswer.Close(reason));
    var event = (ConnectionEvent) given.events.getLast();
    assertThat(event.common().reason()).isEqualTo(reason);
  }

  @Test
  void k11ClosesWhatNeedsANewCertificateAndSaysWhy() {
    closes("a.test", "a.test", "certificate-not-signed");
    closes("a.test", "", "certificate-not-signed");
    assertThat(given.admitted).isEmpty();
  }

  @Test
  void k11MakesNoException() {
    given.look = GateFixture.seen("expired");
    closes("old.test", "old.test", "certificate-not-signed");
  }

  @Test
  void k11KeepsTheReasonOfARefusalThatHasNoPage() {
    given.look = GateFixture.seen("revoked");
    closes("a.test", "a.test", "certificate-revoked");
    assertThat(given.pages).isEmpty();
  }

  @Test
  void showsWhatNoTrustedKeySigns() {
    given.rules("- {name: see, when: true, then: distrust}\n");
    given.look = GateFixture.seen("expired");
    given.signs = false;
    assertThat(given.hello("a.test:443", "tls", "a.test")).isInstanceOf(HelloAnswer.Tunnel.class);
  }
}

package dev.menura.extproc.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.event.GatewayEvent.ConnectionEvent;
import dev.menura.extproc.event.GatewayEvent.Tls;
import dev.menura.extproc.gate.Callers.Answer;
import dev.menura.gate.v1.Client;
import dev.menura.gate.v1.Holder;
import dev.menura.policy.Facts;
import dev.menura.proto.Wire;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What client certificate an origin is presented, and what is said of origins that ask for one.
class PresentedCertificateTest {
  private static final String MIMIC =
      "- {name: known, when: true, then: [{present-client-certificate: {mimic: true}}, allow]}";
  private static final String ASKED =
      """
      - {name: own, when: "upstream.tls.client_certificate == 'asked' && host.name == 'own.test'", then: passthrough}
      - {name: rest, when: true, then: allow}
      """;

  private final GateFixture given = new GateFixture(MIMIC);

  private static Facts.Client client(String user) {
    return new Facts.Client("198.51.100.7", user, List.of("staff"), "laptop", Facts.Workload.NONE);
  }

  private HelloAnswer hello(String host) {
    return given.hello(host + ":443", "tls", host);
  }

  private Tls event() {
    return given.events.getLast() instanceof ConnectionEvent event
        ? event.tls()
        : new Tls(null, "", null, null, null);
  }

  private void originAsks() {
    given.look =
        new Origins.Look.Seen(
            new Facts.UpstreamCertificate("", "CN=i", "CN=s", "P-256", "TLSv1.3", "asked"),
            "",
            "00",
            "not-offered",
            "h2",
            List.of());
  }

  @Test
  void aKnownUserIsMimicked() {
    given.callers = (_, _) -> new Answer.Known(client("ann"));
    assertThat(hello("shop.test"))
        .isInstanceOfSatisfying(
            HelloAnswer.Tunnel.class,
            tunnel -> {
              assertThat(tunnel.connectionClass()).isEqualTo(Wire.CLASS_CERTIFIED);
              assertThat(tunnel.connection().getMimickedClient()).isEqualTo("menura/mimic/1");
            });
    assertThat(given.clients).extracting(Client::getUser).containsExactly("ann");
    assertThat(event().presented()).isEqualTo("mimic");
    assertThat(event().hint()).isNull();
  }

  @Test
  void whoIsNotKnownIsRefusedRatherThanPresentedAsNobody() {
    var device = client("");
    for (Callers callers : List.of(Callers.ANYBODY, (_, _) -> new Answer.Known(device))) {
      given.callers = callers;
      assertThat(hello("shop.test"))
          .isInstanceOfSatisfying(
              HelloAnswer.Tunnel.class,
              tunnel -> assertThat(tunnel.connectionClass()).isEqualTo(Wire.CLASS_BLOCK));
      assertThat(given.lastReason()).isEqualTo("no-client-identity");
    }
    assertThat(given.clients).isEmpty();
    assertThat(given.admitted).isEmpty();
    assertThat(given.refusals("no-client-identity")).isEqualTo(2);
  }

  @Test
  void whoCannotBeNamedInACertificateIsRefused() {
    var admitted =
        given.admitted("shop.test:443").connection().toBuilder()
            .setClient(
                Client.newBuilder().setUser("ann").setHolder(Holder.newBuilder().setTooLong(true)))
            .build();
    var _ = given.gate.hello(Optional.of(admitted), new Facts.Hello("tls", "shop.test", ""));
    assertThat(given.lastReason()).isEqualTo("no-client-identity");
  }

  @Test
  void anAuthorityThatDoesNotSignClosesTheConnection() {
    given.callers = (_, _) -> new Answer.Known(client("ann"));
    given.signs = false;
    assertThat(hello("shop.test")).isInstanceOf(HelloAnswer.Close.class);
    assertThat(given.lastReason()).isEqualTo("certificate-not-signed");
  }

  @Test
  void theFirstRuleThatWantsOneDecides() {
    given.rules(
        """
        - {name: mimicked, when: client.user == 'ann', then: {present-client-certificate: {mimic: true}}}
        - {name: rest, when: true, then: allow}
        """);
    given.callers = (_, _) -> new Answer.Known(client("bob"));
    assertThat(hello("shop.test"))
        .isInstanceOfSatisfying(
            HelloAnswer.Tunnel.class,
            tunnel -> assertThat(tunnel.connectionClass()).isEqualTo(Wire.CLASS_TRUSTED));
    assertThat(given.clients).isEmpty();
  }

  @Test
  void b12AnOriginThatAsksIsDecryptedAllTheSameAndTheEventSaysWhatWouldHelp() {
    given.rules(ASKED);
    originAsks();
    assertThat(hello("shop.test"))
        .isInstanceOfSatisfying(
            HelloAnswer.Tunnel.class,
            tunnel -> assertThat(tunnel.connectionClass()).isEqualTo(Wire.CLASS_TRUSTED));
    assertThat(event().clientCertificate()).isEqualTo("asked");
    assertThat(event().presented()).isNull();
    assertThat(event().hint())
        .endsWith("{name: own-certificate, when: host.name == 'shop.test', then: passthrough}");
    assertThat(
            given
                .meters
                .get("menura.gate.client.certificates")
                .tags("asked", "yes", "presented", "none")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void b12ARuleCanAskWhetherTheOriginAsks() {
    given.rules(ASKED);
    originAsks();
    assertThat(hello("own.test"))
        .isInstanceOfSatisfying(
            HelloAnswer.Tunnel.class,
            tunnel -> assertThat(tunnel.connectionClass()).isEqualTo(Wire.CLASS_PASSTHROUGH));
    assertThat(event().hint()).isNull();
    given.look = GateFixture.seen("");
    assertThat(hello("own.test"))
        .isInstanceOfSatisfying(
            HelloAnswer.Tunnel.class,
            tunnel -> assertThat(tunnel.connectionClass()).isEqualTo(Wire.CLASS_TRUSTED));
  }
}

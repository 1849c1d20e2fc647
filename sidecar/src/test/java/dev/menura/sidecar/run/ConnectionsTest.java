package dev.menura.sidecar.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.exchange.ConnectionContext.Standing;
import dev.menura.extproc.gate.Ticket;
import dev.menura.gate.v1.Connection;
import dev.menura.gate.v1.Settled;
import dev.menura.proto.Wire;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
  private static final Connection.Builder TRUSTED =
      Connection.newBuilder()
          .setId("c1")
          .setClientIp("192.0.2.7")
          .setHost("shop.test")
          .setPort(443)
          .setConnectionClass(Wire.CLASS_TRUSTED);

  /// As after a restart: nothing is remembered.
  private final Connections connections = new Connections();

  @Test
  void readTheVerdictOnAllRequestsFromTheTicketAlone() {
    var ticket =
        Ticket.encode(
            TRUSTED
                .clone()
                .setSettled(Settled.newBuilder().setRule("all").setPolicyVersion("v1"))
                .build());
    var verdict = connections.settled(ticket).orElseThrow();
    assertThat(verdict.rule()).isEqualTo("all");
    assertThat(verdict.policyVersion()).isEqualTo("v1");
    assertThat(verdict.connection().id()).isEqualTo("c1");
    assertThat(connections.clearing(ticket)).isEmpty();
  }

  @Test
  void readWhoClearsRequestsFromTheTicketAlone() {
    var ticket = Ticket.encode(TRUSTED.clone().setClearedBy("v2").build());
    var clearing = connections.clearing(ticket).orElseThrow();
    assertThat(clearing.policyVersion()).isEqualTo("v2");
    assertThat(clearing.connection().connect().hostName()).isEqualTo("shop.test");
    assertThat(clearing.connection().standing()).isEqualTo(new Standing.Trusted());
    assertThat(connections.settled(ticket)).isEmpty();
  }

  @Test
  void knowNothingOfTheRequestsOfOtherConnections() {
    var ticket = Ticket.encode(TRUSTED.clone().build());
    assertThat(connections.context(ticket)).isPresent();
    assertThat(connections.settled(ticket)).isEmpty();
    assertThat(connections.clearing(ticket)).isEmpty();
  }

  @Test
  void knowNothingWhereNoTicketCanBeRead() {
    for (var ticket : new String[] {"", "-", "A".repeat(Ticket.CHARS_MAX + 1)}) {
      assertThat(connections.context(ticket)).isEmpty();
      assertThat(connections.clearing(ticket)).isEmpty();
    }
  }
}

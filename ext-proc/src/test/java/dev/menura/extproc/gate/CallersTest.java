package dev.menura.extproc.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.event.GatewayEvent.Caller;
import dev.menura.extproc.gate.Callers.Answer;
import dev.menura.extproc.gate.Callers.Reason;
import dev.menura.policy.Facts;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the gate makes of who is asking.
class CallersTest {
  private static final Facts.Client ANN =
      new Facts.Client(
          "198.51.100.7",
          "ann",
          List.of("staff"),
          "laptop",
          new Facts.Workload("spiffe://a.test/ns/b/sa/c", "a.test", "b", "c"));

  private final GateFixture given =
      new GateFixture(
          """
          - {name: staff, when: "'staff' in client.groups && workload.namespace == 'b'", then: allow}
          - {name: others, when: true, then: {block: {page: refuse}}}
          """);

  @Test
  void rulesAskWhoIsAsking() {
    assertThat(given.connect("shop.test:443")).isInstanceOf(ConnectAnswer.Refuse.class);
    given.callers = (_, _) -> new Answer.Known(ANN);
    assertThat(given.connect("shop.test:443")).isInstanceOf(ConnectAnswer.Admit.class);
  }

  @Test
  void theTicketCarriesTheClientToTheSecondGateAndTheExchange() {
    given.callers = (_, _) -> new Answer.Known(ANN);
    var carried = Ticket.decode(Ticket.encode(given.admitted("shop.test:443").connection()));
    assertThat(Ticket.client(carried.orElseThrow())).isEqualTo(ANN);
    assertThat(given.hello("shop.test:443", "tls", "shop.test"))
        .isInstanceOf(HelloAnswer.Tunnel.class);
    assertThat(given.events.getLast().common().caller())
        .isEqualTo(new Caller("ann", List.of("staff"), "laptop", "spiffe://a.test/ns/b/sa/c"));
  }

  @Test
  void theLargestIdentityFitsTheTicket() {
    var groups = java.util.stream.IntStream.range(0, 64).mapToObj("%0128d"::formatted).toList();
    var most =
        new Facts.Client("198.51.100.7", "u".repeat(255), groups, "d".repeat(128), ANN.workload());
    given.callers = (_, _) -> new Answer.Known(most);
    given.rules("- {name: all, when: true, then: allow}");
    var carried = Ticket.decode(Ticket.encode(given.admitted("shop.test:443").connection()));
    assertThat(Ticket.client(carried.orElseThrow())).isEqualTo(most);
  }

  @Test
  void whoCanBeAskedIsAsked() {
    given.callers =
        (_, _) -> new Answer.Unknown(Reason.WRONG, List.of("Basic realm=\"a\"", "Bearer"));
    assertThat(given.connect("shop.test:443"))
        .isInstanceOfSatisfying(
            ConnectAnswer.Challenge.class,
            challenge -> {
              assertThat(challenge.page().status()).isEqualTo(407);
              assertThat(challenge.page().body().length()).isLessThan(512);
              assertThat(challenge.challenges()).containsExactly("Basic realm=\"a\"", "Bearer");
            });
    assertThat(given.refusals("credentials-wrong")).isEqualTo(1);
    assertThat(given.lastReason()).isEqualTo("credentials-wrong");
    assertThat(given.resolved).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"MISSING, 403", "TOO_MANY, 429", "BUSY, 503", "NO_KEYS, 503"})
  void whoCannotBeAskedIsRefused(Reason reason, int status) {
    given.callers = (_, _) -> new Answer.Unknown(reason, List.of());
    assertThat(given.connect("shop.test:443"))
        .isInstanceOfSatisfying(
            ConnectAnswer.Refuse.class,
            refuse -> assertThat(refuse.page().status()).isEqualTo(status));
  }

  @Test
  void plainRequestsOfTwoUsersShareNoUpstreamConnection() {
    given.rules("- {name: all, when: true, then: allow}");
    var nobody = pool();
    given.callers = (_, _) -> new Answer.Known(ANN);
    assertThat(pool()).isNotEqualTo(nobody).contains("ann");
  }

  private String pool() {
    var question = new ConnectQuestion(false, "http", "shop.test", "c", "c:1", "");
    return given.gate.connect(question) instanceof ConnectAnswer.Admit admit ? admit.pool() : "";
  }
}

package dev.menura.extproc.identity;

import static dev.menura.extproc.identity.IdentityFixture.basic;
import static dev.menura.extproc.identity.IdentityFixture.word;
import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.gate.Callers.Answer;
import dev.menura.policy.Clients;
import dev.menura.policy.net.Cidr;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MachinesTest {
  private static final Clients.Machine LOBBY =
      new Clients.Machine(List.of(block("198.51.100.0/24")), "kiosk", Set.of("lobby"), "kiosk-1");
  private static final Clients.Machine PRINTER =
      new Clients.Machine(List.of(block("198.51.100.9")), "", Set.of("printers"), "printer");

  private static Cidr block(String text) {
    return Cidr.parse(text).orElseThrow();
  }

  private static IdentityFixture given(boolean required) {
    var users = IdentityFixture.basic(Map.of("ann", "horse"), Map.of("ann", Set.of("staff")));
    return new IdentityFixture(
        new Clients(
            required, users.basic(), users.bearer(), users.certificate(), List.of(LOBBY, PRINTER)));
  }

  @Test
  void theSmallestBlockNamesTheMachine() {
    assertThat(given(true).ask("", "198.51.100.9"))
        .isInstanceOfSatisfying(
            Answer.Known.class,
            known -> {
              assertThat(known.client().user()).isEmpty();
              assertThat(known.client().device()).isEqualTo("printer");
              assertThat(known.client().groups()).containsExactly("printers");
            });
    assertThat(word(given(true).ask("", "198.51.100.7"))).isEqualTo("kiosk");
  }

  @Test
  void aCredentialNamesAnotherUserAtTheSameDevice() {
    assertThat(given(true).ask(basic("ann", "horse"), "198.51.100.7"))
        .isInstanceOfSatisfying(
            Answer.Known.class,
            known -> {
              assertThat(known.client().user()).isEqualTo("ann");
              assertThat(known.client().groups()).containsExactly("staff");
              assertThat(known.client().device()).isEqualTo("kiosk-1");
            });
  }

  @Test
  void aWrongCredentialIsWrongAtAKnownAddressToo() {
    assertThat(word(given(true).ask(basic("ann", "cow"), "198.51.100.7")))
        .isEqualTo("credentials-wrong");
  }

  @Test
  void nobodyIsRefusedWhereNothingIsRequired() {
    assertThat(word(given(true).ask("", "203.0.113.1"))).isEqualTo("credentials-missing");
    assertThat(word(given(false).ask("", "203.0.113.1"))).isEmpty();
  }
}

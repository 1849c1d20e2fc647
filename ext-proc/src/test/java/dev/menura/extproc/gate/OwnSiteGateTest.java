package dev.menura.extproc.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.proto.Wire;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests for the gateway's own pages.
class OwnSiteGateTest {
  private static final Dialled PROXY = Dialled.of("192.0.2.80", 3128);

  private final GateFixture given =
      new GateFixture("- {name: none, when: true, then: {block: {page: refuse}}}");

  private ConnectAnswer plain(String authority) {
    return given.gate.connect(
        new ConnectQuestion(
            false, "http", authority, "c", "c:1", "", Credentials.NONE, Optional.of(PROXY)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "menura.local",
        "MENURA.Local.",
        "menura.local:80",
        "menura.local:8080",
        "192.0.2.80:3128"
      })
  void areLetInWhateverThePolicySays(String authority) {
    assertThat(plain(authority))
        .isInstanceOfSatisfying(
            ConnectAnswer.Admit.class,
            admit -> {
              assertThat(admit.connection().getOwnSite().getReached()).isEqualTo("192.0.2.80");
              assertThat(admit.mode()).endsWith("/" + Wire.MODE_HEADERS);
              assertThat(admit.address()).as("nothing is dialled").isEmpty();
            });
    assertThat(given.resolved).isEmpty();
  }

  @Test
  void areThereForThoseWhoCannotSayWhoTheyAre() {
    given.callers =
        (_, _) -> new Callers.Answer.Unknown(Callers.Reason.MISSING, List.of("Basic realm=x"));
    assertThat(plain("menura.local")).isInstanceOf(ConnectAnswer.Admit.class);
    assertThat(plain("shop.test")).isInstanceOf(ConnectAnswer.Challenge.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "xmenura.local",
        "menura.local.test",
        "menura-local",
        "192.0.2.80",
        "192.0.2.80:80",
        "192.0.2.81:3128"
      })
  void areUnderNoOtherName(String authority) {
    assertThat(plain(authority)).isInstanceOf(ConnectAnswer.Refuse.class);
  }

  @Test
  void areNotInATunnel() {
    assertThat(given.connect("menura.local:443"))
        .isInstanceOfSatisfying(
            ConnectAnswer.Refuse.class,
            refuse -> {
              assertThat(refuse.page().status()).isEqualTo(403);
              assertThat(refuse.page().body()).contains("http://menura.local/");
            });
    assertThat(given.lastReason()).isEqualTo("menura-local");
  }

  @Test
  void areThereForClientsThatKnowOfNoProxy() {
    var answer =
        given.gate.request(
            new ConnectQuestion(false, "http", "menura.local", "c", "c:1", ""), PROXY);
    assertThat(answer)
        .isInstanceOfSatisfying(
            ConnectAnswer.Admit.class,
            admit -> {
              assertThat(admit.connection().hasOwnSite()).isTrue();
              assertThat(admit.connection().getOwnSite().getReached()).isEmpty();
            });
  }
}

package dev.menura.sidecar.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DemoTableTest {
  private static final DemoRow GOOD =
      new DemoRow("GET a.test", "allow", "all", "Menura CA", 200, 7, "page", List.of());
  private static final DemoRow BAD =
      new DemoRow(
          "GET longer.test", "-", "-", "-", 0, 12, "nothing", List.of("status: expected 200"));

  @Test
  void alignsItsColumnsAndNamesWhatIsWrong() {
    assertThat(new DemoTable(false).of(List.of(GOOD, BAD)))
        .isEqualTo(
            """
               request          decision  rule or reason  issuer seen  status  ms  what was seen
            ✓  GET a.test       allow     all             Menura CA    200     7   page
            ✗  GET longer.test  -         -               -            -       12  nothing
                status: expected 200
            """);
  }

  @Test
  void coloursTheMarksOnATerminalOnly() {
    assertThat(new DemoTable(true).of(List.of(GOOD))).contains("\u001b[32m✓\u001b[0m");
    assertThat(new DemoTable(false).of(List.of(GOOD))).doesNotContain("\u001b");
  }

  @Test
  void saysInJsonWhetherARowIsAsExpected() {
    assertThat(GOOD.json().get("as-expected").getAsBoolean()).isTrue();
    assertThat(BAD.json().get("problems").getAsJsonArray()).hasSize(1);
  }
}

package dev.menura.sidecar.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RestartPausesTest {
  private static final Duration SHORT = Duration.ofMillis(20);

  private final RestartPauses pauses = new RestartPauses();

  @Test
  void doublesFromATenthOfASecondToTenSeconds() {
    assertThat(Stream.generate(() -> pauses.after(SHORT).toMillis()).limit(10))
        .containsExactly(100L, 200L, 400L, 800L, 1600L, 3200L, 6400L, 10000L, 10000L, 10000L);
  }

  @Test
  void startsAgainAfterAStableRun() {
    pauses.after(SHORT);
    pauses.after(SHORT);
    assertThat(pauses.after(RestartPauses.STABLE.minusMillis(1))).hasMillis(400);
    assertThat(pauses.after(RestartPauses.STABLE)).hasMillis(100);
    assertThat(pauses.after(SHORT)).hasMillis(200);
  }
}

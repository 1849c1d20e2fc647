package dev.menura.sidecar.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimestampsTest {
  private static final long SEED = 77;

  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

  @Test
  void areThoseOfTheUsualFormatter() {
    var random = new Random(SEED);
    var times = new Timestamps();
    var time = Instant.parse("2026-11-23T09:15:02.04Z");
    for (int i = 0; i < 20_000; i++) {
      assertThat(times.text(time)).isEqualTo(FORM.format(time));
      // Within the second, over its ends, back, and to far away.
      time =
          random.nextInt(100) == 0
              ? Instant.ofEpochSecond(random.nextLong(-100_000_000_000L, 400_000_000_000L))
              : time.plusNanos(random.nextLong(-200_000_000L, 400_000_000L));
    }
  }
}

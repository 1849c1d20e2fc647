package dev.menura.policy.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.yaml.YamlValue.Scalar;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
  private static <T> Optional<T> read(Type<T> type, String text) {
    SourceFile file =
        SourceFile.decode("a.yaml", text.getBytes(StandardCharsets.UTF_8), new Issues())
            .orElseThrow();
    return type.read(new Scalar(file, 0, text.length(), text, false), new Issues());
  }

  @ParameterizedTest
  @CsvSource({"0,0", "7,7", "7B,7", "1KiB,1024", "64KiB,65536", "1MiB,1048576", "2GiB,2147483648"})
  void readsSizes(String text, long bytes) {
    assertThat(read(Quantity.size(0, 1L << 40), text)).hasValue(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-1",
        "1.5MiB",
        "1 MiB",
        "1KB",
        "1kib",
        "MiB",
        "99999999999999999999",
        "9999999999GiB"
      })
  void refusesOtherSizes(String text) {
    assertThat(read(Quantity.size(0, Long.MAX_VALUE), text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"250ms,250", "5s,5000", "2m,120000", "24h,86400000", "7d,604800000"})
  void readsDurations(String text, long millis) {
    assertThat(read(Quantity.duration(Duration.ZERO, Duration.ofDays(30)), text))
        .hasValue(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "5 s", "1h30m", "-5s", "5S", "s", "1w"})
  void refusesOtherDurations(String text) {
    assertThat(read(Quantity.duration(Duration.ZERO, Duration.ofDays(30)), text)).isEmpty();
  }

  @Test
  void boundsAreIncluded() {
    Type<Long> size = Quantity.size(10, 20);
    assertThat(read(size, "9")).isEmpty();
    assertThat(read(size, "10")).hasValue(10L);
    assertThat(read(size, "20")).hasValue(20L);
    assertThat(read(size, "21")).isEmpty();
  }

  @Test
  void showsTheLargestUnitThatFits() {
    assertThat(Quantity.shownSize(0)).isEqualTo("0");
    assertThat(Quantity.shownSize(1 << 20)).isEqualTo("1MiB");
    assertThat(Quantity.shownSize(1536)).isEqualTo("1536B");
    assertThat(Quantity.shownDuration(Duration.ofSeconds(90))).isEqualTo("90s");
    assertThat(Quantity.shownDuration(Duration.ofDays(2))).isEqualTo("2d");
    assertThat(Quantity.shownDuration(Duration.ofMillis(1500))).isEqualTo("1500ms");
  }
}

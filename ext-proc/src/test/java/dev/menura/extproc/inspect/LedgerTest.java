package dev.menura.extproc.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LedgerTest {
  @Test
  void answersWithTheLastMarkThatIsNotPast() {
    Ledger ledger = new Ledger();
    ledger.mark(10, 0);
    ledger.mark(20, 5);
    ledger.mark(30, 50);
    ledger.mark(35, 50);

    assertThat(ledger.inputFor(0)).isEqualTo(10);
    assertThat(ledger.inputFor(4)).isEqualTo(10);
    assertThat(ledger.inputFor(5)).isEqualTo(20);
    assertThat(ledger.inputFor(49)).isEqualTo(20);
    assertThat(ledger.inputFor(1000)).isEqualTo(35);
  }

  @Test
  void startsAtZero() {
    assertThat(new Ledger().inputFor(100)).isZero();
  }

  static IntStream seeds() {
    return IntStream.range(0, 100);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void neverAnswersTooMuchHoweverManyMarksThereAre(int seed) {
    Random random = new Random(seed);
    Ledger ledger = new Ledger();
    TreeMap<Long, Long> all = new TreeMap<>();
    all.put(0L, 0L);
    long input = 0;
    long output = 0;
    long forgotten = 0;
    for (int i = 0; i < 1000; i++) {
      input += random.nextInt(100);
      output += random.nextInt(3) * 100L;
      ledger.mark(input, output);
      all.put(output, input);
      if (random.nextInt(200) == 0) {
        forgotten = forgotten + (long) (random.nextDouble() * (output - forgotten));
        ledger.forget(forgotten);
      }
      long asked = forgotten + (long) (random.nextDouble() * (output - forgotten + 1));
      assertThat(ledger.inputFor(asked)).isLessThanOrEqualTo(all.floorEntry(asked).getValue());
      assertThat(ledger.inputFor(output)).isEqualTo(input);
      assertThat(ledger.inputFor(forgotten))
          .isLessThanOrEqualTo(all.floorEntry(forgotten).getValue());
    }
  }

  @Test
  void forgetsNothingThatItsAnswersNeed() {
    Ledger ledger = new Ledger();
    for (int i = 1; i <= 50; i++) {
      ledger.mark(i, i * 10L);
    }
    ledger.forget(255);

    assertThat(ledger.inputFor(255)).isEqualTo(25);
    assertThat(ledger.inputFor(260)).isEqualTo(26);
    assertThat(ledger.inputFor(500)).isEqualTo(50);
  }
}

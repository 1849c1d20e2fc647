package dev.menura.extproc.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Generated policies and exchanges, each decided lazily by the exchange and at once by an oracle
/// that knows everything; see [OracleRun] for what is held against what.
class ExchangeOracleTest {
  static LongStream seeds() {
    return LongStream.range(0, 3600);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void decidesAsIfEverythingWereKnownAtOnce(long seed) {
    new OracleRun(GeneratedExchange.from(seed)).run();
  }

  @Test
  @Tag("long")
  void decidesManyMoreAsIfEverythingWereKnownAtOnce() {
    for (long policy = 1000; policy < 3500; policy++) {
      for (long exchange = 0; exchange < 30; exchange++) {
        new OracleRun(GeneratedExchange.from(policy, policy * 30 + exchange)).run();
      }
    }
  }

  /// The generator is worth something only if it reaches what the checks are about.
  @Test
  void generatedExchangesComeToEveryKindOfEnd() {
    Map<String, Integer> ends = new TreeMap<>();
    seeds()
        .limit(1200)
        .forEach(seed -> {
          OracleRun run = new OracleRun(GeneratedExchange.from(seed));
          run.run();
          ends.merge(run.end(), 1, Integer::sum);
        });
    assertThat(ends.keySet())
        .contains(
            "request blocked whole",
            "request blocked in the window",
            "response blocked whole",
            "response blocked in the window",
            "all went",
            "limit block",
            "limit allow");
    assertThat(ends.values()).allMatch(count -> count >= 10);
  }
}

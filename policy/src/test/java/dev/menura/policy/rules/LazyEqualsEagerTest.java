package dev.menura.policy.rules;

import dev.menura.policy.Policy;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Holds the lazy evaluation, asked step by step, to what the rules mean when everything is known.
class LazyEqualsEagerTest {
  private static final int POLICIES = 6;
  private static final int EXCHANGES = 12;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 12);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void enforcedRulesDecideAsIfEverythingWereKnown(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < POLICIES; i++) {
      GeneratedPolicy given = GeneratedPolicy.random(random);
      Policy policy = Exchanges.policy(given.yaml());
      EagerOracle oracle = new EagerOracle(given);
      for (int j = 0; j < EXCHANGES; j++) {
        new EnforcedTrial(given, policy, oracle, GeneratedExchange.random(random)).run();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void observedPoliciesReportWhatTheRulesWouldHaveDecided(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < POLICIES; i++) {
      GeneratedPolicy given = GeneratedPolicy.random(random);
      Policy policy = Exchanges.observing(given.yaml());
      EagerOracle oracle = new EagerOracle(given);
      for (int j = 0; j < EXCHANGES; j++) {
        new ObservedTrial(given, policy, oracle, GeneratedExchange.random(random)).run();
      }
    }
  }
}

package dev.menura.policy.cel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.cel.Count.Operator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CountTest {
  @ParameterizedTest
  @EnumSource(Operator.class)
  void settledMeansThatNoLargerCountChangesTheAnswer(Operator operator) {
    for (long number = -2; number <= 4; number++) {
      for (long count = 0; count <= 6; count++) {
        boolean same = true;
        for (long more = count; more <= 12; more++) {
          same &= operator.holds(more, number) == operator.holds(count, number);
        }
        assertThat(operator.settled(count, number))
            .as("%s %s %s", count, operator, number)
            .isEqualTo(same);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Operator.class)
  void mirroredExchangesTheSides(Operator operator) {
    for (long left = -2; left <= 3; left++) {
      for (long right = -2; right <= 3; right++) {
        assertThat(operator.mirrored().holds(right, left)).isEqualTo(operator.holds(left, right));
      }
    }
  }
}

package dev.menura.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.menura.bench.compare.Slope.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SlopeTest {
  @Test
  void aLineHasItsSlopeAndNoDoubt() {
    var slope = Slope.of(points(50, 3, 0));
    assertThat(slope.value()).isCloseTo(3, within(1e-9));
    assertThat(slope.indistinguishableFromZero()).isFalse();
  }

  @Test
  void noiseWithoutATrendIsNotDistinguishableFromZeroNineteenTimesInTwenty() {
    var random = new Random(11);
    int distinguished = 0;
    for (int i = 0; i < 1000; i++) {
      var points = new ArrayList<Point>();
      for (int time = 0; time < 60; time++) {
        points.add(new Point(time, random.nextGaussian()));
      }
      distinguished += Slope.of(points).indistinguishableFromZero() ? 0 : 1;
    }
    assertThat(distinguished).isBetween(15, 90);
  }

  @Test
  void aTrendAboveItsNoiseIsFound() {
    assertThat(Slope.of(points(60, 0.1, 1)).indistinguishableFromZero()).isFalse();
  }

  @Test
  void neighboursThatAreAlikeWidenTheInterval() {
    var apart = new ArrayList<Point>();
    var alike = new ArrayList<Point>();
    for (int time = 0; time < 60; time++) {
      apart.add(new Point(time, time % 2));
      alike.add(new Point(time, time / 10 % 2));
    }
    assertThat(Slope.of(alike).halfWidth()).isGreaterThan(2 * Slope.of(apart).halfWidth());
  }

  private static List<Point> points(int count, double slope, double noise) {
    var random = new Random(5);
    var points = new ArrayList<Point>();
    for (int time = 0; time < count; time++) {
      points.add(new Point(time, slope * time + noise * random.nextGaussian()));
    }
    return points;
  }
}

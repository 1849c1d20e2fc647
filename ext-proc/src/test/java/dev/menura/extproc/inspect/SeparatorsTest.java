package dev.menura.extproc.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeparatorsTest {
  @Test
  void knowsEachByFirstByte() {
    for (int b = 0; b < 256; b++) {
      Separators.Match match = Separators.match(b, 1);
      assertThat(Separators.isSingle((byte) b)).isEqualTo(match == Separators.Match.WHOLE);
      assertThat(Separators.beginsLonger((byte) b)).isEqualTo(match == Separators.Match.PARTIAL);
      assertThat(Separators.isSingle(b)).isEqualTo(Separators.isSingle((byte) b));
    }
  }

  @Test
  void hasNoneThatIsTheBeginningOfAnother() {
    assertThat(Separators.match(('%' << 8) | '2', 2)).isEqualTo(Separators.Match.PARTIAL);
    assertThat(Separators.match(('%' << 16) | ('2' << 8) | '0', 3))
        .isEqualTo(Separators.Match.WHOLE);
    assertThat(Separators.match(('%' << 16) | ('2' << 8) | '2', 3))
        .isEqualTo(Separators.Match.NONE);
    assertThat(Separators.match(0xC2A0, 2)).isEqualTo(Separators.Match.WHOLE);
    assertThat(Separators.match(0xA0, 1)).isEqualTo(Separators.Match.NONE);
  }
}

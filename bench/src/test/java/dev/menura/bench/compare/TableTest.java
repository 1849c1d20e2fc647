package dev.menura.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.bench.compare.Section.Row;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTest {
  private static final Section SECTION =
      new Section(
          "json",
          "keep-alive, small JSON",
          List.of(
              row("E", 1, List.of()),
              row(
                  "bodies",
                  0.5,
                  List.of(Goal.atLeast(Column.OF_E, 0.4), Goal.atLeast(Column.OF_E, 0.6))),
              Row.notRun("squid", "it is not installed")));

  @Test
  void saysOfEachGoalWhetherItIsMet() {
    assertThat(text(120)).contains("✓ of E ≥ 0.40").contains("✗ of E ≥ 0.60");
  }

  @Test
  void leavesOutNoContenderThatDidNotRun() {
    assertThat(text(120)).contains("squid   not run: it is not installed");
  }

  @Test
  void leavesTheLeastTellingFiguresOutWhereTheTerminalIsNarrow() {
    assertThat(text(120)).contains("p50 ms");
    assertThat(text(50)).doesNotContain("p50 ms").contains("req/s");
  }

  @Test
  void aRowWithoutTheFigureMeetsNoGoal() {
    var row = Row.of("bodies", new EnumMap<>(Column.class), List.of(), List.of());
    assertThat(row.meets(Goal.atLeast(Column.OF_E, 0))).isFalse();
    assertThat(row.meets(Goal.atMost(Column.OF_E, 9))).isFalse();
  }

  private static String text(int width) {
    return new Table(width, false).of(List.of(SECTION));
  }

  private static Row row(String name, double ratio, List<Goal> goals) {
    return Row.of(
        name,
        new EnumMap<>(Map.of(Column.PER_SECOND, 900.0, Column.OF_E, ratio, Column.P50, 1.5)),
        goals,
        List.of());
  }
}

package dev.menura.bench.compare;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The rows of one case, or of one thing that was measured in a way of its own.
///
/// @param word how JSON calls it
record Section(String word, String title, List<Row> rows) {
  Section {
    rows = List.copyOf(rows);
  }

  /// What one contender has come to.
  ///
  /// @param notRun why it has no figures; empty where it has
  /// @param remarks what a reader should know of the figures
  record Row(
      String contender,
      Optional<String> notRun,
      Map<Column, Double> figures,
      List<Goal> goals,
      List<String> remarks) {
    Row {
      figures = Map.copyOf(figures);
      goals = List.copyOf(goals);
      remarks = List.copyOf(remarks);
    }

    static Row notRun(String contender, String reason) {
      return new Row(contender, Optional.of(reason), Map.of(), List.of(), List.of());
    }

    static Row of(
        String contender, EnumMap<Column, Double> figures, List<Goal> goals, List<String> remarks) {
      return new Row(contender, Optional.empty(), figures, goals, remarks);
    }

    boolean meets(Goal goal) {
      return goal.metBy(figures.getOrDefault(goal.column(), Double.NaN));
    }
  }
}

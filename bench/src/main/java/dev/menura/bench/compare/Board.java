package dev.menura.bench.compare;

import dev.menura.bench.compare.Section.Row;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// What the rounds have measured, and the medians and ratios of it.
final class Board {
  private static final int REMARKS_MAX = 3;

  private record Place(Case which, String contender) {}

  private final Map<Place, List<Measured>> measured = new HashMap<>();
  private final Map<Place, String> notRun = new HashMap<>();

  void put(Case which, String contender, Measured result) {
    measured.computeIfAbsent(new Place(which, contender), _ -> new ArrayList<>()).add(result);
  }

  void notRun(Case which, String contender, String reason) {
    notRun.put(new Place(which, contender), reason);
  }

  Section section(Case which, List<Contender> contenders) {
    return new Section(
        which.word(),
        which.about(),
        contenders.stream().map(each -> row(which, each.name())).toList());
  }

  private Row row(Case which, String contender) {
    var reason = notRun.get(new Place(which, contender));
    var rounds = measured.getOrDefault(new Place(which, contender), List.of());
    if (reason != null) {
      return Row.notRun(contender, reason);
    }
    if (rounds.isEmpty()) {
      return Row.notRun(contender, "no round was measured");
    }
    var base = measured.getOrDefault(new Place(which, EnvoyAlone.ONE_HOP.name()), List.of());
    var figures = new EnumMap<Column, Double>(Column.class);
    figures.put(Column.PER_SECOND, median(rounds, Measured::perSecond));
    figures.put(Column.OF_E, ratio(rounds, base, Measured::perSecond));
    figures.put(Column.CPU, median(rounds, Measured::cpuMicros));
    figures.put(Column.CPU_OF_E, ratio(rounds, base, Measured::cpuMicros));
    if (which == Case.FIRST_CONTACT) {
      figures.put(Column.FIRST_BYTE, median(rounds, Measured::firstByteP50Ms));
      figures.put(Column.FIRST_BYTE_OF_E, ratio(rounds, base, Measured::firstByteP50Ms));
    }
    figures.put(Column.P50, median(rounds, Measured::p50Ms));
    figures.put(Column.P99, median(rounds, Measured::p99Ms));
    figures.put(Column.ERRORS, (double) rounds.stream().mapToLong(Measured::errors).sum());
    return Row.of(contender, figures, Goal.of(which, contender), remarks(rounds));
  }

  /// What the errors of these rounds said.
  static List<String> remarks(List<Measured> rounds) {
    return rounds.stream()
        .flatMap(each -> each.kinds().keySet().stream())
        .distinct()
        .limit(REMARKS_MAX)
        .map(kind -> "error: " + kind)
        .toList();
  }

  /// The median of the rounds' ratios, so that what slows a whole round down changes little.
  static double ratio(
      List<Measured> rounds, List<Measured> base, ToDoubleFunction<Measured> figure) {
    var ratios = new ArrayList<Double>();
    for (int i = 0; i < Math.min(rounds.size(), base.size()); i++) {
      ratios.add(figure.applyAsDouble(rounds.get(i)) / figure.applyAsDouble(base.get(i)));
    }
    return median(ratios);
  }

  static double median(List<Measured> rounds, ToDoubleFunction<Measured> figure) {
    return median(rounds.stream().map(figure::applyAsDouble).toList());
  }

  static double median(List<Double> values) {
    var sorted = values.stream().filter(Double::isFinite).sorted().toList();
    if (sorted.isEmpty()) {
      return Double.NaN;
    }
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}

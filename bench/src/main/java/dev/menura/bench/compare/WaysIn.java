package dev.menura.bench.compare;

import dev.menura.bench.compare.Section.Row;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/// The same clients of the same gateway, with a proxy setting and without one: what interception
/// that nobody knows of costs beside the explicit proxy.
final class WaysIn {
  private static final List<Case> CASES = List.of(Case.JSON, Case.NEW_CONNECTION);
  private static final Duration WARMING = Duration.ofSeconds(1);

  /// How clients come.
  private enum Way {
    EXPLICIT("explicit"),
    TRANSPARENT("transparent");

    private final String word;

    Way(String word) {
      this.word = word;
    }
  }

  private WaysIn() {}

  /// @return a section for each case
  static List<Section> run(Workbench bench, Menura contender, Rounds rounds)
      throws IOException, InterruptedException {
    var reason = contender.missing().or(Pod::missing);
    if (reason.isPresent()) {
      return notRun(reason.get());
    }
    try (var pod = Pod.open(bench)) {
      var sidecar = new Sidecar(contender, pod);
      try (var entrant = Entrant.start(sidecar, bench)) {
        sidecar.redirect();
        return measured(entrant, rounds);
      }
    } catch (BenchFailure e) {
      return notRun(e.reason());
    }
  }

  private static List<Section> notRun(String reason) {
    return sections((_, way) -> Row.notRun(way.word, reason));
  }

  private static List<Section> sections(BiFunction<Case, Way, Row> row) {
    return CASES.stream()
        .map(which ->
            new Section(
                "transparent-" + which.word(),
                "without a proxy setting, beside with one: " + which.about(),
                Arrays.stream(Way.values()).map(way -> row.apply(which, way)).toList()))
        .toList();
  }

  private static List<Section> measured(Entrant entrant, Rounds rounds)
      throws BenchFailure, InterruptedException {
    for (var way : Way.values()) {
      measure(Case.NEW_CONNECTION, way, entrant, rounds.warm(), WARMING);
    }
    var measured = new HashMap<Case, Map<Way, List<Measured>>>();
    for (int round = 0; round < rounds.count(); round++) {
      for (var which : CASES) {
        var ways = measured.computeIfAbsent(which, _ -> new EnumMap<>(Way.class));
        for (var way : Way.values()) {
          ways.computeIfAbsent(way, _ -> new ArrayList<>())
              .add(measure(which, way, entrant, rounds.warm(), rounds.length()));
        }
      }
    }
    return sections((which, way) -> row(way, measured.getOrDefault(which, Map.of())));
  }

  private static Measured measure(
      Case which, Way way, Entrant entrant, Duration warm, Duration length)
      throws BenchFailure, InterruptedException {
    var flags = new ArrayList<>(which.flags());
    if (way == Way.TRANSPARENT) {
      flags.addAll(List.of("-dial", entrant.origin().address() + ":" + entrant.origin().port()));
    }
    return entrant.measure(flags, warm, length);
  }

  private static Row row(Way way, Map<Way, List<Measured>> measured) {
    var rounds = measured.getOrDefault(way, List.of());
    var base = measured.getOrDefault(Way.EXPLICIT, List.of());
    var figures = new EnumMap<Column, Double>(Column.class);
    figures.put(Column.PER_SECOND, Board.median(rounds, Measured::perSecond));
    figures.put(Column.OF_EXPLICIT, Board.ratio(rounds, base, Measured::perSecond));
    figures.put(Column.CPU, Board.median(rounds, Measured::cpuMicros));
    figures.put(Column.CPU_OF_EXPLICIT, Board.ratio(rounds, base, Measured::cpuMicros));
    figures.put(Column.P50, Board.median(rounds, Measured::p50Ms));
    figures.put(Column.P99, Board.median(rounds, Measured::p99Ms));
    figures.put(Column.ERRORS, (double) rounds.stream().mapToLong(Measured::errors).sum());
    return Row.of(
        way.word,
        figures,
        way == Way.TRANSPARENT ? Goal.ofTransparent() : List.of(),
        Board.remarks(rounds));
  }
}

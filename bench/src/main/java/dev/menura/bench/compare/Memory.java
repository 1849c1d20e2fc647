package dev.menura.bench.compare;

import dev.menura.bench.compare.Section.Row;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What the systems take in memory: all processes after the load, and Menura's sidecar alone.
final class Memory {
  private static final double MB = 1e6;
  private static final int NAMES = 10_000;
  private static final int SETTLE_MS = 2_000;

  private Memory() {}

  /// All processes of those that run, after whatever was asked of them.
  static Section afterLoad(List<Contender> contenders, Map<Contender, Entrant> entrants) {
    var rows = new ArrayList<Row>();
    for (var contender : contenders) {
      var entrant = entrants.get(contender);
      if (entrant == null) {
        rows.add(Row.notRun(contender.name(), contender.missing().orElse("it did not start")));
        continue;
      }
      var held = entrant.running().tree().held();
      var figures = new EnumMap<Column, Double>(Column.class);
      figures.put(Column.PSS, held.shared() / MB);
      figures.put(Column.PEAK, held.peak() / MB);
      rows.add(Row.of(contender.name(), figures, List.of(), List.of()));
    }
    return new Section("memory", "memory of all processes, after the load", rows);
  }

  /// The sidecar alone: after its first request, and with many names that have a certificate.
  ///
  /// @param limit how long names are asked for at the most
  static Section sidecar(Workbench bench, List<Menura> contenders, Duration limit)
      throws IOException, InterruptedException {
    var rows = new ArrayList<Row>();
    for (var contender : contenders) {
      var reason = contender.missing();
      try {
        rows.add(
            reason.isPresent()
                ? Row.notRun(contender.name(), reason.get())
                : row(bench, contender, limit));
      } catch (BenchFailure e) {
        rows.add(Row.notRun(contender.name(), e.reason()));
      }
    }
    return new Section("sidecar-memory", "memory of the sidecar alone (PSS)", rows);
  }

  private static Row row(Workbench bench, Menura contender, Duration limit)
      throws BenchFailure, IOException, InterruptedException {
    try (var entrant = Entrant.start(contender, bench)) {
      var tree = entrant.running().tree();
      var figures = new EnumMap<Column, Double>(Column.class);
      Thread.sleep(SETTLE_MS);
      figures.put(Column.IDLE, tree.rootHeld().shared() / MB);
      var flags =
          List.of(
              "-mode",
              "first",
              "-connections",
              "8",
              "-warm",
              "0s",
              "-for",
              limit.toSeconds() + "s",
              "-count",
              Integer.toString(NAMES));
      var measured = entrant.measure(flags, limit);
      Thread.sleep(SETTLE_MS);
      figures.put(Column.NAMES, (double) measured.requests());
      figures.put(Column.NAMED, tree.rootHeld().shared() / MB);
      figures.put(Column.ERRORS, (double) measured.errors());
      var remarks =
          measured.requests() < NAMES
              ? List.of("the time was over before all " + NAMES + " names were asked for")
              : List.<String>of();
      return Row.of(
          contender.name(),
          figures,
          List.of(Goal.atMost(Column.IDLE, 170), Goal.atMost(Column.NAMED, 250)),
          remarks);
    }
  }
}

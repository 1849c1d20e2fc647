package dev.menura.bench.compare;

import dev.menura.bench.compare.Section.Row;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// A change of the policy while requests come at a constant rate.
final class Reloads {
  private final int seconds;

  /// @param seconds how long requests come; the change comes in the middle
  Reloads(int seconds) {
    this.seconds = seconds;
  }

  Section run(List<Contender> contenders, Map<Contender, Entrant> entrants)
      throws InterruptedException, IOException {
    var rows = new ArrayList<Row>();
    for (var contender : contenders) {
      var entrant = entrants.get(contender);
      if (entrant == null) {
        rows.add(Row.notRun(contender.name(), contender.missing().orElse("it did not start")));
        continue;
      }
      try {
        rows.add(row(entrant));
      } catch (BenchFailure e) {
        rows.add(Row.notRun(contender.name(), e.reason()));
      }
    }
    return new Section("reload", "policy reload under load, small JSON", rows);
  }

  private Row row(Entrant entrant) throws BenchFailure, InterruptedException, IOException {
    var contender = entrant.contender();
    if (!contender.reloads()) {
      return Row.notRun(contender.name(), "it has no policy that can be changed");
    }
    var load = SteadyLoad.begin(entrant, seconds);
    load.awaitMiddle();
    var changed = Instant.now();
    contender.reload(entrant.folder(), entrant.running());
    return row(contender, load.result(), load.rate(), changed);
  }

  private Row row(Contender contender, Measured measured, double rate, Instant changed)
      throws BenchFailure {
    int second = SteadyLoad.second(measured, changed);
    var timeline = measured.timeline();
    double before =
        Board.median(timeline.subList(0, second).stream().map(Measured.Second::p99Ms).toList());
    // A change takes effect within a second, so it may be felt in the next.
    double during = Math.max(timeline.get(second).p99Ms(), timeline.get(second + 1).p99Ms());
    var figures = new EnumMap<Column, Double>(Column.class);
    figures.put(Column.PER_SECOND, rate);
    figures.put(Column.P99_BEFORE, before);
    figures.put(Column.P99_DURING, during);
    figures.put(Column.P99_RATIO, during / before);
    figures.put(Column.CLOSED, (double) measured.closed());
    figures.put(Column.ERRORS, (double) measured.errors());
    var remarks = measured.kinds().keySet().stream().map(kind -> "error: " + kind).toList();
    return Row.of(contender.name(), figures, Goal.ofReload(contender), remarks);
  }
}

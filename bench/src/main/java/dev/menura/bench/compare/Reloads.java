package dev.menura.bench.compare;

import dev.menura.bench.compare.Section.Row;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// A change of the policy while requests come at a constant rate.
final class Reloads {
  /// What part of the requests that the contender can serve come.
  private static final double LOAD = 0.3;

  private static final Duration WARM = Duration.ofSeconds(1);

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
    var capacity = entrant.measure(Case.JSON, Duration.ofMillis(300), Duration.ofSeconds(1));
    double rate = Math.max(1, Math.rint(capacity.perSecond() * LOAD));
    var load = CompletableFuture.supplyAsync(() -> load(entrant, rate));
    Thread.sleep(WARM.plusSeconds(seconds / 2).plusMillis(200));
    var changed = Instant.now();
    contender.reload(entrant.folder(), entrant.running());
    Measured measured;
    try {
      measured = load.join();
    } catch (CompletionException e) {
      throw new BenchFailure("the load failed: " + e.getMessage(), e);
    }
    return row(contender, measured, rate, changed);
  }

  private Row row(Contender contender, Measured measured, double rate, Instant changed)
      throws BenchFailure {
    long nanos =
        changed.getEpochSecond() * 1_000_000_000L + changed.getNano() - measured.beginNanos();
    int second = (int) (nanos / 1_000_000_000L);
    var timeline = measured.timeline();
    if (second < 1 || second + 1 >= timeline.size()) {
      throw new BenchFailure("the change did not fall into the measured time");
    }
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

  private Measured load(Entrant entrant, double rate) {
    try {
      return entrant.measure(
          List.of(
              "-connections",
              "16",
              "-rate",
              Double.toString(rate),
              "-warm",
              WARM.toSeconds() + "s",
              "-for",
              seconds + "s",
              "-timeline"),
          WARM.plusSeconds(seconds));
    } catch (BenchFailure e) {
      throw new CompletionException(e.reason(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompletionException(e);
    }
  }
}

package dev.menura.bench.compare;

import dev.menura.bench.compare.Section.Row;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What one hostile client does to the others, whose requests come at a constant rate.
final class Attacks {
  private static final int SECONDS = 10;
  private static final int END_SECONDS = 10;

  /// What it does, as the load program calls it.
  private enum Kind {
    RESET("rapid reset", "reset"),
    SLOW_BODIES("slow bodies", "slow-bodies");

    private final String title;
    private final String word;

    Kind(String title, String word) {
      this.title = title;
      this.word = word;
    }
  }

  private Attacks() {}

  /// @param attacked Envoy alone too, with which the others are compared
  /// @param entrants those that run
  static List<Section> run(List<Contender> attacked, Map<Contender, Entrant> entrants)
      throws IOException, InterruptedException {
    var sections = new ArrayList<Section>();
    for (var kind : Kind.values()) {
      var rows = new ArrayList<Row>();
      for (var contender : attacked) {
        rows.add(row(kind, contender, entrants));
      }
      sections.add(
          new Section(
              "attack-" + kind.word, "others while one client attacks: " + kind.title, rows));
    }
    return sections;
  }

  private static Row row(Kind kind, Contender contender, Map<Contender, Entrant> entrants)
      throws IOException, InterruptedException {
    var entrant = entrants.get(contender);
    if (entrant == null) {
      return Row.notRun(contender.name(), contender.missing().orElse("it did not start"));
    }
    try {
      return row(kind, entrant);
    } catch (BenchFailure e) {
      return Row.notRun(contender.name(), e.reason());
    }
  }

  private static Row row(Kind kind, Entrant entrant)
      throws BenchFailure, IOException, InterruptedException {
    var load = SteadyLoad.begin(entrant, SECONDS);
    load.awaitMiddle();
    var command = entrant.command("attack");
    command.addAll(List.of("-kind", kind.word));
    var begun = Instant.now();
    var attack = new ProcessBuilder(command).redirectError(Redirect.DISCARD).start();
    try {
      var measured = load.result();
      if (!attack.isAlive()) {
        throw new BenchFailure("the attack ended by itself");
      }
      return row(entrant.contender(), load.rate(), measured, SteadyLoad.second(measured, begun));
    } finally {
      attack.getOutputStream().close();
      if (!attack.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        attack.destroyForcibly();
      }
    }
  }

  private static Row row(Contender contender, double rate, Measured measured, int second) {
    var timeline = measured.timeline();
    double before = p99(timeline.subList(0, second));
    double during = p99(timeline.subList(second + 1, timeline.size()));
    var figures = new EnumMap<Column, Double>(Column.class);
    figures.put(Column.PER_SECOND, rate);
    figures.put(Column.P99_BEFORE, before);
    figures.put(Column.P99_MEANWHILE, during);
    figures.put(Column.P99_RATIO, during / before);
    figures.put(Column.CLOSED, (double) measured.closed());
    figures.put(Column.ERRORS, (double) measured.errors());
    return Row.of(
        contender.name(), figures, Goal.ofAttack(contender), Board.remarks(List.of(measured)));
  }

  private static double p99(List<Measured.Second> seconds) {
    return Board.median(seconds.stream().map(Measured.Second::p99Ms).toList());
  }
}

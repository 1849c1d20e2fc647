package dev.menura.bench.compare;

import dev.menura.bench.compare.Section.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Start to the first request that is served, and the first hundred new names after a start.
final class StartUps {
  private static final int NAMES = 100;
  private static final Duration NAMES_LIMIT = Duration.ofSeconds(60);

  private final Workbench bench;
  private final List<Contender> contenders;
  private final int rounds;
  private final Map<Contender, Path> folders = new HashMap<>();
  private final Map<Contender, Double> firstStart = new HashMap<>();
  private final Map<Contender, List<Double>> served = new HashMap<>();
  private final Map<Contender, List<Double>> ready = new HashMap<>();
  private final Map<Contender, List<Double>> firstByte = new HashMap<>();
  private final Map<Contender, Long> errors = new HashMap<>();
  private final Map<Contender, String> notRun = new HashMap<>();

  StartUps(Workbench bench, List<Contender> contenders, int rounds) {
    this.bench = bench;
    this.contenders = contenders;
    this.rounds = rounds;
  }

  /// One start with a new folder, which does not count, and then the rounds.
  List<Section> run() throws IOException, InterruptedException {
    for (int round = 0; round <= rounds; round++) {
      for (var contender : contenders) {
        contender.missing().ifPresent(reason -> notRun.put(contender, reason));
        if (!notRun.containsKey(contender)) {
          try {
            start(contender, round);
          } catch (BenchFailure e) {
            notRun.put(contender, e.reason());
          }
        }
      }
    }
    return List.of(
        new Section(
            "start-up",
            "start to the first request served",
            contenders.stream().map(this::start).toList()),
        new Section(
            "first-hundred",
            "first contact with a new name, within the first hundred after a start",
            contenders.stream().map(this::firstHundred).toList()));
  }

  private void start(Contender contender, int round)
      throws BenchFailure, IOException, InterruptedException {
    var folder = folders.get(contender);
    if (folder == null) {
      folder = Files.createTempDirectory(bench.folder(), contender.name() + "-start-");
      folders.put(contender, folder);
    }
    try (var entrant = Entrant.start(contender, bench, folder)) {
      if (round == 0) {
        firstStart.put(contender, entrant.servedMs());
        return;
      }
      add(served, contender, entrant.servedMs());
      var file = Menura.data(folder).resolve("ready.json");
      if (contender instanceof Menura && Files.exists(file)) {
        long at = Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS);
        add(ready, contender, (at - entrant.running().startedNanos()) / 1e6);
      }
      var flags =
          List.of(
              "-mode",
              "first",
              "-connections",
              "1",
              "-warm",
              "0s",
              "-for",
              NAMES_LIMIT.toSeconds() + "s",
              "-count",
              Integer.toString(NAMES));
      var measured = entrant.measure(flags, NAMES_LIMIT);
      add(firstByte, contender, measured.firstByteP50Ms());
      errors.merge(contender, measured.errors(), Long::sum);
    }
  }

  private Row start(Contender contender) {
    var reason = notRun.get(contender);
    if (reason != null) {
      return Row.notRun(contender.name(), reason);
    }
    var figures = new EnumMap<Column, Double>(Column.class);
    figures.put(Column.SERVED, Board.median(served.getOrDefault(contender, List.of())));
    figures.put(Column.FIRST_START, firstStart.getOrDefault(contender, Double.NaN));
    if (ready.containsKey(contender)) {
      figures.put(Column.READY, Board.median(ready.getOrDefault(contender, List.of())));
    }
    return Row.of(contender.name(), figures, Goal.ofStart(contender), List.of());
  }

  private Row firstHundred(Contender contender) {
    var reason = notRun.get(contender);
    if (reason != null) {
      return Row.notRun(contender.name(), reason);
    }
    var figures = new EnumMap<Column, Double>(Column.class);
    var own = firstByte.getOrDefault(contender, List.of());
    var base = firstByte.getOrDefault(EnvoyAlone.ONE_HOP, List.of());
    figures.put(Column.FIRST_BYTE, Board.median(own));
    figures.put(Column.FIRST_BYTE_OF_E, Board.median(own) / Board.median(base));
    figures.put(Column.ERRORS, (double) errors.getOrDefault(contender, 0L));
    var goals =
        contender instanceof Menura
            ? List.of(Goal.atMost(Column.FIRST_BYTE_OF_E, 3.0))
            : List.<Goal>of();
    return Row.of(contender.name(), figures, goals, List.of());
  }

  private static void add(Map<Contender, List<Double>> to, Contender contender, double value) {
    to.computeIfAbsent(contender, _ -> new ArrayList<>()).add(value);
  }
}

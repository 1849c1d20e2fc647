package dev.menura.bench.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The rounds: each case against each contender in turn, so that whatever else happens on the
/// machine strikes all of them alike.
final class Comparison implements AutoCloseable {
  /// What contenders that compile while they run are used for before the first round.
  private static final List<Case> WARMING =
      List.of(
          Case.JSON,
          Case.POST_1K,
          Case.UPLOAD,
          Case.DOWNLOAD,
          Case.NEW_CONNECTION,
          Case.FIRST_CONTACTS,
          Case.HTTP2);

  private final Workbench bench;
  private final List<Contender> contenders;
  private final List<Case> cases;
  private final Rounds rounds;
  private final Budget budget;
  private final Consumer<String> progress;
  private final Board board = new Board();
  private final Map<Contender, Entrant> entrants = new LinkedHashMap<>();

  Comparison(
      Workbench bench,
      List<Contender> contenders,
      List<Case> cases,
      Rounds rounds,
      Budget budget,
      Consumer<String> progress) {
    this.bench = bench;
    this.contenders = contenders;
    this.cases = cases;
    this.rounds = rounds;
    this.budget = budget;
    this.progress = progress;
  }

  /// Those that run, by what they are.
  Map<Contender, Entrant> entrants() {
    return entrants;
  }

  /// Starts all contenders, runs all rounds.
  ///
  /// @return a section for each case
  List<Section> run() throws InterruptedException, IOException {
    for (var contender : contenders) {
      start(contender);
    }
    for (var entrant : entrants.values()) {
      warm(entrant);
    }
    for (int round = 1; round <= rounds.count(); round++) {
      if (round > 1 && !budget.leaves(rounds.after(cases.size() * entrants.size()))) {
        progress.accept("the time is up: " + (round - 1) + " of the rounds were run");
        break;
      }
      for (var which : cases) {
        progress.accept("round " + round + " of " + rounds.count() + ": " + which.about());
        for (var entrant : entrants.values()) {
          measure(which, entrant);
        }
      }
    }
    return cases.stream().map(which -> board.section(which, contenders)).toList();
  }

  private void start(Contender contender) throws InterruptedException, IOException {
    var reason = contender.missing();
    if (reason.isEmpty()) {
      progress.accept("starting " + contender.name() + ": " + contender.about());
      try {
        entrants.put(contender, Entrant.start(contender, bench));
        return;
      } catch (BenchFailure e) {
        reason = Optional.of(e.reason());
      }
    }
    for (var which : cases) {
      board.notRun(which, contender.name(), reason.orElseThrow());
    }
  }

  private void warm(Entrant entrant) throws InterruptedException {
    var times = entrant.contender().warming();
    if (times == 0) {
      return;
    }
    progress.accept("warming up " + entrant.contender().name());
    var which = new ArrayList<>(WARMING);
    which.retainAll(cases);
    for (var each : which) {
      try {
        entrant.measure(each, rounds.warm(), rounds.warming().multipliedBy(times));
      } catch (BenchFailure e) {
        // The first round will say so.
      }
    }
  }

  private void measure(Case which, Entrant entrant) throws InterruptedException {
    var contender = entrant.contender();
    var declined = contender.declines(which);
    if (declined.isPresent()) {
      board.notRun(which, contender.name(), declined.get());
      return;
    }
    try {
      board.put(which, contender.name(), entrant.measure(which, rounds.warm(), rounds.length()));
    } catch (BenchFailure e) {
      board.notRun(which, contender.name(), e.reason());
    }
  }

  @Override
  public void close() {
    entrants.values().forEach(Entrant::close);
  }
}

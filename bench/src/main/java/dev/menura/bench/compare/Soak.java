package dev.menura.bench.compare;

import dev.menura.bench.compare.ProcessTree.Held;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/// Half of what a contender can serve, for long: does anything grow?
///
/// Besides the requests over kept connections, a few connections a second are opened and closed.
final class Soak {
  private static final double LOAD = 0.5;
  private static final int CONNECTIONS_A_SECOND = 5;
  private static final Duration CAPACITY = Duration.ofSeconds(5);
  private static final Duration SAMPLES = Duration.ofSeconds(2);
  private static final int SAMPLES_MIN = 30;

  /// The first part of the time is not judged: heaps fill up to their size, and connections to
  /// origins are kept for a minute. Of a short soak it is half.
  private static final Duration SETTLING = Duration.ofSeconds(120);

  private static final double MB = 1e6;

  /// One figure's way through the soak.
  ///
  /// @param slope in the unit, an hour
  record Course(String what, String unit, double first, double last, Slope slope) {
    String text() {
      return String.format(
          Locale.ROOT,
          "  %-28s %10s → %-10s %+10.2f ± %.2f %s an hour: %s",
          what,
          Column.text(first),
          Column.text(last),
          slope.value(),
          slope.halfWidth(),
          unit,
          slope.indistinguishableFromZero()
              ? "not distinguishable from zero"
              : (slope.value() > 0 ? "GROWS" : "shrinks"));
    }
  }

  /// What a soak has come to.
  record Result(String contender, double rate, Measured measured, List<Course> courses) {
    Result {
      courses = List.copyOf(courses);
    }

    String text() {
      var out = new StringBuilder();
      out.append(
          String.format(
              Locale.ROOT,
              "soak of %s at %s requests a second: %d requests, %d errors, %d connections closed,"
                  + " p99 %s ms%n",
              contender,
              Column.text(rate),
              measured.requests(),
              measured.errors(),
              measured.closed(),
              Column.text(measured.p99Ms())));
      courses.forEach(course -> out.append(course.text()).append('\n'));
      return out.toString();
    }
  }

  private record Sample(double hours, Held all, Held root) {}

  private Soak() {}

  static Result run(
      Workbench bench, Contender contender, Duration length, Consumer<String> progress)
      throws BenchFailure, IOException, InterruptedException {
    try (var entrant = Entrant.start(contender, bench)) {
      entrant.measure(Case.NEW_CONNECTION, Duration.ZERO, CAPACITY);
      var capacity = entrant.measure(Case.JSON, CAPACITY, CAPACITY);
      double rate = Math.max(1, Math.rint(capacity.perSecond() * LOAD));
      progress.accept(
          "soaking " + contender.name() + " at " + Column.text(rate) + " requests a second");
      var requests = started(entrant, "keep", 16, rate, length);
      var connections = started(entrant, "fresh", 4, CONNECTIONS_A_SECOND, length);
      var samples = samples(entrant, length);
      try {
        connections.join();
        return new Result(contender.name(), rate, requests.join(), courses(samples));
      } catch (CompletionException e) {
        throw new BenchFailure("the load failed: " + e.getMessage(), e);
      }
    }
  }

  private static CompletableFuture<Measured> started(
      Entrant entrant, String mode, int connections, double rate, Duration length) {
    var flags =
        List.of(
            "-mode",
            mode,
            "-connections",
            Integer.toString(connections),
            "-rate",
            Double.toString(rate),
            "-for",
            length.toSeconds() + "s");
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return entrant.measure(flags, length);
          } catch (BenchFailure e) {
            throw new CompletionException(e.reason(), e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
          }
        },
        task -> Thread.ofPlatform().name("soak").daemon().start(task));
  }

  private static List<Sample> samples(Entrant entrant, Duration length)
      throws InterruptedException {
    var tree = entrant.running().tree();
    long step = Math.min(SAMPLES.toMillis(), length.toMillis() / SAMPLES_MIN);
    long begin = System.nanoTime();
    var samples = new ArrayList<Sample>();
    while (System.nanoTime() - begin < length.toNanos()) {
      Thread.sleep(Math.max(1, step));
      double hours = (System.nanoTime() - begin) / 3.6e12;
      samples.add(new Sample(hours, tree.held(), tree.rootHeld()));
    }
    double part = Math.min(0.5, (double) SETTLING.toMillis() / length.toMillis());
    return samples.subList((int) (samples.size() * part), samples.size());
  }

  private static List<Course> courses(List<Sample> samples) {
    return List.of(
        course("memory, first process", "MB", samples, s -> s.root().shared() / MB),
        course("memory, all processes", "MB", samples, s -> s.all().shared() / MB),
        course("threads, all processes", "", samples, s -> s.all().threads()),
        course("descriptors, all processes", "", samples, s -> s.all().descriptors()));
  }

  private static Course course(
      String what, String unit, List<Sample> samples, ToDoubleFunction<Sample> figure) {
    var points =
        samples.stream()
            .map(sample -> new Slope.Point(sample.hours(), figure.applyAsDouble(sample)))
            .toList();
    return new Course(
        what, unit, points.getFirst().value(), points.getLast().value(), Slope.of(points));
  }
}

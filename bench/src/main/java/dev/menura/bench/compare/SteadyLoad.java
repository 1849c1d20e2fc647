package dev.menura.bench.compare;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// Requests at a constant rate, a part of what the contender can serve, in whose middle something
/// is done to it.
///
/// @param rate requests a second
/// @param seconds how long they are measured
record SteadyLoad(double rate, int seconds, CompletableFuture<Measured> measured) {
  /// What part of the requests that the contender can serve come.
  private static final double LOAD = 0.3;

  private static final Duration WARM = Duration.ofSeconds(1);

  static SteadyLoad begin(Entrant entrant, int seconds) throws BenchFailure, InterruptedException {
    var capacity = entrant.measure(Case.JSON, Duration.ofMillis(300), Duration.ofSeconds(1));
    double rate = Math.max(1, Math.rint(capacity.perSecond() * LOAD));
    return new SteadyLoad(
        rate, seconds, CompletableFuture.supplyAsync(() -> load(entrant, rate, seconds)));
  }

  /// Comes back when half of the time is over.
  void awaitMiddle() throws InterruptedException {
    Thread.sleep(WARM.plusSeconds(seconds / 2).plusMillis(200));
  }

  /// Waits for the end.
  Measured result() throws BenchFailure {
    try {
      return measured.join();
    } catch (CompletionException e) {
      throw new BenchFailure("the load failed: " + e.getMessage(), e);
    }
  }

  /// The number of the second in which that was; there is one before and one after it.
  static int second(Measured measured, Instant when) throws BenchFailure {
    long nanos = when.getEpochSecond() * 1_000_000_000L + when.getNano() - measured.beginNanos();
    int second = (int) (nanos / 1_000_000_000L);
    if (second < 1 || second + 1 >= measured.timeline().size()) {
      throw new BenchFailure("the change did not fall into the measured time");
    }
    return second;
  }

  private static Measured load(Entrant entrant, double rate, int seconds) {
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

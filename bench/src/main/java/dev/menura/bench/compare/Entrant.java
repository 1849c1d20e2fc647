package dev.menura.bench.compare;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.menura.sidecar.os.Tool;
import dev.menura.sidecar.os.Tool.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A contender that runs, and how the load program reaches it.
final class Entrant implements AutoCloseable {
  private static final Duration READY_LIMIT = Duration.ofSeconds(60);
  private static final String NEW_NAMES = "first";
  private static final int POLL_MS = 5;
  private static final Duration LOAD_GRACE = Duration.ofMinutes(3);

  private final Contender contender;
  private final Workbench bench;
  private final Path folder;
  private final int port;
  private final Running running;
  private double servedMs;

  private Entrant(Contender contender, Workbench bench, Path folder, int port, Running running) {
    this.contender = contender;
    this.bench = bench;
    this.folder = folder;
    this.port = port;
    this.running = running;
  }

  /// Starts a contender in a folder of its own, and waits until it serves.
  static Entrant start(Contender contender, Workbench bench)
      throws BenchFailure, IOException, InterruptedException {
    return start(
        contender, bench, Files.createTempDirectory(bench.folder(), contender.name() + "-"));
  }

  /// Starts a contender in a folder where it may have run before, and waits until it serves.
  static Entrant start(Contender contender, Workbench bench, Path folder)
      throws BenchFailure, IOException, InterruptedException {
    int port = Workbench.freePort();
    var entrant = new Entrant(contender, bench, folder, port, contender.start(bench, folder, port));
    try {
      entrant.awaitServed();
      return entrant;
    } catch (BenchFailure e) {
      entrant.close();
      throw e;
    }
  }

  /// How long it took from its start to the first request that it served, in milliseconds.
  double servedMs() {
    return servedMs;
  }

  Contender contender() {
    return contender;
  }

  Path folder() {
    return folder;
  }

  /// The origin that it is asked for.
  Origin origin() {
    return contender.place(bench).origin();
  }

  Running running() {
    return running;
  }

  /// Runs a case.
  Measured measure(Case which, Duration warm, Duration length)
      throws BenchFailure, InterruptedException {
    return measure(which.flags(), warm, length);
  }

  /// Runs the load program with these flags.
  ///
  /// @param warm how long it runs before anything is measured
  Measured measure(List<String> flags, Duration warm, Duration length)
      throws BenchFailure, InterruptedException {
    var all = new ArrayList<>(flags);
    all.addAll(List.of("-warm", warm.toMillis() + "ms", "-for", length.toMillis() + "ms"));
    return measure(all, warm.plus(length));
  }

  /// Runs the load program with these flags.
  ///
  /// @param expected how long that should take
  Measured measure(List<String> flags, Duration expected)
      throws BenchFailure, InterruptedException {
    var command = command("run");
    command.addAll(List.of("-processes", Long.toString(running.pid())));
    command.addAll(
        List.of(
            "-prefix", contender.name() + "-", "-from", Long.toString(bench.nextName(contender))));
    command.addAll(flags);
    var said = run(command, expected.plus(LOAD_GRACE));
    if (flags.contains(NEW_NAMES)) {
      bench.nextName(contender, said.get("next").getAsLong());
    }
    return Measured.of(said);
  }

  /// The beginning of a command line of the load program.
  List<String> command(String what) {
    var place = contender.place(bench);
    return new ArrayList<>(
        place.command(
            List.of(
                bench.load().toString(),
                what,
                "-proxy",
                "127.0.0.1:" + port,
                "-port",
                place.origin().port(),
                "-cacert",
                contender.trusted(bench, folder).toString())));
  }

  private void awaitServed() throws BenchFailure, InterruptedException {
    var trusted = contender.trusted(bench, folder);
    long end = System.nanoTime() + READY_LIMIT.toNanos();
    while (!Files.exists(trusted)) {
      if (!running.alive() || System.nanoTime() > end) {
        throw new BenchFailure("it did not start: " + running.said());
      }
      Thread.sleep(POLL_MS);
    }
    var command = command("first");
    command.addAll(
        List.of(
            "-patience",
            READY_LIMIT.toSeconds() + "s",
            "-since",
            Long.toString(running.startedNanos())));
    try {
      servedMs = run(command, READY_LIMIT.multipliedBy(2)).get("ms").getAsDouble();
    } catch (BenchFailure e) {
      throw new BenchFailure(e.reason() + "; it said: " + running.said(), e);
    }
  }

  private static JsonObject run(List<String> command, Duration limit)
      throws BenchFailure, InterruptedException {
    return switch (Tool.run(command, limit)) {
      case Outcome.Ended ended when ended.succeeded() ->
          JsonParser.parseString(ended.output()).getAsJsonObject();
      case Outcome.Ended ended -> throw new BenchFailure(ended.output().strip());
      case Outcome.NotStarted none -> throw new BenchFailure(none.reason());
      case Outcome.TimedOut late ->
          throw new BenchFailure("the load did not end within " + late.limit().toSeconds() + " s");
    };
  }

  @Override
  public void close() {
    running.close();
  }
}

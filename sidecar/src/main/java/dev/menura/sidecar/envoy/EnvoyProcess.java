package dev.menura.sidecar.envoy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An Envoy that is kept running: started again, after growing pauses, whenever it ends.
///
/// It outlives a sidecar that is killed, so that passed-through connections go on; the next one on
/// the same data directory ends it and starts its own. The JVM has raised its own limit of open
/// files to the highest allowed, and Envoy inherits that.
public final class EnvoyProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EnvoyProcess.class);

  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final Duration LOG_CHECK = Duration.ofSeconds(5);
  private static final long LOG_BYTES_MAX = 64L << 20;

  /// What to run.
  ///
  /// @param program Envoy's program
  /// @param bootstrap its configuration; the name's ending says the format
  /// @param log where its output goes
  /// @param pid where its process id is remembered
  /// @param concurrency how many worker threads; empty for one a core
  public record Launch(Path program, Path bootstrap, Path log, Path pid, OptionalInt concurrency) {
    List<String> command() {
      List<String> command =
          new ArrayList<>(
              List.of(
                  program.toString(),
                  "--config-path",
                  bootstrap.toString(),
                  "--disable-hot-restart",
                  "--log-level",
                  "info"));
      concurrency.ifPresent(
          threads -> command.addAll(List.of("--concurrency", String.valueOf(threads))));
      return command;
    }
  }

  private sealed interface Signal {
    /// The process ended by itself.
    record Ended(Process process) implements Signal {}

    record Close() implements Signal {}
  }

  private final Launch launch;
  private final EnvoyLog log;
  private final PidFile pid;
  private final RestartPauses pauses = new RestartPauses();
  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private final AtomicLong restarts = new AtomicLong();
  private final Thread supervisor;
  private volatile @Nullable Process process;
  private volatile Optional<String> problem = Optional.empty();

  private EnvoyProcess(Launch launch) {
    this.launch = launch;
    this.log = new EnvoyLog(launch.log(), LOG_BYTES_MAX);
    this.pid = new PidFile(launch.pid());
    this.supervisor = Thread.ofPlatform().name("envoy-supervisor").daemon().unstarted(this::keep);
  }

  /// Ends an Envoy that an earlier sidecar left behind, and starts this one.
  ///
  /// @throws IOException where it cannot be started at all
  public static EnvoyProcess start(Launch launch) throws IOException, InterruptedException {
    EnvoyProcess envoy = new EnvoyProcess(launch);
    envoy.pid.endStale(GRACE);
    envoy.log.begin();
    envoy.spawn();
    envoy.supervisor.start();
    return envoy;
  }

  /// Ends an Envoy that an earlier sidecar left behind; there may be none.
  ///
  /// @param pid where its process id is remembered
  public static void endStale(Path pid) throws IOException, InterruptedException {
    new PidFile(pid).endStale(GRACE);
  }

  /// How often it had to be started again.
  public long restarts() {
    return restarts.get();
  }

  /// Why Envoy is not running now, in words; empty where it is.
  public Optional<String> problem() {
    return problem;
  }

  /// The process that runs now, empty during a pause.
  public Optional<ProcessHandle> running() {
    return Optional.ofNullable(process).filter(Process::isAlive).map(Process::toHandle);
  }

  /// Ends Envoy, by force where it does not end by itself in a few seconds.
  @Override
  public void close() {
    signals.add(new Signal.Close());
    try {
      supervisor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void spawn() throws IOException {
    process = null;
    log.continued();
    Process started =
        new ProcessBuilder(launch.command())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.file().toFile()))
            .start();
    process = started;
    problem = Optional.empty();
    try {
      pid.write(started.toHandle(), launch.program());
    } catch (IOException e) {
      // A full disk must not stop traffic: only the clean-up after a crash is lost.
      LOG.atWarn().addKeyValue("file", launch.pid()).setCause(e).log("pid not written");
    }
    var _ = started.onExit().thenAccept(ended -> signals.add(new Signal.Ended(ended)));
    LOG.atInfo().addKeyValue("pid", started.pid()).log("envoy started");
  }

  private void keep() {
    try {
      long startedNanos = System.nanoTime();
      while (untilEnd()) {
        Duration pause = pauses.after(Duration.ofNanos(System.nanoTime() - startedNanos));
        LOG.atError()
            .addKeyValue("reason", problem.orElse("unknown"))
            .addKeyValue("log", launch.log())
            .addKeyValue("restart-in-ms", pause.toMillis())
            .log("envoy ended");
        if (signals.poll(pause.toMillis(), TimeUnit.MILLISECONDS) != null) {
          break;
        }
        restarts.incrementAndGet();
        startedNanos = System.nanoTime();
        try {
          spawn();
        } catch (IOException e) {
          problem = Optional.of("envoy cannot be started: " + e.getMessage());
        }
      }
      pid.delete();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("file", launch.pid()).setCause(e).log("pid file not removed");
    }
  }

  /// Waits until the process ends by itself: true. False once closed, the process having been
  /// ended.
  private boolean untilEnd() throws InterruptedException {
    Process current = process;
    if (current == null) {
      return true;
    }
    while (true) {
      switch (signals.poll(LOG_CHECK.toMillis(), TimeUnit.MILLISECONDS)) {
        case null -> boundLog();
        case Signal.Ended ended -> {
          problem = Optional.of("envoy ended with exit code " + ended.process().exitValue());
          return true;
        }
        case Signal.Close close -> {
          PidFile.end(current.toHandle(), GRACE);
          LOG.atInfo().log("envoy stopped");
          return false;
        }
      }
    }
  }

  private void boundLog() {
    try {
      log.keepBounded();
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("log", launch.log()).setCause(e).log("envoy's log not cut back");
    }
  }
}

package dev.menura.sidecar.envoy;

import dev.menura.sidecar.os.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Remembers which process is our Envoy, so that one that outlived a sidecar is found and ended.
///
/// The file holds the process id, the time at which that process started, and its program: a
/// process that got the same id later is left alone.
final class PidFile {
  private static final Logger LOG = LoggerFactory.getLogger(PidFile.class);

  private final Path file;

  PidFile(Path file) {
    this.file = file;
  }

  void write(ProcessHandle process, Path program) throws IOException {
    PrivateFiles.write(file, process.pid() + "\n" + started(process) + "\n" + program + "\n");
  }

  void delete() throws IOException {
    Files.deleteIfExists(file);
  }

  /// Ends the process that the file names, if it is still that one.
  ///
  /// @param grace how long it may take to end by itself before it is killed
  void endStale(Duration grace) throws IOException, InterruptedException {
    Optional<ProcessHandle> stale = stale();
    if (stale.isPresent()) {
      LOG.atWarn()
          .addKeyValue("pid", stale.get().pid())
          .log("ending an Envoy that an earlier sidecar left behind");
      end(stale.get(), grace);
    }
    delete();
  }

  private Optional<ProcessHandle> stale() throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(file);
    if (lines.size() != 3 || !lines.get(0).matches("\\d{1,18}")) {
      return Optional.empty();
    }
    return ProcessHandle.of(Long.parseLong(lines.get(0)))
        .filter(ProcessHandle::isAlive)
        .filter(process -> started(process).equals(lines.get(1)));
  }

  /// Asks a process to end, and kills it where it does not within the time given.
  static void end(ProcessHandle process, Duration grace) throws InterruptedException {
    process.destroy();
    if (!endsWithin(process, grace)) {
      LOG.atWarn().addKeyValue("pid", process.pid()).log("process did not end, killing it");
      process.destroyForcibly();
      endsWithin(process, grace);
    }
  }

  private static boolean endsWithin(ProcessHandle process, Duration limit)
      throws InterruptedException {
    try {
      process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException | CompletionException e) {
      return !process.isAlive();
    }
  }

  private static String started(ProcessHandle process) {
    return process.info().startInstant().map(Object::toString).orElse("unknown");
  }
}

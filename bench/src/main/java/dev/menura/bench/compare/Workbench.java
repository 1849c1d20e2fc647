package dev.menura.bench.compare;

import dev.menura.sidecar.os.Tool;
import dev.menura.sidecar.os.Tool.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What all measurements need: a folder, the load program, certificates, and an origin that runs.
final class Workbench implements AutoCloseable {
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(5);

  /// The origins are this name and all below it, at one address and port.
  static final String NAME = "bench.test";

  private static final String LOOPBACK = "127.0.0.1";

  private final Path folder;
  private final Path checkout;
  private final Path envoy;
  private final Path load;
  private final Place place;
  private final Map<String, Long> names = new ConcurrentHashMap<>();

  private Workbench(Path folder, Path checkout, Path envoy, Path load, Origin origin) {
    this.folder = folder;
    this.checkout = checkout;
    this.envoy = envoy;
    this.load = load;
    this.place = new Place(List.of(), origin);
  }

  /// @param checkout the sources, where the load program's are
  /// @param envoy Envoy's program
  static Workbench open(Path checkout, Path envoy)
      throws BenchFailure, IOException, InterruptedException {
    var folder = Files.createTempDirectory("menura-bench-");
    var load = folder.resolve("load");
    succeed(
        List.of(
            "go",
            "build",
            "-C",
            checkout.resolve("bench/load").toString(),
            "-o",
            load.toString(),
            "."),
        "the load program was not built (Go is needed: apt-get install golang)");
    var certificates = Files.createDirectory(folder.resolve("certificates"));
    succeed(
        List.of(load.toString(), "certificates", "-folder", certificates.toString()),
        "certificates were not made");
    var origin = Origin.start(List.of(), load, certificates, LOOPBACK, LOOPBACK + ":0");
    return new Workbench(folder, checkout, envoy, load, origin);
  }

  /// Runs a command that has to succeed.
  ///
  /// @param otherwise what has not come about where it does not
  static void succeed(List<String> command, String otherwise)
      throws BenchFailure, InterruptedException {
    switch (Tool.run(command, BUILD_LIMIT)) {
      case Outcome.Ended ended when ended.succeeded() -> {}
      case Outcome.Ended ended -> throw new BenchFailure(otherwise + ": " + ended.output().strip());
      case Outcome.NotStarted none -> throw new BenchFailure(otherwise + ": " + none.reason());
      case Outcome.TimedOut late ->
          throw new BenchFailure(otherwise + " within " + late.limit().toSeconds() + " s");
    }
  }

  Path folder() {
    return folder;
  }

  Path checkout() {
    return checkout;
  }

  Path envoy() {
    return envoy;
  }

  Path load() {
    return load;
  }

  /// This machine, and the origin on it.
  Place place() {
    return place;
  }

  /// One of the files that the load program has made.
  Path certificate(String name) {
    return folder.resolve("certificates").resolve(name);
  }

  /// The number of the first name that a contender has not been asked for, in any of its starts.
  long nextName(Contender contender) {
    return names.getOrDefault(contender.name(), 0L);
  }

  void nextName(Contender contender, long number) {
    names.put(contender.name(), number);
  }

  /// A port that nobody has at this moment.
  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    place.origin().close();
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // What is left in the temporary folder is the system's to clear away.
    }
  }
}

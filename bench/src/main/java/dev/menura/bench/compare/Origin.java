package dev.menura.bench.compare;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The origin that all requests are for, which runs.
///
/// @param address where it is, as its clients see it
record Origin(Process process, String address, String port) implements AutoCloseable {
  /// @param prefix of its command line
  /// @param load the load program
  /// @param certificates the folder that the load program has made
  /// @param listen `host:port` where it takes connections; port 0 is any
  static Origin start(
      List<String> prefix, Path load, Path certificates, String address, String listen)
      throws BenchFailure, IOException {
    var log = Files.createTempFile(certificates, "origin-", ".log");
    var command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            load.toString(),
            "origin",
            "-listen",
            listen,
            "-certificate",
            certificates.resolve("issuing.pem").toString(),
            "-key",
            certificates.resolve("issuing.key").toString()));
    var process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    var said = process.inputReader().readLine();
    if (said == null) {
      throw new BenchFailure("the origin did not start: " + Files.readString(log).strip());
    }
    var port = JsonParser.parseString(said).getAsJsonObject().get("port").getAsString();
    return new Origin(process, address, port);
  }

  @Override
  public void close() {
    process.destroy();
  }
}

package dev.menura.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One run of curl.
///
/// @param exit its exit code
/// @param status the status of the response, 0 where there was none
/// @param body the response's body
/// @param log what curl reports of the connection: handshake, certificate, heads
record Curl(int exit, int status, String body, String log) {
  private static final int SECONDS_MAX = 30;

  /// Runs curl through the lab's proxy, trusting the lab's certificate authority.
  static Curl through(Lab lab, String url, String... more) {
    var arguments =
        new ArrayList<>(List.of("-x", "http://" + lab.proxy(), "--cacert", lab.ca().toString()));
    arguments.addAll(List.of(more));
    return run(url, arguments);
  }

  static Curl run(String url, List<String> arguments) {
    return run(List.of(), url, arguments);
  }

  /// As [#run], in other surroundings.
  ///
  /// @param prefix what to put in front of the command; its user may be another one
  static Curl run(List<String> prefix, String url, List<String> arguments) {
    Missing.skipUnlessFound("curl", "curl");
    try {
      // Whoever curl runs as makes the file.
      Path folder = Files.createTempDirectory("curl");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
      Path body = folder.resolve("body");
      Path log = Files.createTempFile("curl", ".log");
      var command = new ArrayList<>(prefix);
      command.addAll(
          List.of(
              "curl", "-sSv", "-m", "20", "-o", body.toString(), "-w", "\nSTATUS %{http_code}\n"));
      command.addAll(arguments);
      command.add(url);
      var process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      process.getOutputStream().close();
      if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("curl did not end: " + command);
      }
      var text = Files.readString(log, StandardCharsets.ISO_8859_1);
      int at = text.lastIndexOf("\nSTATUS ");
      int status = Integer.parseInt(text.substring(at + 8).trim());
      var result =
          new Curl(
              process.exitValue(),
              status,
              Files.exists(body)
                  ? new String(Files.readAllBytes(body), StandardCharsets.UTF_8)
                  : "",
              text);
      Files.deleteIfExists(body);
      Files.delete(folder);
      Files.delete(log);
      return result;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// The issuer of the certificate that curl was shown, as curl writes it.
  String issuer() {
    return log.lines()
        .filter(line -> line.startsWith("*  issuer: "))
        .map(line -> line.substring("*  issuer: ".length()))
        .findFirst()
        .orElse("");
  }
}

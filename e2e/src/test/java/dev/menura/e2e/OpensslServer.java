package dev.menura.e2e;

import dev.menura.certificates.testing.TestCertificate;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/// `openssl s_server` as an origin, for what Go's library does not speak.
final class OpensslServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String ACCEPT = "ACCEPT ";

  private final List<String> output = new CopyOnWriteArrayList<>();
  private final Process process;
  private final int port;

  private OpensslServer(List<String> command) {
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    Thread.ofPlatform().name("openssl").daemon().start(this::read);
    var line = await(ACCEPT);
    port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
  }

  /// Serves a page of its own to every GET, unless told otherwise.
  static OpensslServer start(Path folder, TestCertificate certificate, String... flags) {
    return start(folder, certificate.chainPem(), certificate.keyPem(), flags);
  }

  static OpensslServer start(Path folder, String chainPem, String keyPem, String... flags) {
    Missing.skipUnlessFound("openssl", "openssl");
    var chain = Origin.file(folder, chainPem);
    var command =
        new ArrayList<>(List.of("openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", chain));
    command.addAll(List.of("-cert_chain", chain, "-key", Origin.file(folder, keyPem)));
    command.addAll(List.of(flags));
    return new OpensslServer(command);
  }

  /// Runs a command to its end.
  static void run(String... command) {
    Missing.skipUnlessFound("openssl", "openssl");
    try {
      var process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("it did not end: " + List.of(command));
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void read() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.ISO_8859_1)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        output.add(line);
      }
    } catch (IOException e) {
      output.add("(ended by the test)");
    }
  }

  /// Waits for a line that contains this.
  String await(String text) {
    Awaitility.await("'" + text + "' of " + output)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> output.stream().anyMatch(line -> line.contains(text)));
    return output.stream().filter(line -> line.contains(text)).findFirst().orElseThrow();
  }

  List<String> output() {
    return output;
  }

  /// A line on its standard input.
  void say(String line) {
    try {
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  int port() {
    return port;
  }

  String url(String host) {
    return "https://" + host + ":" + port + "/";
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

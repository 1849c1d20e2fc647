package dev.menura.e2e;

import dev.menura.certificates.testing.TestCertificate;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/// `openssl s_server` as an origin, for what Go's library does not speak: it knows keys, ciphers
/// and versions that others have forgotten.
final class OpensslServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String ACCEPT = "ACCEPT ";

  private final Process process;
  private final List<String> output;
  private final int port;

  private OpensslServer(Process process, List<String> output, int port) {
    this.process = process;
    this.output = output;
    this.port = port;
  }

  /// Serves a page of its own to every GET, unless told otherwise.
  static OpensslServer start(Path folder, TestCertificate certificate, String... flags) {
    return start(folder, certificate.chainPem(), certificate.keyPem(), flags);
  }

  static OpensslServer start(Path folder, String chainPem, String keyPem, String... flags) {
    return startWith(folder, chainPem, keyPem, chainPem, List.of(flags)).orElseThrow();
  }

  /// Starts a server with any certificate, which says of a connection what it was, as a page.
  ///
  /// @param chain what is sent behind the leaf, in PEM; may be empty
  /// @return nothing where there can be no server with such a certificate
  static Optional<OpensslServer> startWithAny(
      Path folder, String leaf, String key, String chain, List<String> flags) {
    var more = new ArrayList<>(List.of("-www", "-naccept", "100"));
    if (!flags.contains("-cipher")) {
      more.addAll(List.of("-cipher", "ALL:@SECLEVEL=0"));
    }
    more.addAll(flags);
    return startWith(folder, leaf, key, chain, more);
  }

  private static Optional<OpensslServer> startWith(
      Path folder, String leaf, String key, String chain, List<String> flags) {
    Missing.skipUnlessFound("openssl", "openssl");
    var command = new ArrayList<>(List.of("openssl", "s_server", "-accept", "127.0.0.1:0"));
    command.addAll(List.of("-cert", Origin.file(folder, leaf), "-key", Origin.file(folder, key)));
    if (!chain.isEmpty()) {
      command.addAll(List.of("-cert_chain", Origin.file(folder, chain)));
    }
    command.addAll(flags);
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    var output = new CopyOnWriteArrayList<String>();
    Thread.ofPlatform().name("openssl").daemon().start(() -> read(process, output));
    Awaitility.await("the server")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> port(output).isPresent() || !process.isAlive());
    return port(output).map(found -> new OpensslServer(process, output, found));
  }

  private static Optional<Integer> port(List<String> output) {
    return output.stream()
        .filter(line -> line.startsWith(ACCEPT))
        .map(line -> Integer.parseInt(line.substring(line.lastIndexOf(':') + 1).strip()))
        .findFirst();
  }

  private static void read(Process process, List<String> output) {
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

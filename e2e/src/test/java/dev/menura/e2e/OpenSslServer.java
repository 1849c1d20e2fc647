package dev.menura.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/// OpenSSL's test server: it knows keys and ciphers that others have forgotten, and says of a
/// connection what it was, as a page.
final class OpenSslServer implements AutoCloseable {
  private final Program program;
  private final int port;

  private OpenSslServer(Program program, int port) {
    this.program = program;
    this.port = port;
  }

  /// Starts a server; nothing where there can be none with such a certificate.
  ///
  /// @param chain what is sent behind the leaf, in PEM; may be empty
  static Optional<OpenSslServer> start(
      Path folder, String leaf, String key, String chain, List<String> flags) {
    Missing.skipUnlessFound("openssl", "openssl");
    var command =
        new ArrayList<>(
            List.of(
                "openssl",
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-www",
                "-naccept",
                "100",
                "-cert",
                file(folder, leaf),
                "-key",
                file(folder, key)));
    if (!flags.contains("-cipher")) {
      command.addAll(List.of("-cipher", "ALL:@SECLEVEL=0"));
    }
    command.addAll(flags);
    if (!chain.isEmpty()) {
      command.addAll(List.of("-cert_chain", file(folder, chain)));
    }
    var program = Program.start(folder, command.toArray(String[]::new));
    Awaitility.await("the server")
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> program.said().contains("ACCEPT ") || !program.alive());
    var port =
        program
            .said()
            .lines()
            .filter(line -> line.startsWith("ACCEPT "))
            .map(line -> Integer.parseInt(line.substring(line.lastIndexOf(':') + 1).strip()))
            .findFirst();
    if (port.isEmpty()) {
      program.close();
    }
    return port.map(found -> new OpenSslServer(program, found));
  }

  private static String file(Path folder, String text) {
    try {
      return Files.writeString(Files.createTempFile(folder, "server", ".pem"), text).toString();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    program.close();
  }
}

package dev.menura.certificates.authority;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// OpenSSL's command, as a second opinion.
final class OpenSsl {
  private OpenSsl() {}

  /// The first lines that it prints, `OK` included; what it says of errors too.
  static String verify(Path directory, CertificateAuthority authority, Leaf leaf, String... options)
      throws IOException, InterruptedException {
    Path root = Files.writeString(directory.resolve("root.pem"), authority.pem());
    Path file = Files.writeString(directory.resolve("leaf.pem"), leaf.certificatePem());
    var command = new ArrayList<>(List.of("verify", "-x509_strict", "-purpose", "sslserver"));
    command.addAll(List.of(options));
    command.addAll(
        List.of("-CAfile", root.toString(), "-untrusted", file.toString(), file.toString()));
    return run(command);
  }

  static String text(Path directory, Leaf leaf) throws IOException, InterruptedException {
    Path file = Files.writeString(directory.resolve("leaf.pem"), leaf.certificatePem());
    return run(List.of("x509", "-noout", "-text", "-in", file.toString()));
  }

  static String run(List<String> arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("openssl"));
    command.addAll(arguments);
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }
}

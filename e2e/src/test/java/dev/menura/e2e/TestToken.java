package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/// A token of SoftHSM2, deleted when it is closed.
final class TestToken implements AutoCloseable {
  private static final List<Path> MODULES =
      List.of(
          Path.of("/usr/lib/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib64/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib64/pkcs11/libsofthsm2.so"));
  private static final String PIN = "123456";

  private final Path folder;
  private final String label = "menura-e2e-" + UUID.randomUUID().toString().substring(0, 8);
  private final Path pin;

  TestToken(Path folder) {
    this.folder = folder;
    Missing.skipUnlessFound("softhsm2-util", "softhsm2");
    try {
      configure();
      pin = Files.writeString(folder.resolve("pin"), PIN + "\n");
      Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    run("--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "654321");
  }

  /// The part of a `Gateway` that has the authority's key in this token.
  String asKey(Path module) {
    return "  ca: {key: {pkcs11: {library: %s, token: %s, label: ca, pin: {file: %s}}}}\n"
        .formatted(module, label, pin);
  }

  static Path module() {
    return MODULES.stream()
        .filter(Files::isReadable)
        .findFirst()
        .orElseGet(() -> {
          Missing.skip("SoftHSM2 is not there: apt-get install softhsm2");
          throw new AssertionError();
        });
  }

  /// Where the build names a configuration, the tokens are beside it.
  private static void configure() throws IOException {
    String file = System.getenv("SOFTHSM2_CONF");
    if (file != null && !Files.exists(Path.of(file))) {
      Path tokens = Files.createDirectories(Path.of(file).resolveSibling("softhsm-tokens"));
      Files.writeString(Path.of(file), "directories.tokendir = " + tokens + "\n");
    }
  }

  private void run(String... arguments) {
    var command =
        Stream.concat(Stream.of("softhsm2-util"), Stream.of(arguments)).toArray(String[]::new);
    try (var program = Program.start(folder, command)) {
      assertThat(program.awaitEnd()).as(program.said()).isZero();
    }
  }

  @Override
  public void close() {
    run("--delete-token", "--token", label);
  }
}

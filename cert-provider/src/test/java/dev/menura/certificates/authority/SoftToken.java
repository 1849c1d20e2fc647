package dev.menura.certificates.authority;

import dev.menura.certificates.authority.KeyPlace.InToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.opentest4j.TestAbortedException;

/// A token of SoftHSM2, for tests.
final class SoftToken {
  private static final List<Path> PLACES =
      List.of(
          Path.of("/usr/lib/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib64/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib64/pkcs11/libsofthsm2.so"));

  static final String PIN = "123456";

  private SoftToken() {}

  /// Where the module is; the test is skipped where there is none, and fails on a build machine.
  static Path library() {
    var found = PLACES.stream().filter(Files::isReadable).findFirst();
    if (found.isPresent()) {
      return found.get();
    }
    if ("true".equals(System.getenv("CI"))) {
      throw new AssertionError("SoftHSM2 is missing: apt-get install softhsm2");
    }
    throw new TestAbortedException("SoftHSM2 is missing: apt-get install softhsm2");
  }

  /// The token of this process. A module sees only the tokens that were there when it was opened.
  private static final class Shared {
    static final String LABEL = create();
  }

  private static String create() {
    String label = "menura-test-" + UUID.randomUUID().toString().substring(0, 8);
    try {
      configure();
      run("--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "654321");
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("cannot make a token", e);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(label)));
    return label;
  }

  /// Where the build names a configuration, the tokens are beside it.
  private static void configure() throws IOException {
    String file = System.getenv("SOFTHSM2_CONF");
    if (file != null && !Files.exists(Path.of(file))) {
      Path tokens = Path.of(file).resolveSibling("softhsm-tokens");
      Files.createDirectories(tokens);
      Files.writeString(Path.of(file), "directories.tokendir = " + tokens + "\n");
    }
  }

  private static void delete(String label) {
    try {
      run("--delete-token", "--token", label);
    } catch (IOException | InterruptedException _) {
      // It is in the folder of the build's results, or in the user's own store.
    }
  }

  /// A place for a key that is not there yet.
  ///
  /// @param directory for the file with the PIN
  static InToken create(Path directory) throws IOException {
    Path library = library();
    Path pin = Files.writeString(directory.resolve("pin"), PIN + "\n");
    Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
    return new InToken(
        library,
        Shared.LABEL,
        "ca-" + UUID.randomUUID().toString().substring(0, 8),
        new SecretSource.InFile(pin));
  }

  private static void run(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("softhsm2-util"));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
  }
}

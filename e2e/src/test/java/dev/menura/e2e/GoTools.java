package dev.menura.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The program with the Go origins and clients, built once for a run of the tests.
final class GoTools {
  private static final int BUILD_SECONDS_MAX = 300;
  private static @Nullable Path program;

  private GoTools() {}

  static synchronized Path program() {
    var built = program;
    if (built == null) {
      built = build();
      program = built;
    }
    return built;
  }

  private static Path build() {
    Missing.skipUnlessFound("go", "golang");
    try {
      var built = Path.of("target", "e2e-go").toAbsolutePath();
      var log = Path.of("target", "e2e-go-build.log");
      Files.createDirectories(log.getParent());
      var go =
          new ProcessBuilder("go", "build", "-o", built.toString(), ".")
              .directory(Path.of("src/test/go").toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (!go.waitFor(BUILD_SECONDS_MAX, TimeUnit.SECONDS) || go.exitValue() != 0) {
        go.destroyForcibly();
        throw new IllegalStateException("go build failed:\n" + Files.readString(log));
      }
      return built;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}

package dev.menura.certificates.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Builds BetterTLS with Go, and has it write its test cases.
final class BetterTlsTool {
  private static final String MODULE =
      "github.com/Netflix/bettertls/test-suites/cmd/bettertls"
          + "@v0.0.0-20250909192348-e1e99e353074";
  private static final int MINUTES_MAX = 5;

  private BetterTlsTool() {}

  static Path export(Path directory) throws IOException, InterruptedException {
    Path tool = directory.resolve("bettertls");
    if (!run(directory, List.of("go", "install", MODULE))) {
      String missing = "BetterTLS, which Go builds from its module";
      if ("true".equals(System.getenv("CI"))) {
        fail("missing: " + missing);
      }
      abort("missing: " + missing);
    }
    Path file = directory.resolve("cases.json");
    assertThat(run(directory, List.of(tool.toString(), "export-tests", "--out", file.toString())))
        .isTrue();
    return file;
  }

  private static boolean run(Path directory, List<String> command)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("GOBIN", directory.toString());
    builder.redirectOutput(Files.createTempFile(directory, "output", ".txt").toFile());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return false;
    }
    if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      return false;
    }
    return process.exitValue() == 0;
  }
}

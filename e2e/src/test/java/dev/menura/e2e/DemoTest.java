package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `menura demo --once`, as a user runs it: another process, from the program's jars.
class DemoTest {
  private static final int SECONDS_MAX = 120;

  @TempDir private Path folder;

  @Test
  void everyRowComesOutAsItShould() throws IOException, InterruptedException {
    var output = folder.resolve("demo.txt");
    var command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.menura.sidecar.Main",
            "demo",
            "--once");
    var demo =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!demo.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
      demo.destroyForcibly();
    }
    assertThat(demo.waitFor()).as(Files.readString(output)).isZero();
    assertThat(Files.readString(output)).contains("11 of 11 rows");
  }
}

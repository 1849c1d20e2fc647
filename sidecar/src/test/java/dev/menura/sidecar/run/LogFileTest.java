package dev.menura.sidecar.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class LogFileTest {
  @TempDir private Path folder;

  @Test
  void keepsWhatIsLoggedUntilItIsClosed() {
    var logger = LoggerFactory.getLogger(LogFileTest.class);
    Path file = folder.resolve("menura.log");
    try (LogFile _ = LogFile.open(file)) {
      logger.atWarn().addKeyValue("pid", 7).log("something happened");
    }
    logger.warn("too late");
    assertThat(file)
        .content(UTF_8)
        .contains("WARN  LogFileTest something happened pid=\"7\"")
        .doesNotContain("too late");
  }
}

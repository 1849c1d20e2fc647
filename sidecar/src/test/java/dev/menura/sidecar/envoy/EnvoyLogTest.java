package dev.menura.sidecar.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvoyLogTest {
  @TempDir private Path folder;

  @Test
  void isReadableByItsOwnerOnly() throws Exception {
    EnvoyLog log = new EnvoyLog(folder.resolve("envoy.log"), 10);
    log.begin();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log.file())))
        .isEqualTo("rw-------");
  }

  @Test
  void staysAsItIsAtItsBound() throws Exception {
    EnvoyLog log = new EnvoyLog(folder.resolve("envoy.log"), 10);
    Files.writeString(log.file(), "0123456789");
    log.keepBounded();
    assertThat(log.file()).hasContent("0123456789");
  }

  @Test
  void isCutBackPastItsBoundWhileItsWriterGoesOn() throws Exception {
    EnvoyLog log = new EnvoyLog(folder.resolve("envoy.log"), 10);
    log.begin();
    try (OutputStream out = Files.newOutputStream(log.file(), StandardOpenOption.APPEND)) {
      out.write("0123456789a".getBytes(StandardCharsets.UTF_8));
      log.keepBounded();
      out.write("after".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(log.file()).hasContent("after");
    assertThat(folder.resolve("envoy.log.1")).hasContent("0123456789a");
  }
}

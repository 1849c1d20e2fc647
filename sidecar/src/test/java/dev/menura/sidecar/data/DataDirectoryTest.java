package dev.menura.sidecar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir private Path folder;

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static void setMode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  @Test
  void isMadeForItsOwnerOnly() throws Exception {
    Path data = folder.resolve("a/b");
    try (DataDirectory opened = DataDirectory.open(data)) {
      assertThat(opened.root()).isEqualTo(data);
      assertThat(mode(data)).isEqualTo("rwx------");
      assertThat(mode(data.resolve("logs"))).isEqualTo("rwx------");
    }
  }

  @Test
  void isUsedByOneInstanceAtATime() throws Exception {
    try (DataDirectory first = DataDirectory.open(folder)) {
      assertThatThrownBy(() -> DataDirectory.open(first.root()))
          .isInstanceOf(DataDirectoryException.class)
          .hasMessageContaining("in use by another Menura")
          .hasMessageContaining("--data DIR");
    }
    DataDirectory.open(folder).close();
  }

  @Test
  void closesAnEmptyFolderThatWasOpenToOthers() throws Exception {
    setMode(folder, "rwxr-xr-x");
    DataDirectory.open(folder).close();
    assertThat(mode(folder)).isEqualTo("rwx------");
  }

  @Test
  void closesItsOwnFolderWhereSomebodyOpenedIt() throws Exception {
    DataDirectory.open(folder).close();
    setMode(folder, "rwxr-xr-x");
    DataDirectory.open(folder).close();
    assertThat(mode(folder)).isEqualTo("rwx------");
  }

  @Test
  void refusesAnOpenFolderThatHoldsOtherThings() throws Exception {
    Files.writeString(folder.resolve("thesis.txt"), "");
    setMode(folder, "rwxr-xr-x");
    assertThatThrownBy(() -> DataDirectory.open(folder))
        .hasMessageContaining("chmod 700 " + folder);
    assertThat(mode(folder)).isEqualTo("rwxr-xr-x");
    assertThat(folder).isDirectoryNotContaining("glob:**menura.lock");
  }

  @Test
  void refusesAFileInItsPlace() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> DataDirectory.open(file)).hasMessageContaining("cannot be used");
  }

  @Test
  void holdsItsSocketsWhereTheirPathsFit() throws Exception {
    try (DataDirectory opened = DataDirectory.open(folder)) {
      assertThat(opened.adminSocket().getParent()).isEqualTo(folder);
      assertThat(opened.sidecarSocket().getParent()).isEqualTo(folder);
    }
  }

  @Test
  void putsItsSocketsElsewhereWhereTheirPathsAreTooLong() throws Exception {
    Path data = folder.resolve("d".repeat(90));
    Path sockets = SocketFolder.of(data).folder();
    try (DataDirectory opened = DataDirectory.open(data)) {
      assertThat(opened.adminSocket().toString().getBytes(StandardCharsets.UTF_8).length)
          .isLessThanOrEqualTo(SocketFolder.SOCKET_PATH_BYTES_MAX);
      assertThat(mode(sockets)).isEqualTo("rwx------");
    }
    try (DataDirectory again = DataDirectory.open(data)) {
      assertThat(again.adminSocket().getParent()).isEqualTo(sockets);
    }
    setMode(sockets, "rwxrwxrwx");
    assertThatThrownBy(() -> DataDirectory.open(data)).hasMessageContaining("not ours alone");
    Files.delete(sockets);
    DataDirectory.open(data).close();
    Files.delete(sockets);
  }

  @Test
  void saysWhatOthersNeedToUseIt() throws Exception {
    Path file = folder.resolve("ready.json");
    Ready ready =
        new Ready(
            "127.0.0.1:3128",
            "127.0.0.1:8686",
            Path.of("/data/ca/ca.pem"),
            "0123456789ab",
            Map.of("explicit", "127.0.0.1:3128"));
    ready.write(file);
    assertThat(file)
        .hasContent(
            """
            {
              "proxy": "127.0.0.1:3128",
              "admin": "127.0.0.1:8686",
              "ca": "/data/ca/ca.pem",
              "policy-version": "0123456789ab",
              "listeners": {
                "explicit": "127.0.0.1:3128"
              }
            }
            """);
    Ready.remove(file);
    Ready.remove(file);
    assertThat(file).doesNotExist();
  }
}

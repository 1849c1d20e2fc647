package dev.menura.sidecar.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFilesTest {
  @TempDir private Path folder;

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void makesFoldersForTheirOwnerOnly() throws Exception {
    Path made = folder.resolve("a/b");
    PrivateFiles.createFolder(made);
    assertThat(mode(made)).isEqualTo("rwx------");
    assertThat(PrivateFiles.isPrivate(made)).isTrue();
  }

  @Test
  void leavesAFolderThatIsThereAsItIs() throws Exception {
    Path open =
        Files.createDirectory(
            folder.resolve("open"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
    PrivateFiles.createFolder(open);
    assertThat(PrivateFiles.isPrivate(open)).isFalse();
  }

  @Test
  void refusesAFileWhereAFolderShouldBe() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> PrivateFiles.createFolder(file))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void replacesAFileInOneStepAndLeavesNothingBeside() throws Exception {
    Path file = folder.resolve("ready.json");
    PrivateFiles.write(file, "one");
    PrivateFiles.write(file, "two");
    assertThat(file).hasContent("two");
    assertThat(mode(file)).isEqualTo("rw-------");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }
}

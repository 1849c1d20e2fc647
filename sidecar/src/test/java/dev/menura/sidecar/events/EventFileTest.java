package dev.menura.sidecar.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventFileTest {
  @TempDir private Path folder;
  private Path path;

  @BeforeEach
  void name() {
    path = folder.resolve("events.jsonl");
  }

  private static ByteBuffer line(String text) {
    return StandardCharsets.UTF_8.encode(text + "\n");
  }

  @Test
  void appendsToWhatIsThere() throws Exception {
    Files.writeString(path, "a\n");
    try (EventFile file = new EventFile(path, 100, 2)) {
      file.append(line("b"));
      file.append(line("c"));
    }
    assertThat(path).hasContent("a\nb\nc\n");
  }

  @Test
  void isReadableByItsOwnerOnly() throws Exception {
    try (EventFile file = new EventFile(path, 100, 2)) {
      file.append(line("b"));
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 65_535, 65_536, 65_537, 200_000})
  void takesOutATornLastLineAndKeepsItBeside(int tornBytes) throws Exception {
    String torn = "t".repeat(tornBytes);
    Files.writeString(path, "a\nb\n" + torn);
    try (EventFile file = new EventFile(path, 1 << 20, 2)) {
      file.append(line("c"));
    }
    assertThat(path).hasContent("a\nb\nc\n");
    assertThat(folder.resolve("events.jsonl.torn")).hasContent(torn);
  }

  @Test
  void takesOutATornOnlyLine() throws Exception {
    Files.writeString(path, "torn");
    try (EventFile file = new EventFile(path, 100, 2)) {
      file.append(line("c"));
    }
    assertThat(path).hasContent("c\n");
  }

  @Test
  void leavesAWholeFileAlone() throws Exception {
    Files.writeString(path, "a\n");
    try (EventFile file = new EventFile(path, 100, 2)) {
      file.append(line("b"));
    }
    assertThat(folder.resolve("events.jsonl.torn")).doesNotExist();
  }

  @Test
  void beginsANewFilePastItsSizeAndKeepsAFewOlderOnes() throws Exception {
    try (EventFile file = new EventFile(path, 6, 2)) {
      for (String text : new String[] {"11", "12", "21", "22", "31", "32", "41"}) {
        file.append(line(text));
      }
    }
    assertThat(path).hasContent("41\n");
    assertThat(folder.resolve("events.jsonl.1")).hasContent("31\n32\n");
    assertThat(folder.resolve("events.jsonl.2")).hasContent("21\n22\n");
    assertThat(folder.resolve("events.jsonl.3")).doesNotExist();
  }

  @Test
  void writesALineThatIsLongerThanAFileMayBe() throws Exception {
    try (EventFile file = new EventFile(path, 3, 1)) {
      file.append(line("a"));
      file.append(line("much too long"));
    }
    assertThat(path).hasContent("much too long\n");
    assertThat(folder.resolve("events.jsonl.1")).hasContent("a\n");
  }

  @Test
  void makesTheFileAgainWhereSomebodyRemovedIt() throws Exception {
    try (EventFile file = new EventFile(path, 100, 1)) {
      file.append(line("a"));
      Files.delete(path);
      file.append(line("b"));
    }
    assertThat(path).hasContent("b\n");
  }

  @Test
  void takesBackALineThatTheDiskHadRoomForInPart() throws Exception {
    try (FileOnSmallDisk file = new FileOnSmallDisk(path, 5)) {
      file.append(line("abc"));
      assertThatThrownBy(() -> file.append(line("def"))).hasMessageContaining("no room");
      assertThat(path).hasContent("abc\n");
      file.capacity = 100;
      file.append(line("ghi"));
    }
    assertThat(path).hasContent("abc\nghi\n");
  }

  @Test
  void takesOutAPartialLineLaterWhereTheDiskRefusedToAtOnce() throws Exception {
    try (FileOnSmallDisk file = new FileOnSmallDisk(path, 5)) {
      file.append(line("abc"));
      file.truncateFails = true;
      assertThatThrownBy(() -> file.append(line("def"))).isInstanceOf(IOException.class);
      assertThat(path).hasContent("abc\nd");
      file.truncateFails = false;
      file.capacity = 100;
      file.append(line("ghi"));
    }
    assertThat(path).hasContent("abc\nghi\n");
  }

  @Test
  void goesOnAfterTheDiskWasFull() throws Exception {
    try (FileOnSmallDisk file = new FileOnSmallDisk(path, 4)) {
      file.append(line("abc"));
      assertThatThrownBy(() -> file.append(line("def"))).isInstanceOf(IOException.class);
      file.capacity = 100;
      file.append(line("ghi"));
    }
    assertThat(path).hasContent("abc\nghi\n");
  }
}

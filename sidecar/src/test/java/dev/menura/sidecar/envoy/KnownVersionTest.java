package dev.menura.sidecar.envoy;

import static dev.menura.sidecar.envoy.FakePrograms.envoySaying;
import static dev.menura.sidecar.envoy.FakePrograms.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownVersionTest {
  private static final EnvoyVersion VERSION = new EnvoyVersion(1, 40, 0);

  @TempDir private Path folder;
  private Path asked;
  private Path program;
  private KnownVersion known;

  @BeforeEach
  void makeProgram() throws IOException {
    asked = folder.resolve("asked");
    program =
        script(
            folder.resolve("envoy"),
            "echo asked >>" + asked + "; echo version: 9e55/1.40.0/Clean/RELEASE/BoringSSL");
    known = KnownVersion.in(folder.resolve("envoy-version"));
  }

  private EnvoyBinary find() throws Exception {
    return EnvoyBinary.find(Optional.of(program), known, _ -> {});
  }

  private long timesAsked() throws IOException {
    return Files.exists(asked) ? Files.readAllLines(asked).size() : 0;
  }

  @Test
  void asksAProgramOnceAndRemembersItsAnswer() throws Exception {
    known.remember(find());

    assertThat(find().version()).isEqualTo(VERSION);
    assertThat(timesAsked()).isOne();
  }

  @Test
  void asksAgainWhereTheProgramWasReplaced() throws Exception {
    known.remember(find());
    Files.setLastModifiedTime(program, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
    find();
    assertThat(timesAsked()).isEqualTo(2);

    Files.delete(program);
    envoySaying(program, "1.36.1");
    assertThatThrownBy(this::find).hasMessageContaining("too old");
  }

  @Test
  void asksAgainWhereAnotherProgramIsNamed() throws Exception {
    known.remember(find());
    program = Files.copy(program, folder.resolve("other"));
    assertThat(program.toFile().setExecutable(true)).isTrue();

    find();

    assertThat(timesAsked()).isEqualTo(2);
  }

  @Test
  void asksWhereWhatItRemembersCannotBeRead() throws Exception {
    var file = folder.resolve("envoy-version");
    for (var content : new String[] {"", "nonsense\n", "a\nversion: /1.40.0/\n"}) {
      Files.writeString(file, content);
      assertThat(find().version()).isEqualTo(VERSION);
    }
    Files.write(file, new byte[] {(byte) 0xc3, 0x28});
    assertThat(find().version()).isEqualTo(VERSION);
    assertThat(timesAsked()).isEqualTo(4);
  }

  @Test
  void remembersNothingWhereItMayNotWrite() throws Exception {
    known = KnownVersion.in(folder.resolve("missing").resolve("envoy-version"));

    known.remember(find());

    assertThat(find().version()).isEqualTo(VERSION);
    assertThat(timesAsked()).isEqualTo(2);
  }
}

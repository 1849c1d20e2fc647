package dev.menura.policy.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.Place;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SourceFileTest {
  private static SourceFile file(String text) {
    return SourceFile.decode("a.yaml", text.getBytes(StandardCharsets.UTF_8), new Issues())
        .orElseThrow();
  }

  @Test
  void columnsCountCharactersAndNotBytes() {
    SourceFile file = file("a😀ü!\n");
    assertThat(file.place(3)).isEqualTo(new Place("a.yaml", 1, 4));
  }

  @Test
  void linesEndInAnyOfTheThreeWays() {
    SourceFile file = file("a\nb\r\nc\rd");
    assertThat(file.lines()).isEqualTo(4);
    assertThat(file.line(2)).isEqualTo("b");
    assertThat(file.line(3)).isEqualTo("c");
    assertThat(file.line(4)).isEqualTo("d");
    assertThat(file.line(5)).isEmpty();
    assertThat(file.line(0)).isEmpty();
    assertThat(file.place(7)).isEqualTo(new Place("a.yaml", 4, 1));
  }

  @Test
  void placeBehindTheLastCharacterExists() {
    assertThat(file("ab").place(2)).isEqualTo(new Place("a.yaml", 1, 3));
    assertThat(file("").place(0)).isEqualTo(new Place("a.yaml", 1, 1));
  }

  @Test
  void firstByteThatIsNotUtf8IsPlaced() {
    Issues issues = new Issues();
    byte[] bytes = {'a', '\n', (byte) 0xc3, (byte) 0xa4, (byte) 0xff, 'b'};
    assertThat(SourceFile.decode("a.yaml", bytes, issues)).isEmpty();
    assertThat(issues.sorted().getFirst().place()).isEqualTo(new Place("a.yaml", 2, 2));
    assertThat(issues.sorted().getFirst().message()).contains("0xff");
  }

  @Test
  void sequenceThatTheFileEndsInIsNotUtf8() {
    Issues issues = new Issues();
    assertThat(SourceFile.decode("a.yaml", new byte[] {'a', (byte) 0xe2, (byte) 0x82}, issues))
        .isEmpty();
    assertThat(issues.hasErrors()).isTrue();
  }
}

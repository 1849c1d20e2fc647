package dev.menura.policy.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {
  @Test
  void joinsChoices() {
    assertThat(Words.quotedChoice(List.of("a"))).isEqualTo("'a'");
    assertThat(Words.quotedChoice(List.of("a", "b", "c"))).isEqualTo("'a', 'b' or 'c'");
    assertThat(Words.quotedAll(List.of("a", "b"))).isEqualTo("'a' and 'b'");
    assertThat(Words.quotedAll(List.of())).isEqualTo("nothing");
  }

  @Test
  void guessesTheNearestWord() {
    List<String> words = List.of("block", "allow", "passthrough");
    assertThat(Words.didYouMean("blok", words)).hasValue("did you mean 'block'?");
    assertThat(Words.didYouMean("BLOCK", words)).hasValue("did you mean 'block'?");
    assertThat(Words.didYouMean("passtrough", words)).hasValue("did you mean 'passthrough'?");
    assertThat(Words.didYouMean("redirect", words)).isEmpty();
    assertThat(Words.didYouMean("", words)).isEmpty();
  }

  @Test
  void guessesKebabCaseForSnakeCase() {
    assertThat(Words.didYouMean("on_limit", List.of("on-error", "on-limit")))
        .hasValue("did you mean 'on-limit'?");
  }

  @Test
  void countsSwappedNeighboursOnce() {
    assertThat(Words.distance("name", "nmae")).isEqualTo(1);
    assertThat(Words.distance("abc", "abc")).isZero();
    assertThat(Words.distance("", "abc")).isEqualTo(3);
    assertThat(Words.distance("kitten", "sitting")).isEqualTo(3);
  }
}

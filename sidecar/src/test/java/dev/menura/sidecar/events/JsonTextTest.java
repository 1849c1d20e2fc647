package dev.menura.sidecar.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JsonTextTest {
  private static final String ODD =
      "\"\\/\b\f\n\r\t\0\u001f\u007f\u0085\u2027\u2028\u2029ü€😀<>&='";

  static LongStream seeds() {
    return LongStream.range(401, 411);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void writesTextsAsALibraryDoes(long seed) throws IOException {
    var random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      String name = text(random);
      String value = text(random);
      var text = new StringBuilder();
      new JsonText(text).begin().entry(name, value).field("name", value).end();
      var expected = new StringWriter();
      new JsonWriter(expected)
          .beginObject()
          .name(name)
          .value(value)
          .name("name")
          .value(value)
          .endObject();
      assertThat(text).hasToString(expected.toString());
    }
  }

  private static String text(Random random) {
    var text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append(
          switch (random.nextInt(4)) {
            case 0 -> ODD.charAt(random.nextInt(ODD.length()));
            case 1 -> (char) random.nextInt(0x10000);
            default -> (char) ('a' + random.nextInt(26));
          });
    }
    return text.toString();
  }

  @Test
  void separatesWhatStandsSideBySide() {
    var text = new StringBuilder("[");
    new JsonText(text)
        .begin()
        .beginArray("a[")
        .item("{")
        .item("")
        .endArray()
        .beginObject("b{")
        .end()
        .beginArray("c")
        .beginItem()
        .field("d", 1)
        .field("e", -2)
        .end()
        .beginItem()
        .end()
        .endArray()
        .end();
    assertThat(text).hasToString("[{\"a[\":[\"{\",\"\"],\"b{\":{},\"c\":[{\"d\":1,\"e\":-2},{}]}");
  }
}

package dev.menura.extproc.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.Limits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What may be let go of a body gives nothing of a number away: whoever decodes it gets bytes that
/// end at or before the first digit of the first number found, at every moment, and so also before
/// the scan could know that there is a number. And what holds no number is let go in time.
class ClearableTest {
  private static final Set<String> CARDS = Set.of("credit-card");
  private static final Limits LIMITS = new Limits(16 << 20, 1 << 20, 64 << 20, 1000);
  private static final String NUMBER = "4111-1111 1111-1111";

  static Stream<String> codings() {
    return Stream.of(
        "", "gzip", "deflate", "deflate/raw", "br", "zstd", "gzip, br", "zstd, gzip", "br, zstd");
  }

  static Stream<String> bodies() {
    String text = words(new Random(1), 60);
    return Stream.of(
        NUMBER,
        text + NUMBER + "\n" + text,
        "{\"a\":[\"" + words(new Random(2), 9) + "\"],\"card\":\"" + NUMBER + "\"}",
        "41 11 " + text + "4111 1111 " + NUMBER + ", 378282246310005",
        noise(new Random(4), 700) + "\n" + NUMBER + "\n" + noise(new Random(5), 700),
        "0123456789".repeat(20) + "," + NUMBER + "," + "0123456789".repeat(20));
  }

  static Stream<Arguments> bodiesInEachCoding() {
    return bodies().flatMap(body -> codings().map(coding -> new Arguments(coding, body)));
  }

  record Arguments(String codings, String body) {}

  @ParameterizedTest
  @MethodSource("bodiesInEachCoding")
  void endsBeforeTheFirstNumberHoweverTheBodyIsCutInTwo(Arguments of) {
    byte[] body = Encoded.as(of.codings(), of.body().getBytes(StandardCharsets.UTF_8));
    for (int split = 0; split <= body.length; split++) {
      follow(of, body, List.of(split, body.length - split));
    }
  }

  @ParameterizedTest
  @MethodSource("bodiesInEachCoding")
  void endsBeforeTheFirstNumberInABodyThatComesByteByByte(Arguments of) {
    byte[] body = Encoded.as(of.codings(), of.body().getBytes(StandardCharsets.UTF_8));
    follow(of, body, IntStream.range(0, body.length).map(_ -> 1).boxed().toList());
  }

  static IntStream seeds() {
    return IntStream.range(0, 30);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void endsBeforeTheFirstNumberInABodyThatComesInAnyPieces(int seed) {
    Random random = new Random(seed);
    String text = words(random, random.nextInt(5_000)) + NUMBER + "," + words(random, 500);
    for (String codings : codings().toList()) {
      byte[] body = Encoded.as(codings, text.getBytes(StandardCharsets.UTF_8));
      follow(new Arguments(codings, text), body, pieces(random, body.length));
    }
  }

  /// Writes a body in these pieces. What could be let go only ever grows, and what a part of a body
  /// decodes to grows with it, so it is enough to look at the most that could ever be let go.
  private static void follow(Arguments of, byte[] body, List<Integer> pieces) {
    int number = of.body().indexOf(NUMBER);
    try (BodyScan scan = BodyScan.of(CARDS, Encoded.header(of.codings()), LIMITS)) {
      int written = 0;
      long clearable = 0;
      for (int i = 0; i < pieces.size(); i++) {
        scan.write(ByteBuffer.wrap(body, written, pieces.get(i)), i == pieces.size() - 1);
        written += pieces.get(i);
        assertThat(scan.clearable(CARDS)).isBetween(clearable, (long) written);
        clearable = scan.clearable(CARDS);
      }
      assertThat(scan.stopped()).isEmpty();
      assertThat(scan.complete()).isTrue();
      assertThat(scan.count("credit-card")).isPositive();
      byte[] released = Reader.read(of.codings(), body, (int) clearable);
      assertThat(released.length).isLessThanOrEqualTo(number);
      assertThat(new String(body, 0, (int) clearable, StandardCharsets.ISO_8859_1))
          .doesNotContain(NUMBER.substring(0, 6));
      if (of.codings().isEmpty()) {
        assertThat(clearable).isEqualTo(number);
      }
    }
  }

  /// How far behind a coding may be: its own blocks at the most.
  @ParameterizedTest
  @ValueSource(strings = {"", "gzip", "deflate", "br", "gzip, br"})
  void followsABodyWithoutNumbersClosely(String codings) {
    assertThat(farthestBehind(codings, 4000)).isLessThanOrEqualTo(4200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"zstd", "zstd, gzip", "br, zstd"})
  void followsZstdToTheBlock(String codings) {
    assertThat(farthestBehind(codings, 4000)).isLessThanOrEqualTo(128 * 1024 + 8192);
  }

  private static long farthestBehind(String codings, int piece) {
    Random random = new Random(3);
    byte[] body = Encoded.as(codings, words(random, 400_000).getBytes(StandardCharsets.UTF_8));
    assertThat(body.length).isGreaterThan(500_000);
    long behind = 0;
    try (BodyScan scan = BodyScan.of(CARDS, codings, LIMITS)) {
      for (int i = 0; i < body.length; i += piece) {
        int length = Math.min(piece, body.length - i);
        scan.write(ByteBuffer.wrap(body, i, length), i + length == body.length);
        behind = Math.max(behind, i + length - scan.clearable(CARDS));
      }
      assertThat(scan.complete()).isTrue();
      assertThat(scan.clearable(CARDS)).isEqualTo(body.length);
    }
    return behind;
  }

  private static List<Integer> pieces(Random random, int length) {
    List<Integer> pieces = new ArrayList<>();
    for (int left = length; left > 0; ) {
      int piece = Math.min(left, random.nextInt(1 << random.nextInt(14)));
      pieces.add(piece);
      left -= piece;
    }
    return pieces;
  }

  /// Words without digits, hard enough to compress.
  private static String words(Random random, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      for (int j = random.nextInt(8); j >= 0; j--) {
        text.append((char) ('a' + random.nextInt(26)));
      }
      text.append(' ');
    }
    return text.toString();
  }

  /// Text that an encoder can do nothing with.
  private static String noise(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) (' ' + random.nextInt(95)));
    }
    return text.toString();
  }
}

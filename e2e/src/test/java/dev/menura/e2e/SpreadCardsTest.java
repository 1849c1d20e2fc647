package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Three card numbers in 10 MiB, of which none may leave: the message is too large to be held
/// whole.
@ExtendWith(Failures.class)
class SpreadCardsTest {
  private static final int BYTES = 10 * 1024 * 1024;
  private static final List<String> NUMBERS =
      List.of("4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005");

  @TempDir private static Path folder;
  private static BodyLab lab;

  @BeforeAll
  static void start() {
    lab = BodyLab.start(folder, BodyLab.rules(3));
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  /// Versions of HTTP on both sides, and where the first number stands. From there on all waits, up
  /// to 16 MiB.
  static Stream<Arguments> ways() {
    return CutUploadTest.ways()
        .flatMap(way ->
            Stream.of(0, 3 * 1024 * 1024)
                .map(first -> Arguments.of(way.get()[0], way.get()[1], first)));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void originGetsNoneOfThem(Protocol client, Protocol origin, int first) throws Exception {
    var body = body(first);
    var server = lab.origin(origin);
    var path = lab.freshPath("/up");
    var call = lab.call("POST", client, origin, path).file(file(body)).ask();
    assertThat(call.status()).as("%s", call.answer()).isEqualTo(403);
    assertThat(call.header("X-Menura-Rule")).isEqualTo("request-held");
    if (first > 0) {
      // More than is held has come in front of the first number, and has left.
      long id = server.awaitRequest(path);
      server.await("broken", line -> line.get("id").getAsLong() == id);
      assertBeginningOf(body, server.received(id), first);
    } else {
      lab.fence(client, origin);
      assertThat(CardText.hasDigit(server.received())).as("a digit at the origin").isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void clientGetsNoneOfThem(Protocol client, Protocol origin, int first) throws Exception {
    var body = body(first);
    var call =
        lab.call("GET", client, origin, lab.freshPath("/file"))
            .header("x-file", file(body).toString())
            .ask();
    if (call.status() == 200) {
      assertThat(call.ending()).isEqualTo("broken");
      assertBeginningOf(body, call.body(), first);
    } else {
      assertThat(call.header("X-Menura-Rule")).isEqualTo("response-held");
      assertThat(first).as("bytes in front of the first number").isZero();
    }
  }

  private static void assertBeginningOf(byte[] body, byte[] released, int first) {
    assertThat(released.length).as("bytes that left").isLessThanOrEqualTo(first + 1);
    assertThat(Arrays.mismatch(body, released)).as("an unchanged byte").isIn(-1, released.length);
  }

  private static Path file(byte[] body) throws java.io.IOException {
    return Files.write(Files.createTempFile(folder, "spread", ".txt"), body);
  }

  /// A text with the first number at this offset, the second in the middle of what follows and the
  /// third at its end.
  private static byte[] body(int first) {
    var body = new ByteArrayOutputStream(BYTES);
    var random = new SplittableRandom(first);
    int[] offsets = {first, (BYTES + first) / 2, BYTES - 17};
    for (int i = 0; i < offsets.length; i++) {
      body.writeBytes(RandomText.letters(random, offsets[i] - body.size()));
      body.writeBytes((" " + NUMBERS.get(i) + ".").getBytes(StandardCharsets.US_ASCII));
    }
    return body.toByteArray();
  }
}

package dev.menura.extproc.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.inspect.BodyScan.Stop;
import dev.menura.policy.Limits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a scan finds in the messages of a gRPC call, packed or not, and what it lets go.
class GrpcScanTest {
  private static final String CARD = "credit-card";
  private static final Set<String> CARDS = Set.of(CARD);
  private static final String NUMBER = "4111 1111 1111 1111";
  private static final Limits LIMITS = new Limits(100_000, 1 << 20, 100_000, 100);

  private static byte[] message(String text) {
    return message(0, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static byte[] packed(String coding, String text) {
    return message(1, Encoded.as(coding, text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private static byte[] message(int flags, byte[] content) {
    return ByteBuffer.allocate(5 + content.length)
        .put((byte) flags)
        .putInt(content.length)
        .put(content)
        .array();
  }

  private static BodyScan after(String encoding, byte[]... sent) {
    BodyScan scan = BodyScan.ofGrpc(CARDS, encoding, LIMITS);
    for (byte[] each : sent) {
      scan.write(ByteBuffer.wrap(each), false);
    }
    return scan;
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "br", "zstd"})
  void findsTheSameInEveryEncoding(String encoding) {
    byte[] sent = packed(encoding, "x".repeat(3000) + ", " + NUMBER);
    for (int pieces : new int[] {1, 7, sent.length}) {
      BodyScan scan = BodyScan.ofGrpc(CARDS, encoding, LIMITS);
      for (int i = 0; i < sent.length; i += pieces) {
        scan.write(ByteBuffer.wrap(sent, i, Math.min(pieces, sent.length - i)), false);
        if (i + pieces < sent.length) {
          assertThat(scan.clearable(CARDS)).as("nothing that is packed").isLessThanOrEqualTo(5);
        }
      }
      assertThat(scan.count(CARD)).isEqualTo(1);
      assertThat(scan.clearable(CARDS)).as("what holds a number stays").isEqualTo(5);
      scan.close();
    }
  }

  @Test
  void messagesOfOneCallMayBePackedOrNot() {
    BodyScan scan =
        after("gzip", message("hello"), packed("gzip", NUMBER), message("5555-5555-5555-4444"));
    assertThat(scan.count(CARD)).isEqualTo(2);
    assertThat(scan.clearable(CARDS)).isEqualTo(message("hello").length + 5);
    scan.close();
  }

  @Test
  void aWholeMessageIsLetGoWhateverItEndsWith() {
    byte[] sent = message("digits 4111");
    BodyScan scan = after("", sent);
    assertThat(scan.clearable(CARDS)).isEqualTo(sent.length);
    scan = after("", sent, message("1111 1111 1111"));
    assertThat(scan.count(CARD)).as("no number spans messages").isZero();
  }

  static IntStream seeds() {
    return IntStream.range(0, 100);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void keepsBackTheFirstNumberHoweverTheCallIsCut(int seed) {
    var random = new Random(seed);
    byte[] first = message("some text 41");
    byte[] second = message("pay with " + NUMBER + " now");
    byte[] sent = Frames.joined(first, message(""), second, message("and more"));
    BodyScan scan = BodyScan.ofGrpc(CARDS, "", LIMITS);
    long clearable = 0;
    for (int i = 0; i < sent.length; ) {
      int n = Math.min(sent.length - i, 1 + random.nextInt(12));
      scan.write(ByteBuffer.wrap(sent, i, n).asReadOnlyBuffer(), i + n == sent.length);
      i += n;
      assertThat(scan.clearable(CARDS)).isBetween(clearable, (long) i);
      clearable = scan.clearable(CARDS);
    }
    assertThat(clearable).isEqualTo(first.length + 5 + 5 + "pay with ".length());
    assertThat(scan.count(CARD)).isEqualTo(1);
    assertThat(scan.complete()).isTrue();
  }

  @Test
  void readsTheTrailersOfGrpcWeb() {
    assertThat(
            after("", message(0x80, ("x-note: " + NUMBER).getBytes(StandardCharsets.US_ASCII)))
                .count(CARD))
        .isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"2, MALFORMED_FRAMES", "99, MALFORMED_FRAMES", "64, MALFORMED_FRAMES"})
  void whatIsNoMessageStops(int flags, Stop stop) {
    BodyScan scan = after("", message("before"), message(flags, new byte[20]));
    assertThat(scan.stopped()).isEqualTo(Optional.of(stop));
    assertThat(scan.clearable(CARDS)).isEqualTo(message("before").length);
  }

  @Test
  void anEncodingThatIsNotKnownStopsWhereItIsUsed() {
    assertThat(after("snappy", message("plain")).stopped()).isEmpty();
    for (String encoding : List.of("snappy", "", "identity")) {
      assertThat(after(encoding, message(1, new byte[3])).stopped()).contains(Stop.UNKNOWN_CODING);
    }
  }

  @Test
  void whatDoesNotUnpackStops() {
    assertThat(after("gzip", message(1, new byte[30])).stopped()).contains(Stop.MALFORMED_CODING);
    byte[] half = Encoded.as("gzip", new byte[1000]);
    assertThat(after("gzip", message(1, java.util.Arrays.copyOf(half, half.length - 9))).stopped())
        .contains(Stop.MALFORMED_CODING);
    BodyScan scan = after("gzip");
    byte[] sent = packed("gzip", "text");
    scan.write(ByteBuffer.wrap(sent, 0, sent.length - 1), true);
    assertThat(scan.stopped()).contains(Stop.MALFORMED_CODING);
  }

  @Test
  void limitsHoldForEachMessage() {
    String most = "y".repeat(100_000);
    assertThat(after("gzip", message(most), packed("gzip", most), message(most)).stopped())
        .isEmpty();
    assertThat(after("", message(most + "y")).stopped()).contains(Stop.INSPECTED_BYTES);
    assertThat(after("gzip", packed("gzip", most + "y")).stopped()).isPresent();
  }
}

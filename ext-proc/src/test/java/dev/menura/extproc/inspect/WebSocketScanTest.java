package dev.menura.extproc.inspect;

import static dev.menura.extproc.inspect.Frames.CONTINUATION;
import static dev.menura.extproc.inspect.Frames.PING;
import static dev.menura.extproc.inspect.Frames.TEXT;
import static dev.menura.extproc.inspect.Frames.frame;
import static dev.menura.extproc.inspect.Frames.fromClient;
import static dev.menura.extproc.inspect.Frames.fromServer;
import static dev.menura.extproc.inspect.Frames.joined;
import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.inspect.BodyScan.Stop;
import dev.menura.policy.Limits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a scan finds in the frames of a WebSocket, and what it lets go.
class WebSocketScanTest {
  private static final String CARD = "credit-card";
  private static final Set<String> CARDS = Set.of(CARD);
  private static final String NUMBER = "4111 1111 1111 1111";
  private static final Limits LIMITS = new Limits(100_000, 1 << 20, 1 << 20, 100);

  private static BodyScan scan(boolean masked) {
    return BodyScan.ofSocket(CARDS, masked, LIMITS);
  }

  private static BodyScan after(boolean masked, byte[] sent) {
    BodyScan scan = scan(masked);
    scan.write(ByteBuffer.wrap(sent), false);
    return scan;
  }

  static Stream<Integer> lengths() {
    return Stream.of(19, 125, 126, 65_535, 65_536);
  }

  @ParameterizedTest
  @MethodSource("lengths")
  void findsANumberInAMessageOfEachFormOfLength(int length) {
    String text = " ".repeat(length - NUMBER.length()) + NUMBER;
    for (boolean masked : List.of(true, false)) {
      byte[] sent = frame(masked, TEXT, true, text);
      BodyScan scan = after(masked, sent);
      assertThat(scan.count(CARD)).isEqualTo(1);
      assertThat(scan.whole()).isEqualTo(sent.length);
      assertThat(scan.stopped()).isEmpty();
    }
  }

  @Test
  void findsANumberThatSpansFramesWithAPingBetween() {
    byte[] sent =
        joined(
            frame(true, TEXT, false, "card 4111 1111"),
            frame(true, PING, true, "still there?"),
            frame(true, CONTINUATION, false, ""),
            frame(true, CONTINUATION, true, " 1111 1111."));
    for (int cut = 0; cut <= sent.length; cut++) {
      BodyScan scan = scan(true);
      scan.write(ByteBuffer.wrap(sent, 0, cut), false);
      scan.write(ByteBuffer.wrap(sent, cut, sent.length - cut), false);
      assertThat(scan.count(CARD)).as("cut at %d", cut).isEqualTo(1);
      assertThat(scan.whole()).isEqualTo(sent.length);
    }
  }

  @Test
  void numbersDoNotSpanMessages() {
    BodyScan scan = after(false, joined(fromServer("4111 1111"), fromServer("1111 1111")));
    assertThat(scan.count(CARD)).isZero();
    scan = after(false, joined(fromServer("7"), fromServer(NUMBER), fromServer("7")));
    assertThat(scan.count(CARD)).isEqualTo(1);
  }

  /// What touches a number in the message before does not make it part of a longer one.
  @Test
  void aMessageBeginsAnew() {
    for (String before : List.of("x", "12.", "x4111", "41111111111111111111111", "1-", "$", "")) {
      BodyScan scan = after(false, joined(fromServer(before), fromServer(NUMBER)));
      assertThat(scan.count(CARD)).as(before).isEqualTo(1);
      scan = after(false, joined(frame(false, PING, true, before), fromServer(NUMBER)));
      assertThat(scan.count(CARD)).as(before).isEqualTo(1);
      scan =
          after(false, joined(frame(false, PING, true, before), frame(false, PING, true, NUMBER)));
      assertThat(scan.count(CARD)).as(before).isEqualTo(1);
    }
  }

  @Test
  void countsTheNumbersOfAllMessagesAndEachOnce() {
    BodyScan scan =
        after(
            true,
            joined(
                fromClient(NUMBER),
                fromClient("5555 5555 5555 4444"),
                fromClient("again " + NUMBER)));
    assertThat(scan.count(CARD)).isEqualTo(2);
    assertThat(scan.found())
        .singleElement()
        .satisfies(found -> {
          assertThat(found.count()).isEqualTo(2);
          assertThat(found.evidence()).noneMatch(text -> text.contains("1111 1111 11"));
        });
  }

  @Test
  void readsWhatControlFramesCarry() {
    assertThat(after(true, frame(true, PING, true, NUMBER)).count(CARD)).isEqualTo(1);
    assertThat(after(true, frame(true, Frames.CLOSE, true, "\3\350" + NUMBER)).count(CARD))
        .isEqualTo(1);
  }

  @Test
  void keepsBackWhatMayBecomeANumberAndNothingElse() {
    byte[] first = frame(true, TEXT, false, "the card is 4111 11");
    byte[] second = frame(true, CONTINUATION, false, "11 2 and more");
    BodyScan scan = scan(true);
    scan.write(ByteBuffer.wrap(first), false);
    assertThat(scan.whole()).isZero();
    assertThat(scan.clearable(CARDS)).isEqualTo(first.length - "4111 11".length());
    scan.write(ByteBuffer.wrap(second), false);
    assertThat(scan.clearable(CARDS)).isEqualTo(first.length + second.length);
    assertThat(scan.whole()).isZero();
  }

  @Test
  void aWholeMessageIsLetGoWhateverItEndsWith() {
    byte[] sent = fromClient("message 4111");
    BodyScan scan = after(true, sent);
    assertThat(scan.whole()).isEqualTo(sent.length);
    assertThat(scan.clearable(CARDS)).isEqualTo(sent.length);
  }

  static IntStream seeds() {
    return IntStream.range(0, 200);
  }

  /// However a stream is cut in frames and pieces: the same count, and in front of what may be let
  /// go nothing of a number.
  @ParameterizedTest
  @MethodSource("seeds")
  void findsTheSameHoweverTheStreamIsCut(int seed) {
    var random = new Random(seed);
    String text = "pay with " + NUMBER + ", or with 5555-5555-5555-4444, or cash";
    boolean masked = random.nextBoolean();
    var frames = new ArrayList<byte[]>();
    for (int i = 0, opcode = TEXT; i < text.length(); opcode = CONTINUATION) {
      int end = Math.min(text.length(), i + random.nextInt(12));
      boolean last = end == text.length();
      frames.add(frame(masked, opcode, last, text.substring(i, end)));
      if (!last && random.nextInt(4) == 0) {
        frames.add(frame(masked, PING, true, "ping"));
      }
      i = end;
    }
    byte[] sent = joined(frames.toArray(byte[][]::new));
    BodyScan scan = scan(masked);
    long clearable = 0;
    for (int i = 0; i < sent.length; ) {
      int n = Math.min(sent.length - i, 1 + random.nextInt(20));
      scan.write(ByteBuffer.wrap(sent, i, n).asReadOnlyBuffer(), false);
      i += n;
      assertThat(scan.clearable(CARDS)).isBetween(clearable, (long) i);
      clearable = scan.clearable(CARDS);
      if (scan.count(CARD) == 0) {
        assertThat(plain(masked, sent, (int) clearable)).doesNotContain("4111");
      }
    }
    assertThat(scan.count(CARD)).isEqualTo(2);
    assertThat(scan.whole()).isEqualTo(sent.length);
  }

  /// What the messages hold in these bytes, read without regard to whether a frame is whole.
  private static String plain(boolean masked, byte[] sent, int length) {
    var text = new StringBuilder();
    var messages =
        new MessageFrames.Messages() {
          @Override
          public boolean data(byte[] bytes, int from, int n, long at) {
            text.append(new String(bytes, from, n, StandardCharsets.ISO_8859_1));
            return true;
          }

          @Override
          public void messageEnds(long at) {}

          @Override
          public void aside(byte[] bytes, int n, long at) {}
        };
    try {
      new WebSocketFrames(masked, messages).read(ByteBuffer.wrap(sent, 0, length));
    } catch (MessageFrames.StoppedException e) {
      throw new AssertionError(e);
    }
    return text.toString();
  }

  static Stream<byte[]> malformed() {
    byte[] nothing = {};
    return Stream.of(
        frame(false, 0x81, nothing), // a client's frame without a mask
        frame(true, 0xc1, nothing), // RSV1, which permessage-deflate would set
        frame(true, 0xa1, nothing),
        frame(true, 0x91, nothing),
        frame(true, 0x83, nothing), // opcodes that nobody has defined
        frame(true, 0x87, nothing),
        frame(true, 0x8b, nothing),
        frame(true, 0x8f, nothing),
        frame(true, 0x09, nothing), // a ping in fragments
        frame(true, 0x89, new byte[126]), // a long ping
        frame(true, 0x80, nothing), // a continuation of nothing
        joined(frame(true, 0x01, nothing), frame(true, 0x81, nothing)), // two messages at once
        new byte[] {(byte) 0x81, (byte) 0xff, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0});
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void stopsAtWhatAReceiverCouldReadInAnotherWay(byte[] sent) {
    byte[] before = fromClient("before");
    BodyScan scan = after(true, joined(before, sent, fromClient(NUMBER)));
    assertThat(scan.stopped()).isEqualTo(Optional.of(Stop.MALFORMED_FRAMES));
    assertThat(scan.complete()).isFalse();
    assertThat(scan.whole()).isEqualTo(before.length);
    assertThat(scan.clearable(CARDS)).isLessThanOrEqualTo(before.length);
    scan.write(ByteBuffer.wrap(fromClient("more")), true);
    assertThat(scan.complete()).isFalse();
  }

  @Test
  void aServersFramesAreNotMasked() {
    assertThat(after(false, fromClient("hello")).stopped()).contains(Stop.MALFORMED_FRAMES);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100_000})
  void theLimitHoldsForEachMessage(int pieces) {
    BodyScan scan = scan(true);
    for (int i = 0; i < 3; i++) {
      scan.write(ByteBuffer.wrap(fromClient("y".repeat(100_000))), false);
    }
    assertThat(scan.stopped()).isEmpty();
    long whole = scan.whole();
    byte[] more = fromClient("y".repeat(100_001));
    for (int i = 0; i < more.length; i += pieces) {
      scan.write(ByteBuffer.wrap(more, i, Math.min(pieces, more.length - i)), false);
    }
    assertThat(scan.stopped()).contains(Stop.INSPECTED_BYTES);
    assertThat(scan.whole()).isEqualTo(whole);
  }

  @Test
  void manySmallFramesOfOneMessageTakeLittleMemoryAndTime() {
    BodyScan scan = scan(true);
    scan.write(ByteBuffer.wrap(frame(true, TEXT, false, "4")), false);
    var many = new ArrayList<byte[]>();
    IntStream.range(0, 50_000)
        .forEach(i -> many.add(frame(true, CONTINUATION, false, i % 2 == 0 ? "" : "x")));
    scan.write(ByteBuffer.wrap(joined(many.toArray(byte[][]::new))), false);
    assertThat(scan.stopped()).isEmpty();
    byte[] end = frame(true, CONTINUATION, true, " " + NUMBER);
    scan.write(ByteBuffer.wrap(end), true);
    assertThat(scan.count(CARD)).isEqualTo(1);
    assertThat(scan.complete()).isTrue();
  }

  @Test
  void trailersCountWithTheBody() {
    try (BodyScan scan = BodyScan.of(CARDS, "gzip", LIMITS)) {
      scan.write(
          ByteBuffer.wrap(Encoded.as("gzip", "no number".getBytes(StandardCharsets.UTF_8))), true);
      assertThat(scan.whole()).isPositive();
      scan.trailers(Map.of("x-checksum", "abc", "x-note", NUMBER, "x-4111111111111111", ""));
      assertThat(scan.count(CARD)).isEqualTo(1);
      scan.trailers(Map.of("x-5555555555554444", "", "grpc-status", "0"));
      assertThat(scan.count(CARD)).isEqualTo(2);
      assertThat(scan.complete()).isTrue();
    }
  }
}

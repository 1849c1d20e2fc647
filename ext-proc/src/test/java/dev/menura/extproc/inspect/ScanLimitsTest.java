package dev.menura.extproc.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdOutputStream;
import com.sun.management.ThreadMXBean;
import dev.menura.extproc.inspect.BodyScan.Stop;
import dev.menura.policy.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScanLimitsTest {
  private static final Set<String> CARDS = Set.of("credit-card");
  private static final long MANY = Long.MAX_VALUE;
  private static final int MIB = 1 << 20;
  private static final int GIB = 1 << 30;

  @ParameterizedTest
  @ValueSource(strings = {"", "gzip", "br", "zstd", "deflate"})
  void inspectsSoManyBytesAndNotOneMore(String coding) {
    byte[] body = Encoded.as(coding, noise(20_000));

    assertThat(scan(coding, body, new Limits(body.length, 0, MANY, 1000)).stopped()).isEmpty();
    BodyScan stopped = scan(coding, body, new Limits(body.length - 1, 0, MANY, 1000));
    assertThat(stopped.stopped()).contains(Stop.INSPECTED_BYTES);
    assertThat(stopped.complete()).isFalse();
  }

  @Test
  void keepsWhatWasFoundWithinTheLimit() {
    byte[] body = "4111111111111111 5555555555554444".getBytes(StandardCharsets.UTF_8);
    BodyScan scan = scan("", body, new Limits(20, 0, MANY, 1000));

    assertThat(scan.stopped()).contains(Stop.INSPECTED_BYTES);
    assertThat(scan.count("credit-card")).isOne();
    assertThat(scan.clearable(CARDS)).isZero();
    assertThat(scan.complete()).isFalse();
  }

  @Test
  void clearsNothingPastTheLimit() {
    byte[] body = "some words 4111111111111111".getBytes(StandardCharsets.UTF_8);

    assertThat(scan("", body, new Limits(6, 0, MANY, 1000)).clearable(CARDS)).isEqualTo(6);
    assertThat(scan("", body, new Limits(13, 0, MANY, 1000)).clearable(CARDS)).isEqualTo(11);
  }

  @Test
  void boundsAPlainBodyByNothingElse() {
    assertThat(scan("", new byte[3 * MIB], new Limits(MANY, 0, 10, 1)).complete()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "br", "zstd", "deflate", "deflate/raw"})
  void decodesSoManyBytesAndNotOneMore(String coding) {
    byte[] body = Encoded.as(coding, noise(70_000));

    assertThat(scan(coding, body, new Limits(MANY, 0, 70_000, 1000)).complete()).isTrue();
    BodyScan stopped = scan(coding, body, new Limits(MANY, 0, 69_999, 1000));
    assertThat(stopped.stopped()).contains(Stop.DECOMPRESSED_BYTES);
    assertThat(stopped.complete()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip, br", "zstd, gzip"})
  void boundsWhatEachOfSeveralCodingsComesTo(String codings) {
    byte[] body = Encoded.as(codings, new byte[70_000]);

    assertThat(scan(codings, body, new Limits(MANY, 0, 70_000, 1000)).complete()).isTrue();
    assertThat(scan(codings, body, new Limits(MANY, 0, 69_999, 1000)).stopped())
        .contains(Stop.DECOMPRESSED_BYTES);
    assertThat(scan(codings, body, new Limits(MANY, 0, 10, 1000)).stopped())
        .contains(Stop.DECOMPRESSED_BYTES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "br", "zstd"})
  void countsWhatTheLastByteWithinTheLimitCompletes(String coding) {
    byte[] plain = "4111111111111111,4222222222222".getBytes(StandardCharsets.UTF_8);
    byte[] body = Encoded.as(coding, plain);

    assertThat(scan(coding, body, new Limits(MANY, 0, 17, 1000)).count("credit-card")).isOne();
    assertThat(scan(coding, body, new Limits(MANY, 0, 16, 1000)).count("credit-card")).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "br", "zstd", "deflate"})
  void bearsARatioAndNotOneByteMore(String coding) {
    // Zeros and noise, so that the body is sent in one piece and its ratio is that of the whole.
    byte[] plain = Arrays.copyOf(noise(1500), 2 * MIB);
    byte[] body = Encoded.as(coding, plain);
    assertThat(body.length).isLessThan(4096);
    int ratio = Math.ceilDiv(plain.length, body.length);

    assertThat(scan(coding, body, new Limits(MANY, 0, MANY, ratio)).complete()).isTrue();
    BodyScan stopped = scan(coding, body, new Limits(MANY, 0, MANY, ratio - 1));
    assertThat(stopped.stopped()).contains(Stop.DECOMPRESSION_RATIO);
  }

  @Test
  void bearsExactlyTheRatio() {
    // Two mebibytes in a frame of 70 bytes, behind a frame that is skipped: 128 bytes as sent.
    byte[] frame = runLengthFrame(16);
    ByteBuffer body = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
    body.putInt(0x184D2A50).putInt(128 - 8 - frame.length).put(128 - frame.length, frame);

    assertThat(scan("zstd", body.array(), new Limits(MANY, 0, MANY, 2 * MIB / 128)).complete())
        .isTrue();
    assertThat(scan("zstd", body.array(), new Limits(MANY, 0, MANY, 2 * MIB / 128 - 1)).stopped())
        .contains(Stop.DECOMPRESSION_RATIO);
  }

  @Test
  void refusesADictionaryThatTheCodingDoesNotHave() {
    byte[] zlib = {0x78, (byte) 0xbb, 1, 2, 3, 4, 5, 6}; // FDICT (RFC 1950 2.2)
    byte[] zstd = runLengthFrame(1);
    zstd[4] = 1;
    zstd[6] = 7; // Dictionary_ID (RFC 8878 3.1.1.1.3)

    Limits limits = new Limits(MANY, 0, MANY, 1000);
    assertThat(scan("deflate", zlib, limits).stopped()).contains(Stop.MALFORMED_CODING);
    assertThat(scan("zstd", zstd, limits).stopped()).contains(Stop.MALFORMED_CODING);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "br", "zstd"})
  void asksForNoRatioOfTheFirstMebibyte(String coding) {
    byte[] body = Encoded.as(coding, new byte[MIB]);
    byte[] more = Encoded.as(coding, new byte[MIB + 1]);

    assertThat(scan(coding, body, new Limits(MANY, 0, MANY, 1)).complete()).isTrue();
    assertThat(scan(coding, more, new Limits(MANY, 0, MANY, 1)).stopped())
        .contains(Stop.DECOMPRESSION_RATIO);
  }

  @ParameterizedTest
  @CsvSource({"gzip,100", "br,100", "zstd,100", "gzip,1000000", "br,1000000000", "zstd,1000000"})
  void isNotFilledByABomb(String coding, int ratio) throws IOException {
    byte[] bomb = bomb(coding, GIB);
    assertThat(bomb.length).isLessThan(2 * MIB);
    long limit = 200L * MIB;
    long before = allocated();

    BodyScan scan = scan(coding, bomb, new Limits(MANY, 0, limit, ratio));

    assertThat(scan.stopped())
        .contains(ratio == 100 ? Stop.DECOMPRESSION_RATIO : Stop.DECOMPRESSED_BYTES);
    assertThat(allocated() - before).isLessThan(32 * MIB);
    assertThat(scan.clearable(CARDS)).isLessThanOrEqualTo(bomb.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip, gzip", "zstd, gzip", "br, br"})
  void isNotFilledByABombInABomb(String codings) throws IOException {
    String[] each = codings.split(", ", -1);
    byte[] bomb = Encoded.as(each[1], bomb(each[0], GIB));
    assertThat(bomb.length).isLessThan(64 * 1024);

    assertThat(scan(codings, bomb, new Limits(MANY, 0, 64 * MIB, 100)).stopped())
        .contains(Stop.DECOMPRESSION_RATIO);
    assertThat(scan(codings, bomb, new Limits(MANY, 0, 64 * MIB, Integer.MAX_VALUE)).stopped())
        .contains(Stop.DECOMPRESSED_BYTES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "deflate/raw", "br", "zstd", "gzip, br", "zstd, gzip"})
  void takesABodyThatEndsInTheMiddleForMalformed(String codings) {
    byte[] body = Encoded.as(codings, "pay 4111111111111111".getBytes(StandardCharsets.UTF_8));
    for (int length = 1; length < body.length; length++) {
      BodyScan scan = scan(codings, Arrays.copyOf(body, length), new Limits(MANY, 0, MANY, 1000));
      assertThat(scan.stopped()).as("%s bytes", length).contains(Stop.MALFORMED_CODING);
      assertThat(scan.complete()).isFalse();
      assertThat(scan.clearable(CARDS)).isLessThan(body.length);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "br", "zstd"})
  void takesBytesBehindTheEndForMalformed(String coding) {
    byte[] body = Encoded.as(coding, noise(100));
    for (byte[] longer :
        new byte[][] {
          Arrays.copyOf(body, body.length + 1), Arrays.copyOf(body, body.length + 99)
        }) {
      assertThat(scan(coding, longer, new Limits(MANY, 0, MANY, 1000)).stopped())
          .contains(Stop.MALFORMED_CODING);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "br", "zstd"})
  void takesPlainTextForMalformed(String coding) {
    byte[] text = "just text, 4111111111111111".getBytes(StandardCharsets.UTF_8);

    BodyScan scan = scan(coding, text, new Limits(MANY, 0, MANY, 1000));

    assertThat(scan.stopped()).contains(Stop.MALFORMED_CODING);
    assertThat(scan.clearable(CARDS)).isZero();
  }

  @Test
  void looksAtNothingBehindAStop() {
    try (BodyScan scan = BodyScan.of(CARDS, "gzip", new Limits(MANY, 0, MANY, 1000))) {
      scan.write(ByteBuffer.wrap(new byte[100]), false);
      assertThat(scan.stopped()).contains(Stop.MALFORMED_CODING);
      scan.write(
          ByteBuffer.wrap(Encoded.as("gzip", "4111111111111111 ".getBytes(StandardCharsets.UTF_8))),
          true);
      assertThat(scan.count("credit-card")).isZero();
      assertThat(scan.clearable(CARDS)).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"23,true", "24,false", "27,false"})
  void takesZstdWindowsOfEightMebibytesAtMost(int windowLog, boolean taken) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (ZstdOutputStream out = new ZstdOutputStream(body, 1)) {
      out.setLong(windowLog);
      out.write(noise(MIB));
      out.write(noise(MIB));
    }

    assertThat(scan("zstd", body.toByteArray(), new Limits(MANY, 0, MANY, 1000)).complete())
        .isEqualTo(taken);
  }

  /// Feeds a body in pieces of 4 KiB.
  private static BodyScan scan(String codings, byte[] body, Limits limits) {
    try (BodyScan scan = BodyScan.of(CARDS, Encoded.header(codings), limits)) {
      for (int i = 0; i < body.length; i += 4096) {
        int length = Math.min(4096, body.length - i);
        scan.write(ByteBuffer.wrap(body, i, length), i + length == body.length);
      }
      return scan;
    }
  }

  /// So many zeros, without the memory for them.
  private static byte[] bomb(String coding, int zeros) throws IOException {
    int part = 16 * MIB;
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    if (coding.equals("br")) {
      try (OutputStream out = Encoded.brotli(bomb, 1)) {
        byte[] none = new byte[part];
        for (int i = 0; i < zeros / part; i++) {
          out.write(none);
        }
      }
      return bomb.toByteArray();
    }
    byte[] once =
        coding.equals("zstd")
            ? runLengthFrame(part / (128 * 1024))
            : Encoded.as(coding, new byte[part]);
    for (int i = 0; i < zeros / part; i++) {
      bomb.write(once);
    }
    return bomb.toByteArray();
  }

  /// A frame of blocks that each say: 128 KiB of zeros (RFC 8878 3.1.1.2.2).
  private static byte[] runLengthFrame(int blocks) {
    ByteBuffer frame = ByteBuffer.allocate(6 + 4 * blocks);
    frame.put(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, 0x38});
    for (int i = 0; i < blocks; i++) {
      int header = ((128 * 1024) << 3) | (1 << 1) | (i == blocks - 1 ? 1 : 0);
      frame.put((byte) header).put((byte) (header >>> 8)).put((byte) (header >>> 16)).put((byte) 0);
    }
    return frame.array();
  }

  private static byte[] noise(int length) {
    byte[] noise = new byte[length];
    new Random(9).nextBytes(noise);
    return noise;
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getCurrentThreadAllocatedBytes();
  }
}

package dev.menura.extproc.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.menura.extproc.inspect.Coding.MalformedBody;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GzipCodingTest {
  private static final byte[] TEXT = "some text".getBytes(StandardCharsets.UTF_8);
  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;

  static IntStream flags() {
    return IntStream.range(0, 32);
  }

  @ParameterizedTest
  @MethodSource("flags")
  void passesOverWhateverTheHeaderHas(int flags) throws MalformedBody {
    byte[] once = member(flags, 3);
    byte[] twice = Arrays.copyOf(once, 2 * once.length);
    System.arraycopy(once, 0, twice, once.length, once.length);

    assertThat(decode(once)).isEqualTo("some text");
    assertThat(decode(twice)).isEqualTo("some textsome text");
    assertThat(decode(member(flags, 0))).isEqualTo("some text");
  }

  @Test
  void refusesAHeaderThatItsChecksumDoesNotFit() {
    byte[] body = member(HEADER_CRC | NAME, 0);
    body[11] ^= 1;

    assertThatThrownBy(() -> decode(body)).isInstanceOf(MalformedBody.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 64, 128})
  void refusesReservedFlags(int flag) {
    byte[] body = member(0, 0);
    body[3] = (byte) flag;

    assertThatThrownBy(() -> decode(body)).isInstanceOf(MalformedBody.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void refusesAWrongChecksumOrSize(int fromEnd) {
    byte[] body = member(0, 0);
    body[body.length - fromEnd] ^= 1;

    assertThatThrownBy(() -> decode(body)).isInstanceOf(MalformedBody.class);
  }

  @Test
  void refusesZerosBehindTheLastMember() {
    byte[] body = Arrays.copyOf(member(0, 0), 100);

    assertThatThrownBy(() -> decode(body)).isInstanceOf(MalformedBody.class);
  }

  private static String decode(byte[] body) throws MalformedBody {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    byte[] out = new byte[4];
    try (GzipCoding coding = new GzipCoding()) {
      for (int i = 0; i < body.length; i++) {
        ByteBuffer in = ByteBuffer.wrap(body, i, 1);
        int count = coding.decode(in, out);
        while (count > 0 || in.hasRemaining()) {
          plain.write(out, 0, count);
          count = coding.decode(in, out);
        }
      }
      assertThat(coding.atEnd()).isTrue();
    }
    return plain.toString(StandardCharsets.UTF_8);
  }

  /// A member whose header has these fields (RFC 1952 2.3.1), an extra field of this length.
  private static byte[] member(int flags, int extraBytes) {
    byte[] bare = Encoded.as("gzip", TEXT);
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.write(bare, 0, 3);
    header.write(flags);
    header.write(bare, 4, 6);
    if ((flags & EXTRA) != 0) {
      header.write(extraBytes);
      header.write(0);
      header.writeBytes(new byte[extraBytes]);
    }
    if ((flags & NAME) != 0) {
      header.writeBytes("name.txt\0".getBytes(StandardCharsets.ISO_8859_1));
    }
    if ((flags & COMMENT) != 0) {
      header.writeBytes("a comment\0".getBytes(StandardCharsets.ISO_8859_1));
    }
    if ((flags & HEADER_CRC) != 0) {
      CRC32 crc = new CRC32();
      crc.update(header.toByteArray());
      header.write((int) crc.getValue());
      header.write((int) crc.getValue() >>> 8);
    }
    header.write(bare, 10, bare.length - 10);
    return header.toByteArray();
  }
}

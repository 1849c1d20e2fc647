package dev.menura.extproc.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.inspect.Coding.MalformedBody;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodingTest {
  private static final byte[] TEXT =
      ("{\"name\":\"Jane Doe\",\"card\":\"4111 1111 1111 1111\",\"note\":\"the quick brown fox jumps"
              + " over the lazy dog, then over the lazy cat, and 4111 1111 1111 1112 times back\"}")
          .repeat(2)
          .getBytes(StandardCharsets.UTF_8);

  /// What one decoder put out of the first bytes of a body, up to where those end or go wrong.
  private static final class Output {
    final byte[] bytes;

    /// Whether the coding says that no decoder could make more of the bytes.
    final boolean settled;

    final boolean malformed;

    Output(byte[] bytes, boolean settled, boolean malformed) {
      this.bytes = bytes;
      this.settled = settled;
      this.malformed = malformed;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "deflate/raw", "br", "zstd"})
  void decodesWhateverTheSizeOfInputAndOutput(String coding) {
    byte[] body = Encoded.as(coding, TEXT);
    for (int size : new int[] {1, 2, 7, 100, 100_000}) {
      assertThat(decode(coding, body, size, 1).bytes).isEqualTo(TEXT);
      assertThat(decode(coding, body, 1, size).bytes).isEqualTo(TEXT);
    }
  }

  /// Whatever follows the bytes taken so far, if all the ways to go on that were tried agree on a
  /// next byte of output, then those bytes alone may have told it: a decoder that had not put it
  /// out would have kept it back. Two bytes may be chance, since few bits of a symbol can be
  /// missing.
  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "deflate/raw", "br", "zstd"})
  void keepsNothingBackWhereItIsSettled(String coding) {
    byte[] body = Encoded.as(coding, TEXT);
    Random random = new Random(5);
    int settled = 0;
    for (int length = 1; length < body.length; length++) {
      Output now = decode(coding, Arrays.copyOf(body, length), 1, 4096);
      if (!now.settled) {
        continue;
      }
      settled++;
      int told = TEXT.length;
      for (int i = 0; i < 8; i++) {
        byte[] other = new byte[length + 8];
        random.nextBytes(other);
        System.arraycopy(body, 0, other, 0, length);
        int same = Arrays.mismatch(decode(coding, other, 1, 4096).bytes, TEXT);
        told = Math.min(told, same < 0 ? TEXT.length : same);
      }
      assertThat(now.bytes.length).as("after %s bytes", length).isGreaterThanOrEqualTo(told - 2);
    }
    assertThat(settled).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "deflate/raw", "br", "zstd"})
  void refusesBytesBehindTheEnd(String coding) {
    byte[] body = Encoded.as(coding, TEXT);
    byte[] longer = Arrays.copyOf(body, body.length + 1);
    for (int size : new int[] {1, 10_000}) {
      Output output = decode(coding, longer, size, 4096);
      assertThat(output.malformed || !atEnd(coding, longer)).isTrue();
      assertThat(decode(coding, body, size, 4096).malformed).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "deflate/raw", "br", "zstd"})
  void isAtItsEndNowhereElse(String coding) {
    byte[] body = Encoded.as(coding, TEXT);
    for (int length = 1; length < body.length; length++) {
      assertThat(atEnd(coding, Arrays.copyOf(body, length))).as("%s bytes", length).isFalse();
    }
    assertThat(atEnd(coding, body)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "zstd"})
  void readsWhatFollowsEachOther(String coding) {
    byte[] once = Encoded.as(coding, TEXT);
    byte[] twice = Arrays.copyOf(once, once.length * 2);
    System.arraycopy(once, 0, twice, once.length, once.length);

    byte[] plain = decode(coding, twice, 11, 4096).bytes;

    assertThat(plain).hasSize(TEXT.length * 2).startsWith(TEXT).endsWith(TEXT);
    assertThat(atEnd(coding, twice)).isTrue();
  }

  /// No change of one bit goes unseen where the coding has a checksum, and none does any harm.
  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "deflate/raw", "br", "zstd"})
  void isNotHarmedByAnyChangeOfABit(String coding) {
    byte[] body = Encoded.as(coding, TEXT);
    boolean checked = !coding.equals("br") && !coding.equals("deflate/raw");
    for (int bit = 0; bit < body.length * 8; bit++) {
      byte[] changed = body.clone();
      changed[bit / 8] ^= (byte) (1 << (bit % 8));
      Output output = decode(coding, changed, 10_000, 4096);
      if (checked && !Arrays.equals(output.bytes, TEXT)) {
        assertThat(output.malformed || !atEnd(coding, changed)).as("bit %s", bit).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "deflate/raw", "br", "zstd"})
  void isNotHarmedByNonsense(String coding) {
    Random random = new Random(11);
    byte[] body = Encoded.as(coding, TEXT);
    for (int i = 0; i < 3000; i++) {
      byte[] nonsense = body.clone();
      for (int j = random.nextInt(6); j >= 0; j--) {
        nonsense[random.nextInt(nonsense.length)] = (byte) random.nextInt();
      }
      Output output = decode(coding, nonsense, 1 + random.nextInt(200), 1 + random.nextInt(4096));
      assertThat(output.bytes.length).isLessThan(1 << 20);
    }
  }

  private static Coding coding(String name) {
    return Codings.of(Encoded.header(name)).orElseThrow().getFirst().get();
  }

  private static boolean atEnd(String name, byte[] body) {
    try (Coding coding = coding(name)) {
      decode(coding, body, body.length, new byte[4096], new ByteArrayOutputStream());
      return coding.atEnd();
    } catch (MalformedBody e) {
      return false;
    }
  }

  private static Output decode(String name, byte[] body, int inputBytes, int outputBytes) {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    try (Coding coding = coding(name)) {
      boolean settled = true;
      boolean malformed = false;
      try {
        settled = decode(coding, body, inputBytes, new byte[outputBytes], plain);
      } catch (MalformedBody e) {
        malformed = true;
      }
      return new Output(plain.toByteArray(), settled, malformed);
    }
  }

  private static boolean decode(
      Coding coding, byte[] body, int inputBytes, byte[] out, ByteArrayOutputStream plain)
      throws MalformedBody {
    for (int i = 0; i < body.length; i += inputBytes) {
      ByteBuffer in = ByteBuffer.wrap(body, i, Math.min(inputBytes, body.length - i));
      int count = coding.decode(in, out);
      while (count > 0 || in.hasRemaining()) {
        plain.write(out, 0, count);
        if (plain.size() >= 1 << 20) {
          return false;
        }
        count = coding.decode(in, out);
      }
    }
    return coding.settled();
  }
}

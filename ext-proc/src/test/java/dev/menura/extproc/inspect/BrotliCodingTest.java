package dev.menura.extproc.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.Encoder;
import dev.menura.extproc.inspect.Coding.MalformedBody;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrotliCodingTest {
  private static final int WINDOW_BITS = 16;
  private static final int WINDOW = 1 << WINDOW_BITS;

  /// A decoder whose window is full rests, and may already hold the end of the body when it does.
  @ParameterizedTest
  @ValueSource(ints = {WINDOW - 1, WINDOW, WINDOW + 1, 3 * WINDOW, 4 * WINDOW})
  void bodyThatEndsWithItsWindowIsWhole(int length) throws Exception {
    byte[] plain = letters(length);
    byte[] body = encoded(plain);
    for (int piece : new int[] {1, 1000, body.length}) {
      BrotliCoding coding = new BrotliCoding();
      byte[] out = new byte[plain.length + 1];
      int count = 0;
      for (int at = 0; at < body.length; at += piece) {
        ByteBuffer in = ByteBuffer.wrap(body, at, Math.min(piece, body.length - at));
        count = decodeAll(coding, in, out, count);
      }
      assertThat(Arrays.copyOf(out, count)).isEqualTo(plain);
      assertThat(coding.atEnd()).as("in pieces of %s", piece).isTrue();
      coding.close();
    }
  }

  private static int decodeAll(BrotliCoding coding, ByteBuffer in, byte[] out, int from)
      throws MalformedBody {
    byte[] some = new byte[4096];
    int count = from;
    for (int n = coding.decode(in, some); n > 0; n = coding.decode(in, some)) {
      System.arraycopy(some, 0, out, count, n);
      count += n;
    }
    return count;
  }

  private static byte[] encoded(byte[] plain) throws IOException {
    Brotli4jLoader.ensureAvailability();
    return Encoder.compress(plain, Encoder.Parameters.create(5, WINDOW_BITS));
  }

  private static byte[] letters(int length) {
    Random random = new Random(1);
    byte[] text = new byte[length];
    for (int i = 0; i < length; i++) {
      text[i] = (byte) ('a' + random.nextInt(26));
    }
    return text;
  }
}

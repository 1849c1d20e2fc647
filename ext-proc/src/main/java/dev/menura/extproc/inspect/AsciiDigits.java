package dev.menura.extproc.inspect;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The bytes `0` to `9`, and the way past everything else.
final class AsciiDigits {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ZEROS = 0x3030303030303030L;
  private static final long TENS = 0x0A0A0A0A0A0A0A0AL;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private AsciiDigits() {}

  static boolean is(int b) {
    return b >= '0' && b <= '9';
  }

  /// The index of the first digit at or after `from`, `to` where there is none before it.
  static int next(byte[] bytes, int from, int to) {
    int i = from;
    for (; i <= to - Long.BYTES; i += Long.BYTES) {
      long word = (long) LONGS.get(bytes, i) ^ ZEROS;
      // The high bit of each byte below ten; the lowest one set is exact, others may be carried.
      long below = (word - TENS) & ~word & HIGH_BITS;
      if (below != 0) {
        return i + (Long.numberOfTrailingZeros(below) >>> 3);
      }
    }
    while (i < to && !is(bytes[i])) {
      i++;
    }
    return i;
  }
}

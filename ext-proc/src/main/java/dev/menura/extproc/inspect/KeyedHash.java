package dev.menura.extproc.inspect;

import java.util.random.RandomGenerator;

/// SipHash-2-4 (Aumasson and Bernstein, 2012): a hash of 64 bits that cannot be steered, nor turned
/// back into a guessed value, without its key. So values can be told apart without keeping them.
final class KeyedHash {
  private final long k0;
  private final long k1;

  KeyedHash(long k0, long k1) {
    this.k0 = k0;
    this.k1 = k1;
  }

  static KeyedHash random(RandomGenerator random) {
    return new KeyedHash(random.nextLong(), random.nextLong());
  }

  long of(byte[] bytes, int from, int to) {
    State state = new State(k0, k1);
    int whole = from + ((to - from) & ~7);
    for (int i = from; i < whole; i += 8) {
      state.word(little(bytes, i, i + 8));
    }
    state.word(little(bytes, whole, to) | ((long) (to - from) << 56));
    return state.finish();
  }

  private static long little(byte[] bytes, int from, int to) {
    long word = 0;
    for (int i = to - 1; i >= from; i--) {
      word = (word << 8) | (bytes[i] & 0xff);
    }
    return word;
  }

  private static final class State {
    private long v0;
    private long v1;
    private long v2;
    private long v3;

    State(long k0, long k1) {
      v0 = k0 ^ 0x736f6d6570736575L;
      v1 = k1 ^ 0x646f72616e646f6dL;
      v2 = k0 ^ 0x6c7967656e657261L;
      v3 = k1 ^ 0x7465646279746573L;
    }

    void word(long word) {
      v3 ^= word;
      round();
      round();
      v0 ^= word;
    }

    long finish() {
      v2 ^= 0xff;
      for (int i = 0; i < 4; i++) {
        round();
      }
      return v0 ^ v1 ^ v2 ^ v3;
    }

    private void round() {
      v0 += v1;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v3;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 += v3;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
    }
  }
}

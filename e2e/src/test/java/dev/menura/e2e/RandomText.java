package dev.menura.e2e;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/// Text without any card number.
final class RandomText {
  private static final byte[] LETTERS =
      "abcdefghijklmnopqrstuvwxyz     \n".getBytes(StandardCharsets.US_ASCII);

  private RandomText() {}

  /// Letters and spaces.
  static byte[] letters(RandomGenerator random, int length) {
    var text = new byte[length];
    for (int i = 0; i < length; i++) {
      text[i] = LETTERS[random.nextInt(LETTERS.length)];
    }
    return text;
  }

  /// Letters with runs of digits that are too short to be a card number, so that a detector has
  /// something to keep back now and then.
  static byte[] withDigits(RandomGenerator random, int length) {
    var text = letters(random, length);
    for (int at = 0; at + 8 < length; at += 32 + random.nextInt(64)) {
      int digits = 1 + random.nextInt(7);
      text[at] = 'x';
      for (int i = 1; i <= digits; i++) {
        text[at + i] = (byte) ('0' + random.nextInt(10));
      }
      text[at + digits + 1 < length ? at + digits + 1 : at] = 'y';
    }
    return text;
  }
}

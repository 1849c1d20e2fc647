package dev.menura.extproc.inspect;

import java.util.List;

/// The bytes that may stand, once, between two digits of a number: space, hyphen, plus (a space in
/// `application/x-www-form-urlencoded`), the first two percent-encoded, and in UTF-8 the no-break
/// spaces, the non-breaking hyphen and the en dash.
final class Separators {
  /// The length of the longest.
  static final int LONGEST = 3;

  enum Match {
    NONE,
    /// The bytes begin a separator.
    PARTIAL,
    WHOLE
  }

  /// @param bytes the separator, its last byte lowest
  private record Separator(int bytes, int length) {}

  private static final List<Separator> ALL =
      List.of(
          of(' '),
          of('-'),
          of('+'),
          of('%', '2', '0'),
          of('%', '2', 'D'),
          of('%', '2', 'd'),
          of(0xC2, 0xA0), // U+00A0, no-break space
          of(0xE2, 0x80, 0xAF), // U+202F, narrow no-break space
          of(0xE2, 0x80, 0x91), // U+2011, non-breaking hyphen
          of(0xE2, 0x80, 0x93)); // U+2013, en dash

  private Separators() {}

  /// What these bytes are.
  ///
  /// @param bytes the bytes, the last one lowest
  /// @param length how many bytes those are, 1 to [#LONGEST]
  static Match match(int bytes, int length) {
    for (Separator separator : ALL) {
      int rest = separator.length - length;
      if (rest >= 0 && separator.bytes >>> (8 * rest) == bytes) {
        return rest == 0 ? Match.WHOLE : Match.PARTIAL;
      }
    }
    return Match.NONE;
  }

  /// Whether this byte is a separator by itself.
  static boolean isSingle(int b) {
    return b == ' ' || b == '-' || b == '+';
  }

  /// Whether this byte, with its sign or without, begins a separator of several bytes.
  static boolean beginsLonger(int b) {
    return b == '%' || (b & 0xff) == 0xC2 || (b & 0xff) == 0xE2;
  }

  private static Separator of(int... bytes) {
    int packed = 0;
    for (int b : bytes) {
      packed = (packed << 8) | b;
    }
    return new Separator(packed, bytes.length);
  }
}

package dev.menura.e2e;

import java.nio.charset.StandardCharsets;

/// A text with one card number, and no other digit.
///
/// @param from where the number begins
/// @param to the offset behind it
record CardText(String text, int from, int to) {
  static final CardText PAYMENT = of("Please take it from ", "4111 1111 1111 1111", ", thank you.");

  static CardText of(String before, String number, String behind) {
    return new CardText(
        before + number + behind, before.length(), before.length() + number.length());
  }

  byte[] bytes() {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Whether a text holds any digit at all.
  static boolean hasDigit(byte[] text) {
    for (byte b : text) {
      if (b >= '0' && b <= '9') {
        return true;
      }
    }
    return false;
  }
}

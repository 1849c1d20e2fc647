package dev.menura.extproc.inspect;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.random.RandomGenerator;

/// Card numbers for tests, and a detector over a whole text.
final class Cards {
  static final String VISA = "4111111111111111";
  static final String MASTERCARD = "5555555555554444";
  static final String AMEX = "378282246310005";

  /// @param count how many different values
  /// @param first the offset of the first one
  record Result(int count, List<String> evidence, long first) {}

  private Cards() {}

  /// Looks at a text, given to the detector in pieces of this many bytes.
  static Result find(byte[] text, int pieceBytes) {
    Findings findings = new Findings(new KeyedHash(1, 2));
    CardNumbers detector = new CardNumbers(findings);
    for (int i = 0; i < text.length; i += pieceBytes) {
      detector.feed(text, i, Math.min(text.length, i + pieceBytes));
    }
    detector.end();
    return new Result(findings.count(), findings.evidence(), findings.first());
  }

  static Result find(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return find(bytes, Math.max(1, bytes.length));
  }

  /// A number with this prefix and length whose check digit is right.
  static String number(String prefix, int length, RandomGenerator random) {
    StringBuilder digits = new StringBuilder(prefix);
    while (digits.length() < length - 1) {
      digits.append((char) ('0' + random.nextInt(10)));
    }
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int twice = digit * 2;
      sum += i % 2 == 1 ? digit : twice > 9 ? twice - 9 : twice;
    }
    return digits.append((char) ('0' + (10 - sum % 10) % 10)).toString();
  }
}

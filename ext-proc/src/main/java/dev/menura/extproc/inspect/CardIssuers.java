package dev.menura.extproc.inspect;

import java.util.List;

/// Which numbers can be payment cards: the ranges of issuer prefixes (ISO/IEC 7812-1) with the
/// lengths that are issued in them, and the check digit.
final class CardIssuers {
  private static final int PREFIX_DIGITS = 6;

  /// @param low the first prefix, padded to six digits
  /// @param high the last prefix, padded to six digits
  /// @param lengths bit n is set where numbers of n digits are issued
  private record Range(int low, int high, int lengths) {
    boolean holds(int prefix, int length) {
      return low <= prefix && prefix <= high && ((lengths >>> length) & 1) != 0;
    }
  }

  private static final int[] SIXTEEN_TO_NINETEEN = {16, 17, 18, 19};
  private static final int[] THIRTEEN_TO_NINETEEN = {13, 14, 15, 16, 17, 18, 19};

  private static final List<Range> RANGES =
      List.of(
          range(4, 4, 13, 16, 19), // Visa
          range(51, 55, 16), // Mastercard
          range(2221, 2720, 16), // Mastercard
          range(34, 34, 15), // American Express
          range(37, 37, 15), // American Express
          range(300, 305, 14, 15, 16, 17, 18, 19), // Diners Club
          range(3095, 3095, 14, 15, 16, 17, 18, 19), // Diners Club
          range(36, 36, 14, 15, 16, 17, 18, 19), // Diners Club
          range(38, 39, 14, 15, 16, 17, 18, 19), // Diners Club
          range(3528, 3589, SIXTEEN_TO_NINETEEN), // JCB
          range(1800, 1800, 15), // JCB
          range(2131, 2131, 15), // JCB
          range(6011, 6011, SIXTEEN_TO_NINETEEN), // Discover
          range(644, 649, SIXTEEN_TO_NINETEEN), // Discover
          range(65, 65, SIXTEEN_TO_NINETEEN), // Discover, RuPay, Elo, Troy
          range(62, 62, SIXTEEN_TO_NINETEEN), // UnionPay
          range(810, 817, SIXTEEN_TO_NINETEEN), // UnionPay
          range(5018, 5018, THIRTEEN_TO_NINETEEN), // Maestro
          range(5019, 5019, 16), // Dankort
          range(5020, 5020, THIRTEEN_TO_NINETEEN), // Maestro
          range(5038, 5038, THIRTEEN_TO_NINETEEN), // Maestro
          range(5612, 5612, THIRTEEN_TO_NINETEEN), // Maestro
          range(5893, 5893, THIRTEEN_TO_NINETEEN), // Maestro
          range(6304, 6304, THIRTEEN_TO_NINETEEN), // Maestro
          range(6706, 6706, SIXTEEN_TO_NINETEEN), // Maestro, Laser
          range(6709, 6709, SIXTEEN_TO_NINETEEN), // Maestro, Laser
          range(6759, 6759, THIRTEEN_TO_NINETEEN), // Maestro
          range(6761, 6767, THIRTEEN_TO_NINETEEN), // Maestro
          range(6771, 6771, SIXTEEN_TO_NINETEEN), // Maestro, Laser
          range(2200, 2204, SIXTEEN_TO_NINETEEN), // Mir
          range(508, 508, 16), // RuPay
          range(6069, 6085, 16), // RuPay
          range(6521, 6522, 16), // RuPay
          range(506099, 506198, 16, 18, 19), // Verve
          range(507865, 507964, 16, 18, 19), // Verve
          range(5041, 5041, 16), // Elo
          range(5066, 5067, 16), // Elo
          range(5090, 5090, 16), // Elo
          range(6277, 6277, 16), // Elo
          range(6362, 6363, 16), // Elo
          range(606282, 606282, 16), // Hipercard
          range(636, 639, SIXTEEN_TO_NINETEEN), // InterPayment, InstaPayment
          range(8600, 8600, 16), // UzCard
          range(9792, 9792, 16), // Troy
          range(9860, 9860, 16), // Humo
          // UATP is 1, but account numbers that are counted up from 10^14 begin with 1000.
          range(1001, 1999, 15));

  private CardIssuers() {}

  /// Whether these digits (as ASCII) are a number that a card can have.
  static boolean issue(byte[] digits, int from, int to) {
    return luhn(digits, from, to) && known(digits, from, to);
  }

  private static boolean known(byte[] digits, int from, int to) {
    int prefix = 0;
    for (int i = from; i < from + PREFIX_DIGITS; i++) {
      prefix = prefix * 10 + (digits[i] - '0');
    }
    for (Range range : RANGES) {
      if (range.holds(prefix, to - from)) {
        return true;
      }
    }
    return false;
  }

  /// The check digit of ISO/IEC 7812-1, annex B.
  private static boolean luhn(byte[] digits, int from, int to) {
    int sum = 0;
    boolean twice = false;
    for (int i = to - 1; i >= from; i--) {
      int digit = digits[i] - '0';
      if (twice) {
        digit = digit < 5 ? digit * 2 : digit * 2 - 9;
      }
      sum += digit;
      twice = !twice;
    }
    return sum % 10 == 0;
  }

  private static Range range(int first, int last, int... lengths) {
    int low = first;
    int high = last;
    while (low * 10 < 1_000_000) {
      low = low * 10;
      high = high * 10 + 9;
    }
    int bits = 0;
    for (int length : lengths) {
      bits |= 1 << length;
    }
    return new Range(low, high, bits);
  }
}

package dev.menura.extproc.inspect;

/// What the bytes in front of a run of digits say about it: whether a number can start with its
/// first digit, and whether its first digits belong to an escape (`%22`, and in strings a backslash
/// with `u0022` or `x22`) instead.
///
/// @param plain whether a number can start with the run's first digit
/// @param escaped how many digits of the run may belong to an escape; 0 where none do
/// @param account whether the run can be the check digits of an international account number (ISO
///   13616: two capital letters, two digits), whose groups are no card number
record Lead(boolean plain, int escaped, boolean account) {
  /// The most digits of a run that can belong to an escape.
  static final int ESCAPED_MAX = 4;

  private static final Lead ORDINARY = new Lead(true, 0, false);
  private static final Lead NOTHING = new Lead(false, 0, false);

  /// @param before the eight bytes in front of the run, the nearest one lowest, zero where there
  ///   are none
  static Lead of(long before) {
    int near = at(before, 0);
    if (near == '.') {
      return AsciiDigits.is(at(before, 1)) ? NOTHING : ORDINARY; // a decimal fraction
    }
    if (near != '%' && !isLetter(near)) {
      return ORDINARY;
    }
    int escaped = escapedDigits(before);
    boolean plain =
        escaped == 0
            || near == '%'
            || (at(before, 1) == '\\' && "bfnrtv".indexOf(near) >= 0)
            || (at(before, 1) == '%' && near == 'B'); // track 1 (ISO/IEC 7813)
    boolean account =
        isCapital(near)
            && isCapital(at(before, 1))
            && !isLetter(at(before, 2))
            && !AsciiDigits.is(at(before, 2));
    return new Lead(plain, Math.max(escaped, 0), account);
  }

  static boolean isLetter(int b) {
    return (b >= 'a' && b <= 'z') || isCapital(b);
  }

  /// How many digits an escape that begins in these bytes still wants, 0 where it is whole, -1
  /// where there is none.
  private static int escapedDigits(long before) {
    int hex = 0;
    while (hex < ESCAPED_MAX && isHex(at(before, hex))) {
      hex++;
    }
    int sign = at(before, hex);
    boolean backslash = at(before, hex + 1) == '\\';
    int wanted =
        switch (sign) {
          case '%' -> 2;
          case 'x' -> backslash ? 2 : -1;
          case 'u' -> backslash ? 4 : -1;
          default -> -1;
        };
    return hex <= wanted ? wanted - hex : -1;
  }

  private static boolean isHex(int b) {
    return AsciiDigits.is(b) || (b >= 'a' && b <= 'f') || (b >= 'A' && b <= 'F');
  }

  private static boolean isCapital(int b) {
    return b >= 'A' && b <= 'Z';
  }

  private static int at(long before, int distance) {
    return (int) (before >>> (8 * distance)) & 0xff;
  }
}

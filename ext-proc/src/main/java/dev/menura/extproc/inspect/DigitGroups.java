package dev.menura.extproc.inspect;

/// The groups of a sequence of digits (see [CardNumbers]) that can still be part of a number: the
/// last ones, with no more digits together than a number has. Of a fixed size.
final class DigitGroups {
  static final int DIGITS_MIN = 13;
  static final int DIGITS_MAX = 19;
  private static final int SIZE = DIGITS_MAX + Lead.ESCAPED_MAX + 1;

  /// The most bytes from the first byte of the groups kept to the last one.
  static final int LONGEST = SIZE + DIGITS_MAX * Separators.LONGEST;

  private final byte[] digits = new byte[SIZE];
  private int used;

  /// For each group the offset in the stream of its first digit, and its index in `digits`.
  private final long[] starts = new long[SIZE];

  private final int[] firsts = new int[SIZE];
  private int count;

  private Lead lead = Lead.of(0);

  /// Whether the groups kept are all groups of the sequence.
  private boolean whole;

  /// Whether the sequence is known to be an account number.
  private boolean account;

  /// The number that was found last: its group and its first digit's index in `digits`.
  private int group;

  private int from;

  /// A sequence begins behind this lead.
  void begin(Lead behind) {
    clear();
    lead = behind;
    whole = true;
    account = false;
  }

  /// A group begins at this offset of the stream.
  void open(long at) {
    if (!account) {
      starts[count] = at;
      firsts[count++] = used;
    }
  }

  /// Adds a digit to the group that began last. False where that group has become longer than any
  /// number: then no group is kept.
  boolean add(int digit) {
    if (account) {
      return true;
    }
    digits[used++] = (byte) digit;
    while (used - escaped() > DIGITS_MAX) {
      if (count == 1) {
        clear();
        return false;
      }
      dropFirst();
    }
    return true;
  }

  /// The last group is complete. True where a number ends with it that is one group, or is cut up
  /// as numbers are on cards.
  boolean endsNumber() {
    if (whole && count == 1 && used == 2 && lead.account()) {
      clear();
      account = true;
    }
    for (int g = 0; g < count && used - firsts[g] >= DIGITS_MIN; g++) {
      if (cutAsOnCards(g) && isNumber(g)) {
        return true;
      }
    }
    return false;
  }

  /// Whether all groups of the sequence together are a number.
  boolean areNumber() {
    return whole && count > 1 && isNumber(0);
  }

  /// Forgets all groups.
  void clear() {
    used = 0;
    count = 0;
    whole = false;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /// The offset in the stream of the first digit that is kept.
  long start() {
    return starts[0];
  }

  /// Reports the number that was found.
  void report(Findings findings, Findings.Mask mask) {
    findings.add(starts[group] + (from - firsts[group]), digits, from, used, mask);
  }

  private boolean isNumber(int g) {
    boolean leads = whole && g == 0;
    group = g;
    from = firsts[g];
    if ((!leads || lead.plain()) && issued()) {
      return true;
    }
    from += lead.escaped();
    return leads && lead.escaped() > 0 && issued();
  }

  private boolean issued() {
    int length = used - from;
    return length >= DIGITS_MIN && length <= DIGITS_MAX && CardIssuers.issue(digits, from, used);
  }

  /// A first group of 4 to 7 digits, the others of 3 to 7: 4-4-4-4, 4-6-5, 4-4-4-4-3 and the like.
  private boolean cutAsOnCards(int g) {
    int next = used;
    for (int i = count - 1; i >= g && g < count - 1; i--) {
      int length = next - firsts[i];
      if (length > 7 || length < (i == g ? 4 : 3)) {
        return false;
      }
      next = firsts[i];
    }
    return true;
  }

  private int escaped() {
    return whole ? lead.escaped() : 0;
  }

  private void dropFirst() {
    int gone = firsts[1];
    used -= gone;
    count--;
    whole = false;
    System.arraycopy(digits, gone, digits, 0, used);
    System.arraycopy(starts, 1, starts, 0, count);
    for (int i = 0; i < count; i++) {
      firsts[i] = firsts[i + 1] - gone;
    }
  }
}

package dev.menura.extproc.inspect;

/// The groups of a sequence of digits (see [CardNumbers]) that can still be part of a number: the
/// last ones, with no more digits together than a number has. Of a fixed size.
final class DigitGroups {
  static final int DIGITS_MIN = 13;
  static final int DIGITS_MAX = 19;
  private static final int KEPT_MAX = DIGITS_MAX + Lead.ESCAPED_MAX + 1;

  /// The most bytes from the first byte of the groups kept to the last one.
  static final int LONGEST = KEPT_MAX + DIGITS_MAX * Separators.LONGEST;

  /// How much room there is. What is kept moves to the front when it has reached the end.
  private static final int ROOM = 8 * KEPT_MAX;

  private final byte[] digits = new byte[ROOM];
  private int used;

  /// For each group the offset in the stream of its first digit, and its index in `digits`.
  private final long[] starts = new long[ROOM];

  private final int[] firsts = new int[ROOM];

  /// The groups kept: from this one to, not including, that one.
  private int head;

  private int end;

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
      if (end == ROOM || used == ROOM) {
        moveToFront();
      }
      starts[end] = at;
      firsts[end++] = used;
    }
  }

  /// Adds a digit to the group that began last. False where that group has become longer than any
  /// number: then no group is kept.
  boolean add(int digit) {
    if (account) {
      return true;
    }
    if (used == ROOM) {
      moveToFront();
    }
    digits[used++] = (byte) digit;
    while (used - firsts[head] - escaped() > DIGITS_MAX) {
      if (end - head == 1) {
        clear();
        return false;
      }
      head++;
      whole = false;
    }
    return true;
  }

  /// The last group is complete. True where a number ends with it that is one group, or is cut up
  /// as numbers are on cards.
  boolean endsNumber() {
    if (whole && end - head == 1 && used - firsts[head] == 2 && lead.account()) {
      clear();
      account = true;
    }
    for (int g = head; g < end && used - firsts[g] >= DIGITS_MIN; g++) {
      if (cutAsOnCards(g) && isNumber(g)) {
        return true;
      }
    }
    return false;
  }

  /// Whether all groups of the sequence together are a number.
  boolean areNumber() {
    return whole && end - head > 1 && isNumber(head);
  }

  /// Forgets all groups.
  void clear() {
    used = 0;
    head = 0;
    end = 0;
    whole = false;
  }

  boolean isEmpty() {
    return head == end;
  }

  /// The offset in the stream of the first digit that is kept.
  long start() {
    return starts[head];
  }

  /// Reports the number that was found.
  void report(Findings findings, Findings.Mask mask) {
    findings.add(starts[group] + (from - firsts[group]), digits, from, used, mask);
  }

  private boolean isNumber(int g) {
    boolean leads = whole && g == head;
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
    for (int i = end - 1; i >= g && g < end - 1; i--) {
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

  private void moveToFront() {
    int gone = head == end ? used : firsts[head];
    used -= gone;
    end -= head;
    System.arraycopy(digits, gone, digits, 0, used);
    System.arraycopy(starts, head, starts, 0, end);
    for (int i = 0; i < end; i++) {
      firsts[i] = firsts[head + i] - gone;
    }
    head = 0;
  }
}

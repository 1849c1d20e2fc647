package dev.menura.extproc.inspect;

import java.nio.charset.StandardCharsets;

/// Finds payment card numbers: 13 to 19 digits that [CardIssuers] knows, written in one group or in
/// several with one separator (see [Separators]) between two groups.
///
/// A *sequence* is a run of groups so joined. A number is made of whole groups that follow each
/// other: of all groups of a sequence, however it is cut up, or of some of a longer sequence (`12
/// 4111 1111 1111 1111 05 27`) where they are one group or cut up as numbers are on cards. So a
/// number is never part of a longer run of digits. Letters that touch a run of digits make it an
/// identifier, and no number, unless they belong to an escape (see [Lead]); so does a decimal point
/// in front. Where two readings overlap, the one that ends first counts.
final class CardNumbers implements Detector {
  static final Detectors.Kind KIND =
      new Detectors.Kind("credit-card", DigitGroups.LONGEST + Separators.LONGEST, CardNumbers::new);

  /// How many digits of a number evidence shows at its start, and at its end.
  private static final int SHOWN = 4;

  private enum State {
    OUTSIDE,
    DIGITS,
    /// In a run of more digits than any number has.
    TOO_LONG,
    /// Some bytes into a separator.
    SEPARATOR,
    /// Behind a whole separator.
    SEPARATED
  }

  private final Findings findings;
  private final DigitGroups groups = new DigitGroups();
  private State state = State.OUTSIDE;

  /// The offset of the next byte, and the eight bytes in front of it.
  private long at;

  private long before;

  /// The bytes of the separator that is being read, and the eight bytes in front of it.
  private int separator;

  private int separatorLength;
  private long beforeSeparator;

  CardNumbers(Findings findings) {
    this.findings = findings;
  }

  @Override
  public void feed(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to) {
      if (state == State.OUTSIDE) {
        int begin = candidate(bytes, i, to);
        for (int j = Math.max(i, begin - Long.BYTES); j < begin; j++) {
          before = (before << 8) | (bytes[j] & 0xff);
        }
        at += begin - i;
        i = begin;
        if (i == to) {
          return;
        }
      }
      step(bytes[i++] & 0xff);
    }
  }

  /// The first digit at or after `from` that begins a sequence which can be long enough, or which
  /// does not end before `to`; `to` where there is none. The bytes passed over end every sequence
  /// that begins in them, so nothing of them is missed.
  private static int candidate(byte[] bytes, int from, int to) {
    int i = AsciiDigits.next(bytes, from, to);
    while (i < to) {
      int past = shortSequence(bytes, i, to);
      if (past == i) {
        return i;
      }
      i = AsciiDigits.next(bytes, past, to);
    }
    return to;
  }

  /// The index behind the sequence that begins here, where that is plain to see and it has too few
  /// digits; `from` otherwise.
  private static int shortSequence(byte[] bytes, int from, int to) {
    int digits = 1;
    boolean digitBefore = true;
    for (int i = from + 1; i < to && digits < DigitGroups.DIGITS_MIN; i++) {
      int b = bytes[i];
      if (AsciiDigits.is(b)) {
        digits++;
        digitBefore = true;
      } else if (digitBefore && Separators.isSingle(b)) {
        digitBefore = false;
      } else if (digitBefore && Separators.beginsLonger(b)) {
        return from;
      } else {
        return i;
      }
    }
    return from;
  }

  @Override
  public void end() {
    if (state == State.DIGITS) {
      endGroup();
    }
    endSequence();
    before = 0;
  }

  @Override
  public long open() {
    if (!groups.isEmpty()) {
      return groups.start();
    }
    return state == State.SEPARATOR ? at - separatorLength : at;
  }

  private void step(int b) {
    if (state != State.SEPARATOR) {
      read(b);
    } else if (!separates((separator << 8) | b, separatorLength + 1)) {
      readAgain();
      read(b);
    }
    before = (before << 8) | b;
    at++;
  }

  private void read(int b) {
    switch (state) {
      case OUTSIDE -> {
        if (AsciiDigits.is(b)) {
          groups.begin(Lead.of(before));
          open(b);
        }
      }
      case DIGITS -> {
        if (AsciiDigits.is(b)) {
          add(b);
        } else if (Lead.isLetter(b)) {
          groups.clear();
          endSequence();
        } else {
          endGroup();
          separate(b);
        }
      }
      case TOO_LONG -> {
        if (!AsciiDigits.is(b)) {
          separate(b);
        }
      }
      case SEPARATED -> {
        if (AsciiDigits.is(b)) {
          open(b);
        } else {
          endSequence();
        }
      }
      case SEPARATOR -> throw new IllegalStateException("in a separator");
    }
  }

  private void open(int digit) {
    groups.open(at);
    add(digit);
  }

  private void add(int digit) {
    state = groups.add(digit) ? State.DIGITS : State.TOO_LONG;
  }

  /// The first byte behind a group.
  private void separate(int b) {
    beforeSeparator = before;
    if (!separates(b, 1)) {
      endSequence();
    }
  }

  /// Whether these bytes are a separator or begin one.
  private boolean separates(int bytes, int length) {
    Separators.Match match = Separators.match(bytes, length);
    if (match == Separators.Match.NONE) {
      return false;
    }
    separator = bytes;
    separatorLength = length;
    state = match == Separators.Match.WHOLE ? State.SEPARATED : State.SEPARATOR;
    return true;
  }

  /// What looked like a separator is none: the sequence ends in front of it, and its bytes are read
  /// as what they are. They can hold digits, but not begin another separator.
  private void readAgain() {
    endSequence();
    before = beforeSeparator;
    at -= separatorLength;
    for (int i = separatorLength - 1; i >= 0; i--) {
      step((separator >>> (8 * i)) & 0xff);
    }
  }

  /// A group has ended, and no letter follows it.
  private void endGroup() {
    if (groups.endsNumber()) {
      report();
    }
  }

  private void endSequence() {
    if (groups.areNumber()) {
      report();
    }
    groups.clear();
    state = State.OUTSIDE;
  }

  private void report() {
    groups.report(findings, CardNumbers::masked);
    groups.clear();
  }

  private static String masked(byte[] digits, int from, int to) {
    return new String(digits, from, SHOWN, StandardCharsets.US_ASCII)
        + "*".repeat(to - from - 2 * SHOWN)
        + new String(digits, to - SHOWN, SHOWN, StandardCharsets.US_ASCII);
  }
}

package dev.menura.extproc.inspect;

import java.util.ArrayList;
import java.util.List;

/// What one detector has found in one stream: how many different values, a few of them masked, and
/// where the first one starts. The values themselves are not kept.
final class Findings {
  /// How many different values are told apart. Past it the count stays where it is.
  static final int COUNT_MAX = 10_000;

  static final int EVIDENCE_MAX = 5;

  /// Where nothing was found.
  static final long NOWHERE = Long.MAX_VALUE;

  /// Turns a value into text that does not give it away.
  interface Mask {
    String of(byte[] value, int from, int to);
  }

  private final KeyedHash hash;
  private final List<String> evidence = new ArrayList<>(EVIDENCE_MAX);
  private long[] seen = new long[16];
  private int count;
  private long first = NOWHERE;

  Findings(KeyedHash hash) {
    this.hash = hash;
  }

  /// @param start the offset in the stream at which the value starts
  /// @param value holds the value in its plain form, without separators, from `from` to `to`
  void add(long start, byte[] value, int from, int to, Mask mask) {
    first = Math.min(first, start);
    if (count < COUNT_MAX && isNew(hash.of(value, from, to)) && evidence.size() < EVIDENCE_MAX) {
      evidence.add(mask.of(value, from, to));
    }
  }

  int count() {
    return count;
  }

  List<String> evidence() {
    return List.copyOf(evidence);
  }

  /// The offset at which the earliest finding starts, [#NOWHERE] where there is none.
  long first() {
    return first;
  }

  private boolean isNew(long hashed) {
    long mark = hashed == 0 ? 1 : hashed;
    if (!put(seen, mark)) {
      return false;
    }
    count++;
    if (count * 2 > seen.length) {
      long[] larger = new long[seen.length * 2];
      for (long each : seen) {
        if (each != 0) {
          put(larger, each);
        }
      }
      seen = larger;
    }
    return true;
  }

  /// Open addressing with linear probing; zero is an empty place.
  private static boolean put(long[] table, long mark) {
    int place = (int) mark & (table.length - 1);
    while (table[place] != 0) {
      if (table[place] == mark) {
        return false;
      }
      place = (place + 1) & (table.length - 1);
    }
    table[place] = mark;
    return true;
  }
}

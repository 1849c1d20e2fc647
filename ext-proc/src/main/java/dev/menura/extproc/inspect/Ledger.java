package dev.menura.extproc.inspect;

/// Which bytes of a coding's output came from which bytes of its input, as a row of *marks*: up to
/// this input offset everything decodes to the output up to that offset, and no decoder could make
/// more of it. Where there are too many marks every second one is dropped: an answer may then be
/// too small, never too large.
final class Ledger {
  static final int MARKS_MAX = 64;

  private final long[] inputs = new long[MARKS_MAX];
  private final long[] outputs = new long[MARKS_MAX];

  /// The first mark stands for the start of both, or for all that was forgotten.
  private int size = 1;

  /// Adds a mark. Offsets never decrease from mark to mark.
  void mark(long input, long output) {
    if (outputs[size - 1] == output) {
      inputs[size - 1] = input;
      return;
    }
    if (size == MARKS_MAX) {
      thin();
    }
    inputs[size] = input;
    outputs[size++] = output;
  }

  /// The largest marked input offset whose output ends at or before this offset.
  long inputFor(long output) {
    int last = size - 1;
    while (last > 0 && outputs[last] > output) {
      last--;
    }
    return inputs[last];
  }

  /// Forgets what is needed only for output offsets below this one.
  void forget(long output) {
    int keep = size - 1;
    while (keep > 0 && outputs[keep] > output) {
      keep--;
    }
    size -= keep;
    System.arraycopy(inputs, keep, inputs, 0, size);
    System.arraycopy(outputs, keep, outputs, 0, size);
  }

  private void thin() {
    for (int i = 2; i < size; i += 2) {
      inputs[i / 2] = inputs[i];
      outputs[i / 2] = outputs[i];
    }
    size /= 2;
  }
}

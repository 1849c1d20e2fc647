package dev.menura.policy.net;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/// Finds the numbers that host patterns were filed under, by a few hash look-ups whatever their
/// count. Filled first, then only read.
public final class HostIndex {
  private final Map<String, int[]> exact = new HashMap<>();
  private final Map<String, int[]> below = new HashMap<>();
  private final Map<Integer, int[]> single = new HashMap<>();

  /// Files a pattern under a number.
  public void add(HostPattern pattern, int number) {
    Map<String, int[]> map = pattern.wildcard() ? below : exact;
    int[] one = single.computeIfAbsent(number, n -> new int[] {n});
    map.merge(pattern.name(), one, HostIndex::joined);
  }

  /// Passes the numbers of all patterns that a name fits, the most specific pattern's first and
  /// those of one pattern in the order in which they were filed.
  ///
  /// @param name as [HostPattern#normalised] gives it
  public void find(String name, IntConsumer found) {
    each(exact.get(name), found);
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      each(below.get(name.substring(dot + 1)), found);
    }
  }

  private static void each(int @org.jspecify.annotations.Nullable [] numbers, IntConsumer found) {
    if (numbers != null) {
      for (int number : numbers) {
        found.accept(number);
      }
    }
  }

  private static int[] joined(int[] numbers, int[] more) {
    for (int number : numbers) {
      if (number == more[0]) {
        return numbers;
      }
    }
    int[] joined = Arrays.copyOf(numbers, numbers.length + 1);
    joined[numbers.length] = more[0];
    return joined;
  }
}

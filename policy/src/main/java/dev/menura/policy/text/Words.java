package dev.menura.policy.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Lists of choices, and guesses at what was meant.
public final class Words {
  private Words() {}

  /// `'a', 'b' or 'c'`.
  public static String quotedChoice(List<String> choices) {
    return joined(choices, " or ");
  }

  /// `'a', 'b' and 'c'`.
  public static String quotedAll(List<String> names) {
    return joined(names, " and ");
  }

  private static String joined(List<String> words, String last) {
    List<String> quoted = words.stream().map(word -> "'" + word + "'").toList();
    if (quoted.size() <= 1) {
      return quoted.isEmpty() ? "nothing" : quoted.getFirst();
    }
    return String.join(", ", quoted.subList(0, quoted.size() - 1)) + last + quoted.getLast();
  }

  /// A question that names the choice nearest to what was found, where one is near.
  public static Optional<String> didYouMean(String found, Collection<String> choices) {
    String lower = found.toLowerCase(Locale.ROOT).replace('_', '-');
    int far = Math.max(1, Math.min(3, found.length() / 3));
    return choices.stream()
        .filter(choice -> Math.abs(choice.length() - found.length()) <= far)
        .filter(choice -> distance(lower, choice.toLowerCase(Locale.ROOT)) <= far)
        .min(Comparator.comparingInt(choice -> distance(lower, choice.toLowerCase(Locale.ROOT))))
        .map(choice -> "did you mean '" + choice + "'?");
  }

  /// The number of letters to insert, remove, replace or swap with a neighbour, to get from one
  /// word to the other.
  static int distance(String one, String other) {
    int[][] cost = new int[one.length() + 1][other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      for (int j = 0; j <= other.length(); j++) {
        cost[i][j] = i == 0 ? j : j == 0 ? i : step(one, other, cost, i, j);
      }
    }
    return cost[one.length()][other.length()];
  }

  private static int step(String one, String other, int[][] cost, int i, int j) {
    boolean same = one.charAt(i - 1) == other.charAt(j - 1);
    int best = Math.min(cost[i - 1][j], cost[i][j - 1]) + 1;
    best = Math.min(best, cost[i - 1][j - 1] + (same ? 0 : 1));
    boolean swapped =
        i > 1
            && j > 1
            && one.charAt(i - 1) == other.charAt(j - 2)
            && one.charAt(i - 2) == other.charAt(j - 1);
    return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
  }
}

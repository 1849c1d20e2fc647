package dev.menura.extproc.inspect;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The detectors that there are, each under the word by which a policy asks for its kind.
public final class Detectors {
  /// @param word the kind, as in `request.body.count('credit-card')`
  /// @param longest the most bytes of a stream that the detector ever keeps open
  /// @param start begins a stream
  record Kind(String word, int longest, Function<Findings, Detector> start) {}

  private static final Map<String, Kind> KINDS =
      Stream.of(CardNumbers.KIND)
          .collect(Collectors.toMap(Kind::word, kind -> kind, (a, _) -> a, TreeMap::new));

  private Detectors() {}

  /// The words of all kinds.
  public static Set<String> kinds() {
    return Set.copyOf(KINDS.keySet());
  }

  static Kind kind(String word) {
    @Nullable Kind kind = KINDS.get(word);
    if (kind == null) {
      throw new IllegalArgumentException("no detector finds " + word);
    }
    return kind;
  }
}

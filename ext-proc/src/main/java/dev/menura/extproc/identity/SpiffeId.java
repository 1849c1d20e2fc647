package dev.menura.extproc.identity;

import dev.menura.policy.Facts;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// A SPIFFE ID, as `spiffe://example.org/ns/shop/sa/cart`.
final class SpiffeId {
  /// How long one may be (SPIFFE-ID 2.3).
  private static final int CHARS_MAX = 2048;

  private static final Pattern FORM =
      Pattern.compile("spiffe://([a-z0-9._-]{1,255})((?:/[A-Za-z0-9._-]+)*)");

  private SpiffeId() {}

  static Optional<Facts.Workload> workload(String text) {
    var parts = FORM.matcher(text);
    if (text.length() > CHARS_MAX || !parts.matches()) {
      return Optional.empty();
    }
    List<String> segments = List.of(parts.group(2).split("/", -1));
    if (segments.contains(".") || segments.contains("..")) {
      return Optional.empty();
    }
    return Optional.of(
        new Facts.Workload(text, parts.group(1), after("ns", segments), after("sa", segments)));
  }

  /// The segment that follows a word, as Istio and SPIRE for Kubernetes write them.
  private static String after(String word, List<String> segments) {
    for (int i = 1; i + 1 < segments.size(); i += 2) {
      if (segments.get(i).equals(word)) {
        return segments.get(i + 1);
      }
    }
    return "";
  }
}

package dev.menura.extproc.exchange;

import dev.menura.extproc.inspect.BodyScan;
import dev.menura.policy.Facts;
import java.util.Optional;

/// A stream as if it ended here.
record SoFar(Facts.Body stream) implements Facts.Body {
  /// Of a stream whose inspection has ended early nothing more can be said than it says itself.
  static Facts.Body of(Optional<Facts.Body> stream) {
    Facts.Body known = stream.orElse(EMPTY);
    return known instanceof BodyScan scan && scan.stopped().isPresent() ? known : new SoFar(known);
  }

  @Override
  public long count(String kind) {
    return stream.count(kind);
  }

  @Override
  public boolean complete() {
    return true;
  }
}

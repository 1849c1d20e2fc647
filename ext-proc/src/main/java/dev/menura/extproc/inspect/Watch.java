package dev.menura.extproc.inspect;

import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/// One kind of finding looked for in what belongs together: a body and its trailers, or the
/// messages of a socket. Each text is searched by itself, so that no value spans two of them; what
/// is found in all of them is counted together.
final class Watch {
  private static final KeyedHash HASH = KeyedHash.random(new SecureRandom());

  private final Detectors.Kind kind;
  private final Findings findings = new Findings(HASH);
  private final Detector detector;
  private @Nullable Detector aside;

  Watch(Detectors.Kind kind) {
    this.kind = kind;
    detector = kind.start().apply(findings);
  }

  /// The next bytes of the text: from `bytes[from]` up to, not including, `bytes[to]`. Offsets
  /// count the bytes of all texts.
  void feed(byte[] bytes, int from, int to) {
    detector.feed(bytes, from, to);
  }

  /// The earliest offset at which a value that is yet to be reported can start.
  long open() {
    return detector.open();
  }

  /// The text ends here; another may follow.
  void end() {
    detector.end();
  }

  /// Searches a whole text beside the one that is being fed.
  void searchAside(byte[] bytes, int from, int to) {
    if (aside == null) {
      aside = kind.start().apply(findings);
    }
    aside.feed(bytes, from, to);
    aside.end();
  }

  /// The offset at which the earliest finding starts, [Findings#NOWHERE] where there is none.
  long first() {
    return findings.first();
  }

  boolean found() {
    return findings.first() != Findings.NOWHERE;
  }

  long count() {
    return findings.count();
  }

  BodyScan.Found report() {
    return new BodyScan.Found(kind.word(), findings.count(), findings.evidence());
  }
}

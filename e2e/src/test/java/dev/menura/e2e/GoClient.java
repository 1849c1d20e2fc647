package dev.menura.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A client of its own process, in Go, whose request the test sends piece by piece.
final class GoClient {
  private final List<String> flags = new ArrayList<>();

  private GoClient(Lab lab, String url) {
    flags.addAll(
        List.of(
            GoTools.program().toString(),
            "client",
            "-proxy",
            lab.proxy(),
            "-url",
            url,
            "-cacert",
            lab.ca().toString()));
  }

  static GoClient to(Lab lab, String url) {
    return new GoClient(lab, url);
  }

  GoClient with(String... more) {
    flags.addAll(List.of(more));
    return this;
  }

  GoClient trusting(Path roots) {
    return with("-cacert", roots.toString());
  }

  /// Starts the request. A body is what the test writes, up to `end`.
  JsonLines start() {
    return new JsonLines(flags);
  }
}

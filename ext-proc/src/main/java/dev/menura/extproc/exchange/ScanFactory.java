package dev.menura.extproc.exchange;

import dev.menura.extproc.inspect.BodyScan;
import dev.menura.policy.Limits;
import java.util.Set;

/// Where the exchange gets the inspection of a body from.
@FunctionalInterface
public interface ScanFactory {
  /// @param kinds the kinds of finding that are looked for
  /// @param contentEncoding the value of the `content-encoding` header, empty where there is none
  BodyScan of(Set<String> kinds, String contentEncoding, Limits limits);
}

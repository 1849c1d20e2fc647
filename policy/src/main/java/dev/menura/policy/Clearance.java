package dev.menura.policy;

import java.util.List;
import java.util.Optional;

/// How Envoy can tell by itself that the policy lets a request go, with nothing to be done or
/// recorded beside: the formula is true. Where it is not, the request may be allowed all the same,
/// and has to be asked about. Immutable and thread-safe.
public interface Clearance {
  /// It reads the request's head, and the [#words] noted on its connection.
  Formula formula();

  /// What to note on a connection; empty where none of its requests can be told by the formula.
  ///
  /// @param connection all that is known before the first request
  Optional<List<String>> words(Facts connection);

  /// The rule that let a cleared request go; empty where that cannot be told.
  ///
  /// @param head with the request's method, scheme, host and path, other headers left out
  Optional<String> rule(Facts head);
}

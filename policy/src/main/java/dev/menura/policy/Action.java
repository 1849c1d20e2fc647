package dev.menura.policy;

import java.util.Map;
import java.util.Optional;

/// What a rule does where its condition is true.
public sealed interface Action {
  /// An action that ends the evaluation.
  sealed interface Deciding extends Action permits Allow, Passthrough, Block {}

  /// An action that applies where its rule stands before the deciding rule.
  sealed interface Accompanying extends Action
      permits Alert, SetRequestHeaders, SetResponseHeaders {}

  /// Decrypt and forward.
  record Allow() implements Deciding {}

  /// Tunnel without decrypting. After decryption it means [Allow].
  record Passthrough() implements Deciding {}

  /// Refuse, with a page that names the rule and the reason.
  ///
  /// @param reason the operator's words for the person who is refused
  record Block(Optional<String> reason, Page page) implements Deciding {}

  /// Where a blocked HTTPS request is answered.
  enum Page {
    /// Inside the tunnel, where browsers show it.
    INSIDE,
    /// The CONNECT itself is answered with 403.
    REFUSE
  }

  /// Record that the rule was true.
  record Alert() implements Accompanying {}

  record SetRequestHeaders(Map<String, String> headers) implements Accompanying {
    public SetRequestHeaders {
      headers = Map.copyOf(headers);
    }
  }

  record SetResponseHeaders(Map<String, String> headers) implements Accompanying {
    public SetResponseHeaders {
      headers = Map.copyOf(headers);
    }
  }
}

package dev.menura.policy;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a rule does where its condition is true.
public sealed interface Action {
  /// An action that ends the evaluation.
  sealed interface Deciding extends Action permits Allow, Passthrough, Distrust, Block {}

  /// An action that applies where its rule stands before the deciding rule.
  sealed interface Accompanying extends Action
      permits Alert,
          AdaptCertificate,
          PresentClientCertificate,
          SetRequestHeaders,
          SetResponseHeaders {}

  /// Decrypt and forward.
  ///
  /// @param problems what may be wrong with the origin's certificate all the same; a certificate
  ///   with any other problem is refused
  record Allow(Set<CertificateProblem> problems) implements Deciding {
    public Allow {
      problems = Set.copyOf(problems);
    }

    public Allow() {
      this(Set.of());
    }
  }

  /// Tunnel without decrypting. After decryption it means [Allow].
  record Passthrough() implements Deciding {}

  /// Decrypt and forward. Where the origin's certificate has a problem, the client is shown one
  /// that it does not trust either, so that it warns by itself; where it has none, [Allow].
  record Distrust() implements Deciding {}

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

  /// Change what the client is shown in place of the origin's certificate.
  ///
  /// @param validFor how long that is valid at the most
  record AdaptCertificate(Duration validFor) implements Accompanying {}

  /// Present a client certificate to the origin where it asks for one.
  record PresentClientCertificate(Presented what) implements Accompanying {}

  /// Which client certificate an origin is presented.
  sealed interface Presented {
    /// One of the operator's.
    ///
    /// @param name that of a [ClientCertificate]
    record Stored(String name) implements Presented {}

    /// One that says who is asking, issued by the gateway.
    record Mimic() implements Presented {}
  }

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

package dev.menura.extproc.exchange;

import dev.menura.policy.Facts;

/// What the gate learnt of the connection that an exchange belongs to.
///
/// @param id names the connection in events
public record ConnectionContext(
    String id,
    Facts.Connect connect,
    Facts.Hello hello,
    Facts.UpstreamCertificate upstreamCertificate,
    Standing standing) {

  /// The context of a connection of which the gate left nothing that can be read.
  public static final ConnectionContext UNKNOWN =
      new ConnectionContext(
          "unknown",
          new Facts.Connect("", "", 0),
          Facts.Hello.NONE,
          Facts.UpstreamCertificate.NONE,
          new Standing.Unknown());

  /// What the gate made of the connection.
  public sealed interface Standing {
    /// Decrypted, with a valid origin behind it.
    record Trusted() implements Standing {}

    /// Decrypted; the origin's certificate has a problem, and the client was shown one that it does
    /// not trust.
    record Distrusted() implements Standing {}

    /// Decrypted; the origin's certificate has a problem that a rule lets through, and the origin
    /// is held to that certificate.
    record Pinned() implements Standing {}

    /// Clear-text HTTP through the proxy, without TLS.
    record Plain() implements Standing {}

    /// A request for the gateway's own pages, which the policy has no say in.
    ///
    /// @param reached as [OwnSite.Request#reached]
    record Own(String reached) implements Standing {}

    /// Refused; each request on it is answered with a page.
    ///
    /// @param rule the deciding rule's name, empty where it was not a rule
    /// @param reason a word for what decided, or the rule's own reason
    /// @param detail one sentence for the person who is refused, may be empty
    /// @param status the HTTP status of the page
    /// @param policyVersion the policy that refused
    record Refused(String rule, String reason, String detail, int status, String policyVersion)
        implements Standing {
      public Refused {
        if (status < 400 || status > 599) {
          throw new IllegalArgumentException("not the status of a refusal: " + status);
        }
      }
    }

    /// Not one that the gate has let through.
    record Unknown() implements Standing {}
  }
}

package dev.menura.extproc.gate;

import dev.menura.gate.v1.Client;
import dev.menura.policy.Facts;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What the gate asks of the certificate provider. Implementations are thread-safe; calls block,
/// for a bounded time.
public interface Origins {
  /// Looks at the certificate of an origin, or remembers a recent look.
  ///
  /// @param name the name that is expected there: a DNS name or an address
  Look peek(String name, InetSocketAddress address);

  /// Makes the mimic of a certificate that was found valid available for handshakes under this
  /// name.
  ///
  /// @param validFor how long the mimic is valid at the most, where a rule says so
  /// @throws IllegalStateException where the look found a problem: such a certificate is never
  ///   mimicked
  void admit(String name, Look.Seen seen, Optional<Duration> validFor);

  /// As [#admit], for one handshake that names no server.
  ///
  /// @return the slot in which the mimic is, empty where none is free
  OptionalInt admitUnnamed(String name, Look.Seen seen, Optional<Duration> validFor);

  /// Makes a mimic that no client trusts available for handshakes under this name.
  ///
  /// @param seen with the problem that was found
  void admitDistrusted(String name, Look.Seen seen);

  /// Makes a mimic that clients trust available for one connection to an origin whose problem a
  /// rule lets through, and holds the origin to the certificate that was seen.
  ///
  /// @return the slot in which both are, empty where none is free
  OptionalInt admitPinned(String name, Look.Seen seen);

  /// Makes a certificate of the block page available for handshakes under this name.
  void admitBlockPage(String name);

  /// Makes a certificate available that says to origins who is asking.
  ///
  /// @param client whose user is known, or the holder of whose certificate is
  /// @return the name of its secret; empty where no certificate can say that
  Optional<String> admitClient(Client client);

  /// The authority's key does not sign now, or not this: no handshake under a name that has no
  /// certificate yet can succeed. Whatever admits a name may throw it.
  final class NotSigned extends RuntimeException {
    public NotSigned(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// What was seen at an origin.
  sealed interface Look {
    /// The origin presented a certificate.
    ///
    /// @param certificate the facts for the policy; its `problem` is empty where the certificate is
    ///   valid for the name
    /// @param detail one sentence about the problem, naming the certificate and the date where one
    ///   matters
    /// @param fingerprint the SHA-256 of the leaf in hexadecimal, empty where it cannot be read
    /// @param revocation a word for what is known about revocation: `not-asked`, `good`, `revoked`,
    ///   `not-offered` or `unknown`
    /// @param alpn the application protocol that the origin chose, empty where none
    record Seen(
        Facts.UpstreamCertificate certificate,
        String detail,
        String fingerprint,
        String revocation,
        String alpn,
        List<java.security.cert.X509Certificate> chain)
        implements Look {
      public Seen {
        chain = List.copyOf(chain);
      }
    }

    /// The origin could not be reached, or did not finish a TLS handshake.
    ///
    /// @param reason a word: `refused`, `timeout`, `reset`, `not-tls`, `tls-alert`, `tls-version`,
    ///   `tls-parameters`, `too-large`
    /// @param detail one sentence for a person
    record Unreachable(String reason, String detail) implements Look {}
  }
}

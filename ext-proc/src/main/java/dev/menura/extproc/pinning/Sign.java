package dev.menura.extproc.pinning;

import java.time.Duration;
import java.util.Optional;

/// How a client showed that it does not want the certificate that it was shown.
public enum Sign {
  /// The alert `unknown_ca` (RFC 8446 6.2): OpenSSL, curl.
  UNKNOWN_CA("unknown-ca", true),
  /// The alert `bad_certificate`: Go.
  BAD_CERTIFICATE("bad-certificate", true),
  /// The alert `certificate_unknown`: Chromium, Java.
  CERTIFICATE_UNKNOWN("certificate-unknown", true),
  /// An alert that could not be read. Before its own Finished, OpenSSL as a client of TLS 1.3 sends
  /// alerts in clear text, where a server expects an encrypted record.
  UNREADABLE_ALERT("unreadable-alert", true),
  /// The connection was closed or reset after the certificate and before the handshake's end.
  CLOSED("closed", true),
  /// The handshake was finished, and the connection closed at once, without a byte of a request:
  /// programs that look at the certificate afterwards. Browsers that open connections in advance do
  /// it too, so that this alone exempts no host.
  CLOSED_UNUSED("closed-unused", false);

  /// A connection that is closed unused later than this was one in reserve.
  static final Duration UNUSED_MAX = Duration.ofSeconds(1);

  private final String word;
  private final boolean decisive;

  Sign(String word, boolean decisive) {
    this.word = word;
    this.decisive = decisive;
  }

  /// The word in events.
  public String word() {
    return word;
  }

  /// Whether it counts towards an exemption, and not only towards a proposal.
  boolean decisive() {
    return decisive;
  }

  /// How a TLS connection ended on which nothing of a request came.
  ///
  /// @param failure what Envoy reports of the handshake's failure, in the words of BoringSSL; empty
  ///   where the client just closed
  /// @param handshake how long the handshake took, empty where it was not finished
  /// @param duration how long the connection lasted
  record End(String failure, Optional<Duration> handshake, Duration duration) {
    /// The sign that it is, if it is one. Of a handshake that failed otherwise, as over versions,
    /// the certificate is not the reason.
    Optional<Sign> sign() {
      boolean silent = failure.isEmpty() || failure.contains("Connection_reset_by_peer");
      if (handshake.isPresent()) {
        return silent && duration.minus(handshake.get()).compareTo(UNUSED_MAX) <= 0
            ? Optional.of(CLOSED_UNUSED)
            : Optional.empty();
      }
      if (silent) {
        return Optional.of(CLOSED);
      }
      if (failure.contains("ALERT_UNKNOWN_CA")) {
        return Optional.of(UNKNOWN_CA);
      }
      if (failure.contains("ALERT_BAD_CERTIFICATE:")) {
        return Optional.of(BAD_CERTIFICATE);
      }
      if (failure.contains("ALERT_CERTIFICATE_UNKNOWN")) {
        return Optional.of(CERTIFICATE_UNKNOWN);
      }
      return failure.contains("DECRYPTION_FAILED_OR_BAD_RECORD_MAC")
          ? Optional.of(UNREADABLE_ALERT)
          : Optional.empty();
    }
  }
}

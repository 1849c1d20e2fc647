package dev.menura.certificates.upstream;

import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.KeyKind;
import java.security.cert.X509Certificate;
import java.util.List;

/// What was seen at an origin.
public sealed interface Look {
  /// The origin presented a certificate.
  ///
  /// @param chain as the origin sent it, leaf first, up to the first certificate that cannot be
  ///   read; empty only where the verdict names a problem
  /// @param tlsVersion as `TLSv1.3`
  /// @param alpn the application protocol that the origin chose, empty where none
  /// @param verdict whether the chain is valid for the name that was asked for
  /// @param request whether the origin asked for a client certificate
  record Seen(
      List<X509Certificate> chain, String tlsVersion, String alpn, Verdict verdict, Request request)
      implements Look {
    /// Of an origin that asked for no client certificate.
    public Seen(List<X509Certificate> chain, String tlsVersion, String alpn, Verdict verdict) {
      this(chain, tlsVersion, alpn, verdict, Request.NONE);
    }

    public Seen {
      chain = List.copyOf(chain);
      if (chain.isEmpty() && verdict.isValid()) {
        throw new IllegalArgumentException("a valid chain holds at least the leaf");
      }
    }

    /// @throws java.util.NoSuchElementException where not even the leaf could be read
    public X509Certificate leaf() {
      return chain.getFirst();
    }

    /// The SHA-256 of the leaf in hexadecimal; this and what follows is empty where the leaf cannot
    /// be read.
    public String fingerprint() {
      return chain.isEmpty() ? "" : Fingerprint.of(leaf());
    }

    /// The subject's distinguished name (RFC 4514).
    public String subject() {
      return chain.isEmpty() ? "" : leaf().getSubjectX500Principal().getName();
    }

    /// The issuer's distinguished name (RFC 4514).
    public String issuer() {
      return chain.isEmpty() ? "" : leaf().getIssuerX500Principal().getName();
    }

    /// The public key's kind and size, as `P-256`.
    public String key() {
      return chain.isEmpty() ? "" : KeyKind.describe(leaf().getPublicKey());
    }
  }

  /// Whether a server asks its clients for a certificate (RFC 8446 4.3.2, RFC 5246 7.4.4). It does
  /// not say whether it serves those who have none.
  enum Request {
    NONE,
    ASKED
  }

  /// The origin could not be reached, or did not finish a TLS handshake.
  ///
  /// @param detail one sentence for a person
  record Unreachable(Reason reason, String detail) implements Look {}

  /// Why an origin could not be looked at.
  enum Reason {
    /// Nothing listens there, or no route leads there.
    REFUSED("refused"),
    /// It did not answer in time.
    TIMEOUT("timeout"),
    /// It closed the connection.
    RESET("reset"),
    /// What it sent is not TLS.
    NOT_TLS("not-tls"),
    /// One side refused to go on with the handshake.
    TLS_ALERT("tls-alert"),
    /// It speaks no version of TLS that is accepted.
    TLS_VERSION("tls-version"),
    /// It asks for a suite, a key exchange or a feature of TLS that is not accepted.
    TLS_PARAMETERS("tls-parameters"),
    /// It sent more than a handshake may take.
    TOO_LARGE("too-large");

    private final String word;

    Reason(String word) {
      this.word = word;
    }

    /// The word that policies and events use.
    public String word() {
      return word;
    }
  }
}

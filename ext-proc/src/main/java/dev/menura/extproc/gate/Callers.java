package dev.menura.extproc.gate;

import dev.menura.policy.Facts;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// Finds out who is asking. May block for a bounded time.
public interface Callers {
  /// Nobody is asked, and nobody is known.
  Callers ANYBODY = (_, clientIp) -> new Answer.Known(Facts.Client.at(clientIp));

  Answer of(Credentials credentials, String clientIp);

  /// The same of a client that knows of no proxy, and so can neither be asked nor answer: by its
  /// address alone.
  default Answer unasked(String clientIp) {
    return switch (of(Credentials.NONE, clientIp)) {
      case Answer.Known known -> known;
      case Answer.Unknown(Reason reason, var _) -> new Answer.Unknown(reason, List.of());
    };
  }

  /// What was found out.
  sealed interface Answer {
    /// The client goes on. Where nothing is required, that may be one of which nothing is known.
    ///
    /// @param certificate the client's certificate where that is what says who it is
    record Known(Facts.Client client, Optional<X509Certificate> certificate) implements Answer {
      /// A client of whom no certificate tells.
      public Known(Facts.Client client) {
        this(client, Optional.empty());
      }
    }

    /// The client does not go on.
    ///
    /// @param challenges the values of `proxy-authenticate` (RFC 9110 11.7.1), empty where the
    ///   client cannot be asked
    record Unknown(Reason reason, List<String> challenges) implements Answer {
      public Unknown {
        challenges = List.copyOf(challenges);
      }
    }
  }

  /// Why a client does not go on.
  enum Reason {
    MISSING("credentials-missing", 407, "This proxy wants to know who is asking."),
    MALFORMED("credentials-malformed", 407, "The credentials cannot be read."),
    WRONG("credentials-wrong", 407, "The credentials are not right."),
    EXPIRED("credentials-expired", 407, "The credentials have expired."),
    TOO_MANY("too-many-failures", 429, "Too many wrong credentials came from this address."),
    BUSY("identity-busy", 503, "Too many clients are being identified at once. Try again."),
    NO_KEYS("identity-keys-unavailable", 503, "The issuer's keys cannot be had just now.");

    private final String word;
    private final int status;
    private final String detail;

    Reason(String word, int status, String detail) {
      this.word = word;
      this.status = status;
      this.detail = detail;
    }

    public String word() {
      return word;
    }

    int status() {
      return status;
    }

    String detail() {
      return detail;
    }
  }
}

package dev.menura.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What can be wrong with the certificate of an origin: the words of `upstream.certificate.problem`
/// and of `allow: {problems: [...]}`. Where several things are wrong the gravest is named.
public enum CertificateProblem {
  MALFORMED("malformed"),
  OWN_CA("own-ca"),
  KNOWN_INTERCEPTION("known-interception"),
  SELF_SIGNED("self-signed"),
  INCOMPLETE_CHAIN("incomplete-chain"),
  UNTRUSTED_ROOT("untrusted-root"),
  UNTRUSTED("untrusted"),
  REVOKED("revoked"),
  WRONG_HOST("wrong-host"),
  NOT_IN_FORM("not-in-form"),
  WEAK_KEY("weak-key"),
  WEAK_SIGNATURE("weak-signature"),
  NOT_YET_VALID("not-yet-valid"),
  EXPIRED("expired"),
  REVOCATION_UNKNOWN("revocation-unknown");

  private static final Map<String, CertificateProblem> BY_WORD =
      Arrays.stream(values())
          .collect(Collectors.toMap(CertificateProblem::word, Function.identity()));

  private final String word;

  CertificateProblem(String word) {
    this.word = word;
  }

  /// The problem of this word.
  public static Optional<CertificateProblem> of(String word) {
    return Optional.ofNullable(BY_WORD.get(word));
  }

  /// All words, the gravest problem's first.
  public static List<String> words() {
    return Arrays.stream(values()).map(CertificateProblem::word).toList();
  }

  /// Whether a rule can let the problem through, or let the client judge of it. There is nothing to
  /// show of a certificate that cannot be read, and our own authority has no business at an origin.
  public boolean excusable() {
    return this != MALFORMED && this != OWN_CA;
  }

  public String word() {
    return word;
  }
}

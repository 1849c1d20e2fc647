package dev.menura.certificates.upstream;

import dev.menura.certificates.path.Flaw;

/// What can be wrong with an origin's certificate chain, the gravest first. Where several things
/// are wrong the gravest is named, so that `expired` means that nothing else is.
public enum Problem {
  /// The certificate cannot be read, or carries names that no certificate may carry.
  MALFORMED("malformed"),
  /// It was issued by the gateway's own authority.
  OWN_CA("own-ca"),
  /// It comes from an authority that is known for interception.
  KNOWN_INTERCEPTION("known-interception"),
  /// No authority vouches for it.
  SELF_SIGNED("self-signed"),
  /// A certificate between it and a trusted root was not sent.
  INCOMPLETE_CHAIN("incomplete-chain"),
  /// Its chain ends at a root that is not trusted.
  UNTRUSTED_ROOT("untrusted-root"),
  /// The chain breaks a rule of RFC 5280 that has no word of its own here.
  UNTRUSTED("untrusted"),
  /// Its issuer took it back.
  REVOKED("revoked"),
  /// It is not for the name that was asked for.
  WRONG_HOST("wrong-host"),
  /// A rule about the form of certificates is broken.
  NOT_IN_FORM("not-in-form"),
  WEAK_KEY("weak-key"),
  WEAK_SIGNATURE("weak-signature"),
  NOT_YET_VALID("not-yet-valid"),
  EXPIRED("expired"),
  /// Whether it was revoked could not be learnt, and the operator wants to know.
  REVOCATION_UNKNOWN("revocation-unknown"),
  /// The certificate is valid.
  NONE("");

  private final String word;

  Problem(String word) {
    this.word = word;
  }

  /// What a broken rule is called.
  static Problem of(Flaw flaw) {
    return switch (flaw) {
      case MALFORMED -> MALFORMED;
      case COSTLY, NOT_ALLOWED, UNKNOWN_CRITICAL, NAME_NOT_PERMITTED -> UNTRUSTED;
      case FORM -> NOT_IN_FORM;
      case WEAK_KEY -> WEAK_KEY;
      case WEAK_SIGNATURE -> WEAK_SIGNATURE;
      case NOT_YET_VALID -> NOT_YET_VALID;
      case EXPIRED -> EXPIRED;
    };
  }

  /// The word that policies and events use; empty where nothing is wrong.
  public String word() {
    return word;
  }
}

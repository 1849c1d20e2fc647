package dev.menura.certificates.upstream;

/// What can be wrong with an origin's certificate chain, the gravest first. Where several things
/// are wrong the gravest is named, so that `expired` means that nothing else is.
public enum Problem {
  /// The certificate cannot be read, or carries names that no certificate may carry.
  MALFORMED("malformed"),
  /// It was issued by the gateway's own authority.
  OWN_CA("own-ca"),
  /// No authority vouches for it.
  SELF_SIGNED("self-signed"),
  /// A certificate between it and a trusted root was not sent.
  INCOMPLETE_CHAIN("incomplete-chain"),
  /// Its chain ends at a root that is not trusted.
  UNTRUSTED_ROOT("untrusted-root"),
  /// The chain breaks a rule of RFC 5280 that has no word of its own here.
  UNTRUSTED("untrusted"),
  /// It is not for the name that was asked for.
  WRONG_HOST("wrong-host"),
  WEAK_KEY("weak-key"),
  WEAK_SIGNATURE("weak-signature"),
  NOT_YET_VALID("not-yet-valid"),
  EXPIRED("expired"),
  /// The certificate is valid.
  NONE("");

  private final String word;

  Problem(String word) {
    this.word = word;
  }

  /// The word that policies and events use; empty where nothing is wrong.
  public String word() {
    return word;
  }
}

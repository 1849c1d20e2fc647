package dev.menura.certificates.upstream;

import dev.menura.certificates.path.Flaw;

/// What can be wrong with an origin's certificate chain, the gravest first. Where several things
/// are wrong the gravest is named, so that `expired` means that nothing else is.
public enum Problem {
  /// The certificate cannot be read, or carries names that no certificate may carry.
  MALFORMED("malformed", "a certificate cannot be read, or holds what none may hold"),
  /// It was issued by the gateway's own authority.
  OWN_CA("own-ca", "it comes from the gateway's own authority"),
  /// It comes from an authority that is known for interception.
  KNOWN_INTERCEPTION(
      "known-interception",
      "it comes from an authority that is known for interception, or no longer deserves trust"),
  /// No authority vouches for it.
  SELF_SIGNED("self-signed", "no authority vouches for it"),
  /// A certificate between it and a trusted root was not sent.
  INCOMPLETE_CHAIN(
      "incomplete-chain",
      "a certificate between it and a trusted root was not sent, nor could it be fetched"),
  /// Its chain ends at a root that is not trusted.
  UNTRUSTED_ROOT("untrusted-root", "its chain ends at a root that is not trusted"),
  /// The chain breaks a rule of RFC 5280 that has no word of its own here.
  UNTRUSTED(
      "untrusted",
      "the chain breaks a rule that has no word of its own: who may issue what, and to whom"),
  /// Its issuer took it back.
  REVOKED("revoked", "its issuer took it back"),
  /// It is not for the name that was asked for.
  WRONG_HOST("wrong-host", "it is not for the name that was asked for"),
  /// A rule about the form of certificates is broken.
  NOT_IN_FORM("not-in-form", "it breaks a rule about the form of certificates"),
  WEAK_KEY("weak-key", "a key on its chain can be broken"),
  WEAK_SIGNATURE("weak-signature", "a signature on its chain can be forged"),
  NOT_YET_VALID("not-yet-valid", "a certificate on its chain is not valid yet"),
  EXPIRED("expired", "a certificate on its chain has expired; nothing else is wrong"),
  /// Whether it was revoked could not be learnt, and the operator wants to know.
  REVOCATION_UNKNOWN(
      "revocation-unknown", "whether it was revoked could not be learnt, and must be"),
  /// The certificate is valid.
  NONE("", "");

  private final String word;
  private final String meaning;

  Problem(String word, String meaning) {
    this.word = word;
    this.meaning = meaning;
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

  /// What the word means, for references.
  public String meaning() {
    return meaning;
  }
}

package dev.menura.certificates.upstream;

/// What is known about the revocation of a chain's certificates.
public enum Revocation {
  /// Nobody asked: the operator does not want it, or the chain has another problem.
  NOT_ASKED("not-asked"),
  /// The issuer says that the leaf is good.
  GOOD("good"),
  /// The issuer says that a certificate was taken back.
  REVOKED("revoked"),
  /// The issuer offers no way to ask.
  NOT_OFFERED("not-offered"),
  /// The issuer could not be asked, or its answer does not hold.
  UNKNOWN("unknown");

  private final String word;

  Revocation(String word) {
    this.word = word;
  }

  /// The word that events use.
  public String word() {
    return word;
  }
}

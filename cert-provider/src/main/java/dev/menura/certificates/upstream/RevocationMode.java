package dev.menura.certificates.upstream;

/// What is done where nothing can be learnt about revocation. A certificate that is known to be
/// revoked is refused in every mode but [#OFF].
public enum RevocationMode {
  /// It is accepted, and the verdict says so.
  SOFT("soft"),
  /// It is refused.
  HARD("hard"),
  /// Nobody asks.
  OFF("off");

  private final String word;

  RevocationMode(String word) {
    this.word = word;
  }

  /// The word that the `Gateway` document uses.
  public String word() {
    return word;
  }
}

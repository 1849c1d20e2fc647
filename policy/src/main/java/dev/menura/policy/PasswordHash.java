package dev.menura.policy;

/// What a password file holds of one password. Its text is never printed.
///
/// @param kind how it was made
/// @param text the hash in its usual form, with its salt and its cost
public record PasswordHash(Kind kind, String text) {
  /// The functions that are slow enough for passwords.
  public enum Kind {
    BCRYPT,
    /// Argon2 in all its variants (RFC 9106).
    ARGON2
  }

  @Override
  public String toString() {
    return "PasswordHash[" + kind + "]";
  }
}

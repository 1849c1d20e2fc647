package dev.menura.certificates.authority;

/// The authority's files cannot be used as they are. The message is for the operator: what was
/// expected, what was found, where, and the command that mends it.
public final class AuthorityException extends Exception {
  public AuthorityException(String message) {
    super(message);
  }

  public AuthorityException(String message, Throwable cause) {
    super(message, cause);
  }
}

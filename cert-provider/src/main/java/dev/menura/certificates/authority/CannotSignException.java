package dev.menura.certificates.authority;

/// The authority's key does not sign now, or not this. Only new leaves are the worse for it.
public final class CannotSignException extends IllegalStateException {
  public CannotSignException(String message) {
    super(message);
  }

  public CannotSignException(String message, Throwable cause) {
    super(message, cause);
  }
}

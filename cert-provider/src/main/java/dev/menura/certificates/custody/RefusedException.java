package dev.menura.certificates.custody;

/// A leaf that must not be signed was asked for.
final class RefusedException extends RuntimeException {
  RefusedException(String message) {
    super(message);
  }
}

package dev.menura.certificates.path;

/// Bytes that are no certificate. The message is safe to show: it holds nothing of the bytes.
public final class MalformedException extends Exception {
  public MalformedException(String message) {
    super(message);
  }

  public MalformedException(String message, Throwable cause) {
    super(message, cause);
  }
}

package dev.menura.sidecar.data;

/// The data directory cannot be used. The message says why, and what to do about it.
public final class DataDirectoryException extends Exception {
  private static final long serialVersionUID = 1;

  DataDirectoryException(String message) {
    super(message);
  }

  DataDirectoryException(String message, Throwable cause) {
    super(message, cause);
  }
}

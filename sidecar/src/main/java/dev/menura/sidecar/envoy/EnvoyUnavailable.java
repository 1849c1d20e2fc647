package dev.menura.sidecar.envoy;

/// There is no Envoy that can be used. The message says why, and what to do about it.
public final class EnvoyUnavailable extends Exception {
  private static final long serialVersionUID = 1;

  EnvoyUnavailable(String message) {
    super(message);
  }

  EnvoyUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}

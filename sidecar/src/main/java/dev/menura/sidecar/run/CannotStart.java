package dev.menura.sidecar.run;

/// Something that an operator has to mend before the gateway can start. The message says what, and
/// how.
public final class CannotStart extends Exception {
  private static final long serialVersionUID = 1;

  public CannotStart(String message) {
    super(message);
  }
}

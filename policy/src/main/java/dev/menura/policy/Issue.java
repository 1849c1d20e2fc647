package dev.menura.policy;

import java.util.Optional;

/// One thing that is wrong with a policy, or likely to be a mistake.
///
/// @param message one sentence without a full stop: what was expected, then what was found
/// @param hint a second sentence that helps to mend it
/// @param sourceLine the line that `place` is in, empty where there is none to show
public record Issue(
    Severity severity, Place place, String message, Optional<String> hint, String sourceLine) {
  /// How bad it is.
  public enum Severity {
    /// The policy is not loaded.
    ERROR,
    /// The policy is loaded.
    WARNING
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }
}

package dev.menura.sidecar.doctor;

/// The outcome of one check.
///
/// @param check what was looked at
/// @param state how it is
/// @param seen what was found
/// @param mend the command that mends it, empty where nothing needs mending
public record Finding(String check, State state, String seen, String mend) {
  /// How a check came out.
  public enum State {
    GOOD,
    /// Something works without it, as the project's own tests.
    OPTIONAL,
    /// Menura does not work like this.
    BAD
  }

  static Finding good(String check, String seen) {
    return new Finding(check, State.GOOD, seen, "");
  }

  static Finding optional(String check, String seen, String mend) {
    return new Finding(check, State.OPTIONAL, seen, mend);
  }

  static Finding bad(String check, String seen, String mend) {
    return new Finding(check, State.BAD, seen, mend);
  }
}

package dev.menura.bench.compare;

/// Something could not be measured.
final class BenchFailure extends Exception {
  private final String reason;

  /// @param reason why, in words for a person
  BenchFailure(String reason) {
    super(reason);
    this.reason = reason;
  }

  BenchFailure(String reason, Throwable cause) {
    super(reason, cause);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}

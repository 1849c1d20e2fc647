package dev.menura.certificates.authority;

import java.time.Duration;
import java.util.Optional;

/// What a rule of the policy wants otherwise in the mimic of one connection.
///
/// @param validFor how long it is valid at most; never beyond the original, the authority and
///   [MintLimits#validity]
public record Adaptation(Optional<Duration> validFor) {
  public static final Adaptation NONE = new Adaptation(Optional.empty());

  /// @throws IllegalArgumentException where the time is not positive
  public Adaptation {
    if (validFor.filter(time -> !time.isPositive()).isPresent()) {
      throw new IllegalArgumentException("expected a time above zero");
    }
  }

  public static Adaptation validFor(Duration time) {
    return new Adaptation(Optional.of(time));
  }

  Duration validity(Duration limit) {
    return validFor.filter(time -> time.compareTo(limit) < 0).orElse(limit);
  }
}

package dev.menura.policy;

import java.util.List;

/// One rule of the ordered list, as far as those who carry out its verdict need to know it.
///
/// @param name unique in the policy
/// @param then what happens where the condition is true: at most one deciding action, any number of
///   others
/// @param mode whether the rule acts or only records what it would have done
/// @param hold how much of a message waits while this rule is undecided
/// @param onLimit what happens where a limit ends the inspection that this rule waits for
public record Rule(String name, List<Action> then, Mode mode, Hold hold, OnLimit onLimit) {
  public Rule {
    then = List.copyOf(then);
  }

  public enum Mode {
    ENFORCE,
    OBSERVE
  }

  public enum OnLimit {
    BLOCK,
    ALLOW
  }

  /// How a message waits while a rule is undecided.
  public sealed interface Hold {
    /// Held whole up to this many bytes, then it flows through the detectors' window.
    record UpTo(long bytes) implements Hold {}

    /// Held whole until the verdict; past `limits.held-bytes` the rule's `on-limit` decides.
    record All() implements Hold {}

    /// Flows through the detectors' window from the first byte.
    record Window() implements Hold {}
  }
}

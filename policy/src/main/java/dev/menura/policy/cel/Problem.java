package dev.menura.policy.cel;

import java.util.Optional;

/// Something that is wrong with an expression.
///
/// @param offset the index of the character at fault, in code points
public record Problem(int offset, String message, Optional<String> hint) {
  static Problem of(int offset, String message) {
    return new Problem(offset, message, Optional.empty());
  }
}

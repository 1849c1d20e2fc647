package dev.menura.policy.cel;

import dev.menura.policy.Phase;
import java.util.Set;

/// What a condition comes to with what is known.
public sealed interface Truth {
  record True() implements Truth {}

  record False() implements Truth {}

  /// Not yet to be told.
  ///
  /// @param lacks the phases that the condition still looks at, never empty
  record Unknown(Set<Phase> lacks) implements Truth {
    public Unknown {
      lacks = Set.copyOf(lacks);
    }
  }

  /// The expression has no value for these facts.
  ///
  /// @param reason what went wrong, without anything that a peer sent
  record Failed(String reason) implements Truth {}
}

package dev.menura.policy.cel;

import dev.menura.policy.Facts;
import dev.menura.policy.Phase;
import java.util.Optional;

/// A number of findings in a body, or a comparison of it with a fixed number.
///
/// A count only grows while a body goes on. So a comparison can be known before the body's end:
/// that three were found is true from the third on, that none was found is false from the first on.
sealed interface Count {
  Phase body();

  String kind();

  /// The value, where it is known and can no longer change.
  Optional<Object> value(Facts facts);

  /// The count itself, known at the end of the body.
  record Exact(Phase body, String kind) implements Count {
    @Override
    public Optional<Object> value(Facts facts) {
      return of(facts, body).filter(Facts.Body::complete).map(found -> found.count(kind));
    }
  }

  /// Whether the count fits a comparison with a fixed number.
  record Compared(Phase body, String kind, Operator operator, long number) implements Count {
    @Override
    public Optional<Object> value(Facts facts) {
      Optional<Facts.Body> found = of(facts, body);
      long count = found.map(known -> known.count(kind)).orElse(0L);
      if (found.map(Facts.Body::complete).orElse(false)) {
        return Optional.of(operator.holds(count, number));
      }
      return operator.settled(count, number)
          ? Optional.of(operator.holds(count, number))
          : Optional.empty();
    }
  }

  private static Optional<Facts.Body> of(Facts facts, Phase body) {
    return body == Phase.REQUEST_BODY ? facts.requestBody() : facts.responseBody();
  }

  /// A comparison, with the count on its left.
  enum Operator {
    AT_LEAST,
    MORE,
    AT_MOST,
    LESS,
    EQUAL,
    NOT_EQUAL;

    boolean holds(long count, long number) {
      return switch (this) {
        case AT_LEAST -> count >= number;
        case MORE -> count > number;
        case AT_MOST -> count <= number;
        case LESS -> count < number;
        case EQUAL -> count == number;
        case NOT_EQUAL -> count != number;
      };
    }

    /// Whether the answer stays the same for every larger count.
    boolean settled(long count, long number) {
      return switch (this) {
        case AT_LEAST, LESS -> count >= number;
        case MORE, AT_MOST, EQUAL, NOT_EQUAL -> count > number;
      };
    }

    /// The same comparison with its sides exchanged.
    Operator mirrored() {
      return switch (this) {
        case AT_LEAST -> AT_MOST;
        case MORE -> LESS;
        case AT_MOST -> AT_LEAST;
        case LESS -> MORE;
        case EQUAL -> EQUAL;
        case NOT_EQUAL -> NOT_EQUAL;
      };
    }
  }
}

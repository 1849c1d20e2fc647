package dev.menura.policy;

import dev.cel.expr.ParsedExpr;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What can be told of a request by who knows no more than its head and a note on its connection.
/// It is never negated: what cannot be told, or has no value, counts as not true.
public sealed interface Formula {
  enum Constant implements Formula {
    FALSE,
    TRUE
  }

  /// @param parts at least two
  record All(List<Formula> parts) implements Formula {
    public All {
      parts = List.copyOf(parts);
    }
  }

  /// @param parts at least two
  record Any(List<Formula> parts) implements Formula {
    public Any {
      parts = List.copyOf(parts);
    }
  }

  /// Whether the note on the connection holds this word.
  record Noted(String word) implements Formula {}

  /// Whether an expression over `request` is true, as Envoy's attributes name its parts.
  record Holds(ParsedExpr expression) implements Formula {}

  static Formula all(Formula... parts) {
    var left =
        new ArrayList<>(Stream.of(parts).filter(part -> !part.equals(Constant.TRUE)).toList());
    if (left.contains(Constant.FALSE)) {
      return Constant.FALSE;
    }
    return left.isEmpty() ? Constant.TRUE : left.size() == 1 ? left.getFirst() : new All(left);
  }

  static Formula any(Formula... parts) {
    var left =
        new ArrayList<>(Stream.of(parts).filter(part -> !part.equals(Constant.FALSE)).toList());
    if (left.contains(Constant.TRUE)) {
      return Constant.TRUE;
    }
    return left.isEmpty() ? Constant.FALSE : left.size() == 1 ? left.getFirst() : new Any(left);
  }

  /// How many words and expressions it holds.
  default int size() {
    return switch (this) {
      case Constant _ -> 0;
      case Noted _, Holds _ -> 1;
      case All(var parts) -> parts.stream().mapToInt(Formula::size).sum();
      case Any(var parts) -> parts.stream().mapToInt(Formula::size).sum();
    };
  }
}

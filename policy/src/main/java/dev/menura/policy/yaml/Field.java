package dev.menura.policy.yaml;

import java.util.Optional;

/// A key of a mapping.
///
/// @param fallback what holds where the key is missing; empty for a key that must be there and for
///   one that may be left out
/// @param shown the fallback as the reference page and the schema show it
/// @param required whether the key must be there
/// @param doc one sentence about it
public record Field<T>(
    String name, Type<T> type, Optional<T> fallback, String shown, boolean required, String doc) {
  public static <T> Field<T> required(String name, Type<T> type, String doc) {
    return new Field<>(name, type, Optional.empty(), "", true, doc);
  }

  public static <T> Field<T> optional(String name, Type<T> type, String doc) {
    return new Field<>(name, type, Optional.empty(), "", false, doc);
  }

  public static <T> Field<T> withDefault(
      String name, Type<T> type, T fallback, String shown, String doc) {
    return new Field<>(name, type, Optional.of(fallback), shown, false, doc);
  }
}

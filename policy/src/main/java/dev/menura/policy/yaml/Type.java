package dev.menura.policy.yaml;

import java.util.Map;
import java.util.Optional;

/// Reads a value of one kind.
public interface Type<T> {
  /// What the value says, or nothing where it is wrong; what is wrong has then been reported.
  Optional<T> read(YamlValue value, Issues issues);

  /// The kind in words that fit after "expected".
  String expected();

  /// /// The mapping with known keys that such values are, or consist of; nothing for other kinds.
  default Optional<Shape<?>> shape() {
    return Optional.empty();
  }

  /// The kind as a JSON Schema.
  Map<String, Object> schema();
}

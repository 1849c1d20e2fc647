package dev.menura.policy.yaml;

import java.util.Map;
import java.util.Optional;

/// What a mapping said under the keys of its shape.
public final class Found {
  private final YamlValue.Mapping mapping;
  private final Map<Field<?>, Object> values;

  Found(YamlValue.Mapping mapping, Map<Field<?>, Object> values) {
    this.mapping = mapping;
    this.values = values;
  }

  /// The value under a key that must be there or has a default.
  public <T> T get(Field<T> field) {
    return optional(field)
        .or(field::fallback)
        .orElseThrow(() -> new IllegalStateException("no value for " + field.name()));
  }

  /// The value under a key, without its default.
  @SuppressWarnings("unchecked") // put there by the field's own type
  public <T> Optional<T> optional(Field<T> field) {
    return Optional.ofNullable((T) values.get(field));
  }

  public YamlValue.Mapping mapping() {
    return mapping;
  }

  /// Whether the key is there, whatever its value.
  public boolean has(Field<?> field) {
    return mapping.entries().stream().anyMatch(entry -> entry.key().text().equals(field.name()));
  }

  /// The place to name for what is wrong with this key: the key itself where it is there.
  public YamlValue at(Field<?> field) {
    for (YamlValue.Entry entry : mapping.entries()) {
      if (entry.key().text().equals(field.name())) {
        return entry.key();
      }
    }
    return mapping;
  }

  /// The value under this key where it is there, else the mapping.
  public YamlValue value(Field<?> field) {
    for (YamlValue.Entry entry : mapping.entries()) {
      if (entry.key().text().equals(field.name())) {
        return entry.value();
      }
    }
    return mapping;
  }
}

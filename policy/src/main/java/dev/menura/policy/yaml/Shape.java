package dev.menura.policy.yaml;

import dev.menura.policy.text.Json;
import dev.menura.policy.text.Words;
import dev.menura.policy.yaml.YamlValue.Entry;
import dev.menura.policy.yaml.YamlValue.Mapping;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/// The type of a mapping whose keys are known.
public final class Shape<T> implements Type<T> {
  private final List<Field<?>> fields;
  private final BiFunction<Found, Issues, Optional<T>> build;

  private Shape(List<Field<?>> fields, BiFunction<Found, Issues, Optional<T>> build) {
    this.fields = List.copyOf(fields);
    this.build = build;
  }

  /// A mapping that is right where each of its values is.
  public static <T> Shape<T> of(List<Field<?>> fields, Function<Found, T> build) {
    return new Shape<>(fields, (found, issues) -> Optional.of(build.apply(found)));
  }

  /// A mapping with more to check; `build` reports what is wrong and then gives nothing.
  public static <T> Shape<T> checked(
      List<Field<?>> fields, BiFunction<Found, Issues, Optional<T>> build) {
    return new Shape<>(fields, build);
  }

  public List<Field<?>> fields() {
    return fields;
  }

  @Override
  public Optional<T> read(YamlValue value, Issues issues) {
    Mapping mapping;
    switch (value) {
      case Mapping given -> mapping = given;
      case YamlValue.Scalar scalar when scalar.isNothing() ->
          mapping = new Mapping(scalar.file(), scalar.start(), List.of());
      default -> {
        issues.expected(value, expected());
        return Optional.empty();
      }
    }
    Map<Field<?>, Object> values = new HashMap<>();
    boolean complete = true;
    for (Entry entry : mapping.entries()) {
      complete &= readEntry(entry, values, issues);
    }
    for (Field<?> field : fields) {
      boolean there = mapping.entries().stream().anyMatch(e -> e.key().text().equals(field.name()));
      if (field.required() && !there) {
        issues.error(mapping, "expected the key '" + field.name() + "', found none");
        complete = false;
      }
    }
    return complete ? build.apply(new Found(mapping, values), issues) : Optional.empty();
  }

  /// False where a key that must be right is wrong.
  private boolean readEntry(Entry entry, Map<Field<?>, Object> values, Issues issues) {
    String name = entry.key().text();
    for (Field<?> field : fields) {
      if (field.name().equals(name)) {
        Optional<?> read = field.type().read(entry.value(), issues);
        read.ifPresent(value -> values.put(field, value));
        return read.isPresent() || !field.required();
      }
    }
    List<String> names = fields.stream().map(Field::name).toList();
    issues.error(
        entry.key(),
        "expected " + Words.quotedChoice(names) + ", found the unknown key '" + name + "'",
        Words.didYouMean(name, names));
    return true;
  }

  @Override
  public Optional<Shape<?>> shape() {
    return Optional.of(this);
  }

  @Override
  public String expected() {
    return "a mapping with " + Words.quotedAll(fields.stream().map(Field::name).toList());
  }

  @Override
  public Map<String, Object> schema() {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (Field<?> field : fields) {
      Map<String, Object> schema = new LinkedHashMap<>(field.type().schema());
      schema.put("description", shownDoc(field));
      properties.put(field.name(), schema);
    }
    Map<String, Object> schema =
        Json.object("type", "object", "additionalProperties", false, "properties", properties);
    List<String> required = fields.stream().filter(Field::required).map(Field::name).toList();
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    return schema;
  }

  private static String shownDoc(Field<?> field) {
    return field.shown().isEmpty() ? field.doc() : field.doc() + " Default: " + field.shown() + ".";
  }
}

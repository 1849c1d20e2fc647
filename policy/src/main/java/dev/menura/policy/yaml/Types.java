package dev.menura.policy.yaml;

import dev.menura.policy.text.Json;
import dev.menura.policy.text.Words;
import dev.menura.policy.yaml.YamlValue.Scalar;
import dev.menura.policy.yaml.YamlValue.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The types of single values, and of lists and mappings of them.
public final class Types {
  private Types() {}

  /// Text, whatever it says.
  public static Type<String> text(String expected) {
    return scalar(expected, Json.object("type", "string"), Optional::of);
  }

  /// Text in some form; `parse` gives nothing where it has another.
  public static <T> Type<T> text(String expected, Function<String, Optional<T>> parse) {
    return scalar(expected, Json.object("type", "string"), parse);
  }

  /// Text with the scalar that it came from, for types that look at its characters.
  public static Type<Scalar> raw(String expected) {
    return new Type<>() {
      @Override
      public Optional<Scalar> read(YamlValue value, Issues issues) {
        if (value instanceof Scalar scalar && !scalar.isNothing()) {
          return Optional.of(scalar);
        }
        issues.expected(value, expected);
        return Optional.empty();
      }

      @Override
      public String expected() {
        return expected;
      }

      @Override
      public Map<String, Object> schema() {
        return Json.object("type", "string");
      }
    };
  }

  public static Type<Boolean> flag() {
    return new Plain<>(
        "true or false",
        Json.object("type", "boolean"),
        scalar ->
            switch (scalar.quoted() ? "" : scalar.text()) {
              case "true" -> Optional.of(true);
              case "false" -> Optional.of(false);
              default -> Optional.empty();
            });
  }

  /// One of some words, shown in the order of the map.

  public static <T> Type<T> choice(Map<String, T> choices) {
    return new Choice<>(new LinkedHashMap<>(choices), List.copyOf(choices.keySet()));
  }

  /// One of two words.

  public static <T> Type<T> choice(String first, T one, String second, T other) {
    Map<String, T> choices = new LinkedHashMap<>();
    choices.put(first, one);
    choices.put(second, other);
    return choice(choices);
  }

  /// A whole number within bounds.
  public static Type<Integer> whole(int min, int max) {
    String expected = "a whole number from " + min + " to " + max;
    return new Plain<>(
        expected,
        Json.object("type", "integer", "minimum", min, "maximum", max),
        scalar ->
            Quantity.whole(scalar.quoted() ? "" : scalar.text())
                .filter(n -> n >= min && n <= max)
                .map(Math::toIntExact));
  }

  /// A list, without its wrong items.
  public static <T> Type<List<T>> listOf(Type<T> item) {
    return new ListType<>(item, false);
  }

  /// A list, or a single item in place of a list of one. Nothing where any item is wrong.

  public static <T> Type<List<T>> oneOrMore(Type<T> item) {
    return new ListType<>(item, true);
  }

  /// A mapping from names in some form.
  public static <T> Type<Map<String, T>> mapOf(Type<String> key, Type<T> item) {
    return new MapType<>(key, item);
  }

  static <T> Type<T> scalar(
      String expected, Map<String, Object> schema, Function<String, Optional<T>> parse) {
    return new Plain<>(
        expected,
        schema,
        scalar -> scalar.isNothing() ? Optional.empty() : parse.apply(scalar.text()));
  }

  private record Plain<T>(
      String expected, Map<String, Object> schema, Function<Scalar, Optional<T>> parse)
      implements Type<T> {
    @Override
    public Optional<T> read(YamlValue value, Issues issues) {
      Optional<T> read = value instanceof Scalar scalar ? parse.apply(scalar) : Optional.empty();
      if (read.isEmpty()) {
        issues.expected(value, expected);
      }
      return read;
    }
  }

  private record Choice<T>(Map<String, T> choices, List<String> words) implements Type<T> {
    @Override
    public Optional<T> read(YamlValue value, Issues issues) {
      if (!(value instanceof Scalar scalar)) {
        issues.expected(value, expected());
        return Optional.empty();
      }
      Optional<T> read = Optional.ofNullable(choices.get(scalar.text()));
      if (read.isEmpty()) {
        issues.error(
            value,
            "expected " + expected() + ", found " + value.described(),
            Words.didYouMean(scalar.text(), words));
      }
      return read;
    }

    @Override
    public String expected() {
      return Words.quotedChoice(words);
    }

    @Override
    public Map<String, Object> schema() {
      return Json.object("enum", words);
    }
  }

  private record ListType<T>(Type<T> item, boolean orSingle) implements Type<List<T>> {
    @Override
    public Optional<List<T>> read(YamlValue value, Issues issues) {
      if (!(value instanceof Sequence sequence)) {
        if (orSingle) {
          return item.read(value, issues).map(List::of);
        }
        issues.expected(value, expected());
        return Optional.empty();
      }
      List<T> items = new ArrayList<>();
      for (YamlValue each : sequence.items()) {
        item.read(each, issues).ifPresent(items::add);
      }
      boolean whole = items.size() == sequence.items().size();
      return orSingle && !whole ? Optional.empty() : Optional.of(List.copyOf(items));
    }

    @Override
    public String expected() {
      return orSingle ? item.expected() + " or a list of such" : "a list";
    }

    @Override
    public Optional<Shape<?>> shape() {
      return item.shape();
    }

    @Override
    public Map<String, Object> schema() {
      Map<String, Object> list = Json.object("type", "array", "items", item.schema());
      return orSingle ? Json.object("anyOf", List.of(item.schema(), list)) : list;
    }
  }

  private record MapType<T>(Type<String> key, Type<T> item) implements Type<Map<String, T>> {
    @Override
    public Optional<Map<String, T>> read(YamlValue value, Issues issues) {
      if (!(value instanceof YamlValue.Mapping mapping)) {
        issues.expected(value, expected());
        return Optional.empty();
      }
      Map<String, T> items = new LinkedHashMap<>();
      for (YamlValue.Entry entry : mapping.entries()) {
        Optional<String> name = key.read(entry.key(), issues);
        Optional<T> read = item.read(entry.value(), issues);
        if (name.isPresent() && read.isPresent()) {
          items.put(name.get(), read.get());
        }
      }
      return Optional.of(items);
    }

    @Override
    public String expected() {
      return "a mapping";
    }

    @Override
    public Map<String, Object> schema() {
      return Json.object("type", "object", "additionalProperties", item.schema());
    }
  }
}

package dev.menura.policy.load;

import dev.menura.policy.text.Json;
import dev.menura.policy.yaml.Field;
import dev.menura.policy.yaml.Found;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.Shape;
import dev.menura.policy.yaml.Type;
import dev.menura.policy.yaml.Types;
import dev.menura.policy.yaml.YamlValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What every document says: its kind, its name, and under `spec` what its kind says.
///
/// @param named the value that holds the name
/// @param spec empty where the document has none
record Header(
    Kind kind, String name, YamlValue named, Optional<YamlValue> spec, YamlValue document) {
  static final String API_VERSION = "menura.dev/v1";

  /// The kinds of document.
  enum Kind {
    GATEWAY("Gateway"),
    LIST("List"),
    POLICY("Policy");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /// The `spec`, read once the kind is known.
  private static final Type<YamlValue> ANY =
      new Type<>() {
        @Override
        public Optional<YamlValue> read(YamlValue value, Issues issues) {
          return Optional.of(value);
        }

        @Override
        public String expected() {
          return "a mapping";
        }

        @Override
        public Map<String, Object> schema() {
          return Json.object("type", "object");
        }
      };

  private static final Field<String> API =
      Field.required(
          "apiVersion", Types.choice(Map.of(API_VERSION, API_VERSION)), "Always `menura.dev/v1`.");

  private static final Field<Kind> KIND =
      Field.required("kind", Types.choice(kinds()), "What the document is about.");

  private static final Field<String> NAME =
      Field.required("name", Names.name(), "The document's name, unique among those of its kind.");

  private static final Type<Map<String, String>> NOTES =
      Types.mapOf(Types.text("a key"), Types.text("text"));

  private static final Field<Map<String, String>> LABELS =
      Field.withDefault("labels", NOTES, Map.of(), "{}", "For other tools; not looked at.");

  private static final Field<Map<String, String>> ANNOTATIONS =
      Field.withDefault("annotations", NOTES, Map.of(), "{}", "For other tools; not looked at.");

  private static final Field<Found> METADATA =
      Field.required(
          "metadata",
          Shape.of(List.of(NAME, LABELS, ANNOTATIONS), found -> found),
          "The document's name, and notes for other tools.");

  private static final Field<YamlValue> SPEC =
      Field.optional("spec", ANY, "What the document says.");

  static final Shape<Header> SHAPE =
      Shape.of(
          List.of(API, KIND, METADATA, SPEC),
          found -> {
            Found metadata = found.get(METADATA);
            return new Header(
                found.get(KIND),
                metadata.get(NAME),
                metadata.value(NAME),
                found.optional(SPEC),
                found.mapping());
          });

  String described() {
    return kind.text + " '" + name + "'";
  }

  /// The `spec`, or where there is none an empty one.
  YamlValue specOrEmpty() {
    return spec.orElseGet(
        () -> new YamlValue.Mapping(document.file(), document.start(), List.of()));
  }

  private static Map<String, Kind> kinds() {
    Map<String, Kind> kinds = new LinkedHashMap<>();
    for (Kind kind : Kind.values()) {
      kinds.put(kind.text, kind);
    }
    return kinds;
  }
}

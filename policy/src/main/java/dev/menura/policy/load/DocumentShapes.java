package dev.menura.policy.load;

import dev.menura.policy.PolicySource;
import dev.menura.policy.cel.ConditionCompiler;
import dev.menura.policy.text.Json;
import dev.menura.policy.yaml.Shape;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What each kind of document may say, for the JSON Schema and the reference page.
public final class DocumentShapes {
  private static final PolicySource NOTHING =
      new PolicySource() {
        @Override
        public List<String> documents() {
          return List.of();
        }

        @Override
        public byte[] read(String name, int atMost) throws IOException {
          throw new NoSuchFileException(name);
        }
      };

  private DocumentShapes() {}

  /// The JSON Schema (2020-12) of a document, for editors: of the kind that it names.
  public static String jsonSchema() {
    List<Object> kinds = new ArrayList<>();
    for (Header.Kind kind : Header.Kind.values()) {
      kinds.add(
          Json.object(
              "if",
              Json.object("properties", Json.object("kind", Json.object("const", kind.text()))),
              "then",
              Json.object("properties", Json.object("spec", spec(kind).schema()))));
    }
    Map<String, Object> schema =
        Json.object(
            "$schema",
            "https://json-schema.org/draft/2020-12/schema",
            "title",
            "A document of a Menura policy");
    schema.putAll(Header.SHAPE.schema());
    schema.put("allOf", kinds);
    return Json.write(schema);
  }

  /// The keys below `spec` in a document of this kind.
  static Shape<?> spec(Header.Kind kind) {
    Folder folder = new Folder(NOTHING);
    return switch (kind) {
      case GATEWAY -> GatewayShape.shape(folder);
      case LIST -> ListShape.shape("", folder);
      case POLICY -> PolicyShape.shape(new ConditionCompiler(Set.of()));
    };
  }
}

package dev.menura.policy.load;

import dev.menura.policy.Rule.Hold;
import dev.menura.policy.text.Json;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.Quantity;
import dev.menura.policy.yaml.Type;
import dev.menura.policy.yaml.YamlValue;
import dev.menura.policy.yaml.YamlValue.Scalar;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The type of a rule's `hold`: `all`, `window` or a size.
final class HoldType implements Type<Hold> {
  private static final Type<Long> SIZE = Quantity.size(0, 1L << 30);

  @Override
  public Optional<Hold> read(YamlValue value, Issues issues) {
    if (value instanceof Scalar scalar) {
      Optional<Hold> hold =
          switch (scalar.text()) {
            case "all" -> Optional.of(new Hold.All());
            case "window" -> Optional.of(new Hold.Window());
            default -> SIZE.read(scalar, new Issues()).map(Hold.UpTo::new);
          };
      if (hold.isPresent()) {
        return hold;
      }
    }
    issues.expected(value, expected());
    return Optional.empty();
  }

  @Override
  public String expected() {
    return "'all', 'window' or " + SIZE.expected();
  }

  @Override
  public Map<String, Object> schema() {
    return Json.object(
        "anyOf", List.of(Json.object("enum", List.of("all", "window")), SIZE.schema()));
  }
}

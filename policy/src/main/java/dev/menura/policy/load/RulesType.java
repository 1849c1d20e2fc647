package dev.menura.policy.load;

import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.Shape;
import dev.menura.policy.yaml.Type;
import dev.menura.policy.yaml.YamlValue;
import dev.menura.policy.yaml.YamlValue.Entry;
import dev.menura.policy.yaml.YamlValue.Mapping;
import dev.menura.policy.yaml.YamlValue.Scalar;
import dev.menura.policy.yaml.YamlValue.Sequence;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The type of the list of rules: their names are compared first, so that a duplicate is reported
/// whatever else is wrong with the rules.
record RulesType(Type<List<Draft>> rules) implements Type<List<Draft>> {
  @Override
  public Optional<List<Draft>> read(YamlValue value, Issues issues) {
    if (value instanceof Sequence sequence) {
      Map<String, Scalar> seen = new HashMap<>();
      for (YamlValue item : sequence.items()) {
        name(item).ifPresent(name -> compare(name, seen, issues));
      }
    }
    return rules.read(value, issues);
  }

  private static void compare(Scalar name, Map<String, Scalar> seen, Issues issues) {
    Scalar first = seen.putIfAbsent(name.text(), name);
    if (first != null) {
      issues.error(
          name,
          "duplicate rule name '"
              + name.text()
              + "', first used at "
              + first.file().place(first.start()));
    }
  }

  private static Optional<Scalar> name(YamlValue rule) {
    if (rule instanceof Mapping mapping) {
      for (Entry entry : mapping.entries()) {
        if (entry.key().text().equals(RuleShape.NAME.name())
            && entry.value() instanceof Scalar name
            && !name.isNothing()) {
          return Optional.of(name);
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public String expected() {
    return "a list of rules";
  }

  @Override
  public Optional<Shape<?>> shape() {
    return rules.shape();
  }

  @Override
  public Map<String, Object> schema() {
    return rules.schema();
  }
}

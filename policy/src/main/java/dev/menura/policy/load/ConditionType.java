package dev.menura.policy.load;

import dev.menura.policy.cel.Condition;
import dev.menura.policy.cel.ConditionCompiler;
import dev.menura.policy.cel.ConditionCompiler.Result;
import dev.menura.policy.cel.Problem;
import dev.menura.policy.text.Json;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.Type;
import dev.menura.policy.yaml.YamlValue;
import dev.menura.policy.yaml.YamlValue.Scalar;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The type of a rule's condition: a CEL expression. What is wrong with it is placed where it
/// stands in the file.
record ConditionType(ConditionCompiler compiler) implements Type<ConditionType.Placed> {
  /// A condition and the scalar that holds it.
  record Placed(Condition condition, Scalar scalar) {}

  @Override
  public Optional<Placed> read(YamlValue value, Issues issues) {
    if (!(value instanceof Scalar scalar) || scalar.isNothing()) {
      issues.expected(value, expected());
      return Optional.empty();
    }
    return switch (compiler.compile(scalar.text())) {
      case Result.Compiled compiled -> Optional.of(new Placed(compiled.condition(), scalar));
      case Result.Wrong wrong -> {
        for (Problem problem : wrong.problems()) {
          int index = scalar.index(problem.offset());
          issues.error(scalar.file(), index, problem.message(), problem.hint());
        }
        yield Optional.empty();
      }
    };
  }

  @Override
  public String expected() {
    return "a condition (CEL), such as host.name == 'example.com'";
  }

  @Override
  public Map<String, Object> schema() {
    return Json.object("type", List.of("string", "boolean"));
  }
}

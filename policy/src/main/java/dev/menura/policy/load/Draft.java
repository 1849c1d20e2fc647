package dev.menura.policy.load;

import dev.menura.policy.rules.CompiledRule;
import dev.menura.policy.yaml.Found;
import dev.menura.policy.yaml.YamlValue.Scalar;

/// A rule with its places in the file.
///
/// @param when the scalar that holds the condition
/// @param found the mapping that the rule was read from
record Draft(CompiledRule compiled, Scalar when, Found found) {
  String name() {
    return compiled.rule().name();
  }
}

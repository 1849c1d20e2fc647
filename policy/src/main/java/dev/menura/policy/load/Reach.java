package dev.menura.policy.load;

import dev.menura.policy.Action;
import dev.menura.policy.Phase;
import dev.menura.policy.Rule;
import dev.menura.policy.cel.Condition;
import dev.menura.policy.cel.Truth;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.YamlValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Warnings about the order of the rules. It goes through them once and remembers the first of each
/// kind that matters to those behind.
final class Reach {
  private final Issues issues;
  private final Map<String, Draft> deciding = new HashMap<>();
  private @Nullable Draft always;
  private @Nullable Draft decrypting;
  private @Nullable Draft allowingByResponse;

  private Reach(Issues issues) {
    this.issues = issues;
  }

  static void check(List<Draft> rules, Issues issues) {
    Reach reach = new Reach(issues);
    for (Draft rule : rules) {
      reach.check(rule);
      if (decides(rule)) {
        reach.remember(rule);
      }
    }
  }

  private void remember(Draft rule) {
    Condition condition = rule.compiled().condition();
    deciding.putIfAbsent(condition.text().strip(), rule);
    if (always == null && condition.constant() instanceof Truth.True) {
      always = rule;
    }
    if (decrypting == null && decrypts(condition)) {
      decrypting = rule;
    }
    if (allowingByResponse == null
        && rule.compiled().asksResponse()
        && has(rule, Action.Allow.class)) {
      allowingByResponse = rule;
    }
  }

  private void check(Draft rule) {
    Condition condition = rule.compiled().condition();
    if (condition.constant() instanceof Truth.False) {
      issues.warning(rule.when(), "the condition of rule '" + rule.name() + "' is never true");
      return;
    }
    Draft cover = always != null ? always : deciding.get(condition.text().strip());
    if (cover != null) {
      warn(rule, "can never be reached: rule '%s' at %s always decides first", cover);
      return;
    }
    if (decrypting != null && has(rule, Action.Passthrough.class)) {
      warn(
          rule,
          "passes through only what rule '%s' at %s does not have decrypted first",
          decrypting);
    }
    if (allowingByResponse != null
        && decides(rule)
        && has(rule, Action.Block.class)
        && !rule.compiled().asksResponse()) {
      warn(
          rule,
          "blocks the request before rule '%s' at %s, which allows by the response, is asked",
          allowingByResponse);
    }
  }

  private static boolean decides(Draft rule) {
    return rule.compiled().deciding().isPresent()
        && rule.compiled().rule().mode() == Rule.Mode.ENFORCE;
  }

  private static boolean decrypts(Condition condition) {
    return condition.phases().stream()
        .anyMatch(phase -> phase.compareTo(Phase.UPSTREAM_CERTIFICATE) > 0);
  }

  private static boolean has(Draft rule, Class<? extends Action> action) {
    return rule.compiled().rule().then().stream().anyMatch(action::isInstance);
  }

  private void warn(Draft rule, String message, Draft other) {
    YamlValue place = other.found().value(RuleShape.NAME);
    String at = place.file().place(place.start()).toString();
    issues.warning(
        rule.found().value(RuleShape.NAME),
        "rule '" + rule.name() + "' " + String.format(message, other.name(), at));
  }
}

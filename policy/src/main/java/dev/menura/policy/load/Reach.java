package dev.menura.policy.load;

import dev.menura.policy.Action;
import dev.menura.policy.Phase;
import dev.menura.policy.Rule;
import dev.menura.policy.cel.Truth;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.YamlValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Warnings about the order of the rules.
final class Reach {
  private Reach() {}

  static void check(List<Draft> rules, Issues issues) {
    List<Draft> before = new ArrayList<>();
    for (Draft rule : rules) {
      check(rule, before, issues);
      before.add(rule);
    }
  }

  private static void check(Draft rule, List<Draft> before, Issues issues) {
    if (rule.compiled().condition().constant() instanceof Truth.False) {
      issues.warning(rule.when(), "the condition of rule '" + rule.name() + "' is never true");
      return;
    }
    Optional<Draft> cover = before.stream().filter(earlier -> covers(earlier, rule)).findFirst();
    if (cover.isPresent()) {
      warn(rule, "can never be reached: rule '%s' at %s always decides first", cover.get(), issues);
      return;
    }
    if (has(rule, Action.Passthrough.class)) {
      before.stream()
          .filter(Reach::decides)
          .filter(Reach::decrypts)
          .findFirst()
          .ifPresent(earlier ->
              warn(
                  rule,
                  "passes through only what rule '%s' at %s does not have decrypted first",
                  earlier,
                  issues));
    }
    if (!rule.compiled().asksResponse() && has(rule, Action.Block.class) && decides(rule)) {
      before.stream()
          .filter(Reach::decides)
          .filter(earlier -> earlier.compiled().asksResponse())
          .filter(earlier -> has(earlier, Action.Allow.class))
          .findFirst()
          .ifPresent(earlier ->
              warn(
                  rule,
                  "blocks the request before rule '%s' at %s, which allows by the response,"
                      + " is asked",
                  earlier,
                  issues));
    }
  }

  /// Whether an earlier rule decides whenever a later one would.
  private static boolean covers(Draft earlier, Draft later) {
    if (!decides(earlier)) {
      return false;
    }
    boolean same =
        earlier
            .compiled()
            .condition()
            .text()
            .strip()
            .equals(later.compiled().condition().text().strip());
    boolean always = earlier.compiled().condition().constant() instanceof Truth.True;
    return same || always;
  }

  private static boolean decides(Draft rule) {
    return rule.compiled().deciding().isPresent()
        && rule.compiled().rule().mode() == Rule.Mode.ENFORCE;
  }

  private static boolean decrypts(Draft rule) {
    return rule.compiled().condition().phases().stream()
        .anyMatch(phase -> phase.compareTo(Phase.UPSTREAM_CERTIFICATE) > 0);
  }

  private static boolean has(Draft rule, Class<? extends Action> action) {
    return rule.compiled().rule().then().stream().anyMatch(action::isInstance);
  }

  private static void warn(Draft rule, String message, Draft other, Issues issues) {
    YamlValue place = other.found().value(RuleShape.NAME);
    String at = place.file().place(place.start()).toString();
    issues.warning(
        rule.found().value(RuleShape.NAME),
        "rule '" + rule.name() + "' " + String.format(message, other.name(), at));
  }
}

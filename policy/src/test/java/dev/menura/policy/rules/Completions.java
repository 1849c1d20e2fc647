package dev.menura.policy.rules;

import dev.menura.policy.Phase;
import dev.menura.policy.rules.GeneratedExchange.Step;
import dev.menura.policy.rules.GeneratedPolicy.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// All ways in which what is not known yet of an exchange could turn out, for one rule's variables.
final class Completions {
  private final EagerOracle oracle;
  private final Row row;
  private final Step step;
  private final Values world;
  private final List<String> open;

  Completions(EagerOracle oracle, Row row, Values world, Step step) {
    this.oracle = oracle;
    this.row = row;
    this.step = step;
    this.world = world;
    this.open =
        row.when().variables().stream()
            .filter(name -> !GeneratedExchange.known(step, GeneratedExchange.phase(name)))
            .toList();
  }

  /// Whether the condition can come to different values for two completions that differ only in the
  /// facts of this phase.
  boolean dependOn(Phase phase) {
    List<String> others =
        open.stream().filter(name -> GeneratedExchange.phase(name) != phase).toList();
    List<String> own =
        open.stream().filter(name -> GeneratedExchange.phase(name) == phase).toList();
    for (Map<String, Object> outer : assignments(others)) {
      long values =
          assignments(own).stream()
              .map(inner -> oracle.value(row, world.with(outer).with(inner)))
              .distinct()
              .count();
      if (values > 1) {
        return true;
      }
    }
    return false;
  }

  private List<Map<String, Object>> assignments(List<String> names) {
    List<Map<String, Object>> all = List.of(Map.of());
    for (String name : names) {
      List<Map<String, Object>> more = new ArrayList<>();
      for (Map<String, Object> each : all) {
        for (Object value : domain(name)) {
          Map<String, Object> longer = new HashMap<>(each);
          longer.put(name, value);
          more.add(longer);
        }
      }
      all = more;
    }
    return all;
  }

  private List<?> domain(String name) {
    return name.endsWith(".body") ? bodies(name) : GeneratedPolicy.domain(name);
  }

  /// Every body that has at least what was found so far.
  private List<Map<String, Long>> bodies(String name) {
    Map<String, Long> least = step.counts().getOrDefault(name, Map.of());
    List<Map<String, Long>> bodies = new ArrayList<>();
    for (long cards = least.getOrDefault("credit-card", 0L);
        cards <= GeneratedExchange.COUNT_MAX;
        cards++) {
      for (long ibans = least.getOrDefault("iban", 0L);
          ibans <= GeneratedExchange.COUNT_MAX;
          ibans++) {
        bodies.add(Map.of("credit-card", cards, "iban", ibans));
      }
    }
    return bodies;
  }
}

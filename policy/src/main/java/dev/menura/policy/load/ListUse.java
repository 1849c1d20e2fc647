package dev.menura.policy.load;

import dev.menura.policy.cel.Condition;
import dev.menura.policy.cel.Mention;
import dev.menura.policy.cel.Variable;
import dev.menura.policy.lists.HostList;
import dev.menura.policy.text.Words;
import dev.menura.policy.yaml.Issues;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which lists and categories the rules name: an unknown list is an error, an unknown category and
/// a list that no rule can see are warnings.
final class ListUse {
  private static final Set<Variable> BY_NAME =
      EnumSet.of(Variable.HOST_LISTS, Variable.CLIENT_LISTS);
  private static final Set<Variable> BY_CATEGORY =
      EnumSet.of(Variable.HOST_CATEGORY, Variable.HOST_CATEGORIES);

  private ListUse() {}

  static void check(List<Draft> rules, Map<Header, HostList> lists, Issues issues) {
    List<String> names = lists.values().stream().map(HostList::name).toList();
    List<String> categories =
        lists.values().stream().flatMap(list -> list.category().stream()).distinct().toList();
    Set<String> usedNames = used(rules, BY_NAME, names);
    Set<String> usedCategories = used(rules, BY_CATEGORY, categories);
    for (Draft rule : rules) {
      for (Mention mention : rule.compiled().condition().mentions()) {
        mention(rule, mention, names, categories, issues);
      }
    }
    if (issues.hasErrors()) {
      return; // a rule that could not be read may have used them
    }
    lists.forEach((header, list) -> {
      boolean seen =
          usedNames.contains(list.name())
              || list.category().filter(usedCategories::contains).isPresent();
      if (!seen) {
        issues.warning(header.named(), "no rule looks at the list '" + list.name() + "'");
      }
    });
  }

  private static void mention(
      Draft rule, Mention mention, List<String> names, List<String> categories, Issues issues) {
    int index = rule.when().index(mention.offset());
    if (BY_NAME.contains(mention.variable()) && !names.contains(mention.text())) {
      issues.error(
          rule.when().file(),
          index,
          "expected the name of a List document, found '" + mention.text() + "'",
          Words.didYouMean(mention.text(), names));
    } else if (BY_CATEGORY.contains(mention.variable())
        && !mention.text().isEmpty()
        && !categories.contains(mention.text())) {
      issues.warning(
          rule.when().file(),
          index,
          "no List document has the category '" + mention.text() + "'",
          Words.didYouMean(mention.text(), categories));
    }
  }

  /// The names that the rules mention under these variables; all of them where a rule uses such a
  /// variable in another way.
  private static Set<String> used(List<Draft> rules, Set<Variable> variables, List<String> all) {
    Set<String> used = new HashSet<>();
    for (Draft rule : rules) {
      Condition condition = rule.compiled().condition();
      for (Variable variable : variables) {
        List<String> mentioned = new ArrayList<>();
        for (Mention mention : condition.mentions()) {
          if (mention.variable() == variable) {
            mentioned.add(mention.text());
          }
        }
        used.addAll(
            condition.variables().contains(variable) && mentioned.isEmpty() ? all : mentioned);
      }
    }
    return used;
  }
}

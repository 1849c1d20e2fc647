package dev.menura.policy.rules;

import dev.menura.policy.Action;
import dev.menura.policy.Clearance;
import dev.menura.policy.Facts;
import dev.menura.policy.Formula;
import dev.menura.policy.Phase;
import dev.menura.policy.Rule;
import dev.menura.policy.cel.Condition;
import dev.menura.policy.cel.Proof;
import dev.menura.policy.cel.Prover;
import dev.menura.policy.cel.Truth;
import dev.menura.policy.cel.Variable;
import dev.menura.policy.cel.World;
import dev.menura.policy.lists.HostLists;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Compiles the rules into a [Clearance].
///
/// The rules about connections alone are asked by the gate; the others, which look at what a
/// request brings, become a formula. Going through these in their order, a request is cleared where
/// the next one is known to be false, until one that allows is known to be true, or a rule about
/// the connection that allows stands in front of the next one.
final class Clearances implements Clearance {
  /// More rules about requests, or more terms in them, are not compiled.
  static final int RULES_MAX = 64;

  static final int TERMS_MAX = 512;

  private static final Set<Phase> EARLY =
      Set.of(Phase.CONNECT, Phase.HELLO, Phase.UPSTREAM_CERTIFICATE);

  private static final Truth FALSE = new Truth.False();

  /// What Envoy's access log tells of a request.
  private static final Set<Variable> LOGGED =
      Set.of(
          Variable.REQUEST_METHOD,
          Variable.REQUEST_SCHEME,
          Variable.REQUEST_HOST,
          Variable.REQUEST_PATH,
          Variable.REQUEST_URL_PATH,
          Variable.REQUEST_QUERY);

  private final List<CompiledRule> rules;
  private final HostLists lists;
  private final List<Condition> noted;
  private final Formula formula;

  private Clearances(
      List<CompiledRule> rules, HostLists lists, List<Condition> noted, Formula formula) {
    this.rules = rules;
    this.lists = lists;
    this.noted = noted;
    this.formula = formula;
  }

  /// Empty where no request can be cleared, or the formula would be too long.
  static Optional<Clearance> of(List<CompiledRule> rules, HostLists lists, Prover prover) {
    List<CompiledRule> asked = rules.stream().filter(Clearances::isAsked).toList();
    if (asked.isEmpty() || asked.size() > RULES_MAX) {
      return Optional.empty();
    }
    Formula formula = new Formula.Noted(end(asked.size()));
    for (int i = asked.size() - 1; i >= 0; i--) {
      Proof proof = prover.prove(asked.get(i).condition());
      formula =
          Formula.any(
              new Formula.Noted(end(i)),
              allows(asked.get(i)) ? proof.holds() : Formula.Constant.FALSE,
              Formula.all(proof.fails(), formula));
    }
    return formula.equals(Formula.Constant.FALSE) || formula.size() > TERMS_MAX
        ? Optional.empty()
        : Optional.of(new Clearances(rules, lists, prover.noted(), formula));
  }

  @Override
  public Formula formula() {
    return formula;
  }

  @Override
  public Optional<List<String>> words(Facts connection) {
    var world = new World(connection, lists);
    var words = new ArrayList<String>();
    int asked = 0;
    for (CompiledRule rule : rules) {
      if (isAsked(rule)) {
        asked++;
        continue;
      }
      Truth truth = adaptsAlone(rule) ? FALSE : rule.condition().evaluate(world);
      if (truth instanceof Truth.True && allows(rule)) {
        words.add(end(asked));
        break;
      }
      if (!(truth instanceof Truth.False)) {
        return Optional.empty();
      }
    }
    for (int i = 0; i < noted.size(); i++) {
      switch (noted.get(i).evaluate(world)) {
        case Truth.True _ -> words.add(Prover.yes(i));
        case Truth.False _ -> words.add(Prover.no(i));
        case Truth.Unknown _, Truth.Failed _ -> {}
      }
    }
    return Optional.of(List.copyOf(words));
  }

  @Override
  public Optional<String> rule(Facts head) {
    var world = new World(head, lists);
    return rules.stream()
        .filter(Clearances::allows)
        .filter(rule -> rule.condition().evaluate(world) instanceof Truth.True)
        .map(rule -> rule.rule().name())
        .findFirst();
  }

  /// The word of a connection that a rule about connections allows, in front of the asked rule with
  /// this number.
  private static String end(int number) {
    return "!" + number;
  }

  /// Whether a rule looks at what a request or its response brings, and matters when it does.
  private static boolean isAsked(CompiledRule rule) {
    return !EARLY.containsAll(rule.condition().phases()) && !adaptsAlone(rule);
  }

  /// Whether a rule lets a request go, and does and records nothing beside.
  private static boolean allows(CompiledRule rule) {
    boolean plain =
        rule.rule().then().stream()
            .allMatch(action ->
                action instanceof Action.Allow
                    || action instanceof Action.Passthrough
                    || action instanceof Action.AdaptCertificate);
    return plain
        && rule.deciding().isPresent()
        && rule.rule().mode() == Rule.Mode.ENFORCE
        && !rule.asksResponse()
        && (!isAsked(rule) || isLogged(rule));
  }

  /// Whether the access log tells all that a rule looks at.
  private static boolean isLogged(CompiledRule rule) {
    Set<Phase> phases = EnumSet.of(Phase.REQUEST_HEADERS);
    phases.addAll(EARLY);
    return phases.containsAll(rule.condition().phases())
        && rule.condition().variables().stream()
            .allMatch(each -> EARLY.contains(each.phase()) || LOGGED.contains(each));
  }

  /// Whether a rule only adapts the mimic, which has been shown by then.
  private static boolean adaptsAlone(CompiledRule rule) {
    return rule.rule().mode() == Rule.Mode.ENFORCE
        && rule.rule().then().stream().allMatch(Action.AdaptCertificate.class::isInstance);
  }
}

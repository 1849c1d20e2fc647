package dev.menura.policy.load;

import dev.menura.policy.Action;
import dev.menura.policy.CertificateProblem;
import dev.menura.policy.ClientCertificate;
import dev.menura.policy.Gateway;
import dev.menura.policy.Phase;
import dev.menura.policy.cel.Condition;
import dev.menura.policy.cel.Mention;
import dev.menura.policy.cel.Truth;
import dev.menura.policy.cel.Variable;
import dev.menura.policy.rules.CompiledRule.OnError;
import dev.menura.policy.text.Words;
import dev.menura.policy.yaml.Field;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.Quantity;
import dev.menura.policy.yaml.YamlValue;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What must hold for a rule by itself.
final class RuleChecks {
  /// The variables that name hosts.
  private static final List<Variable> HOSTS =
      List.of(
          Variable.HOST_NAME,
          Variable.HOST_CATEGORY,
          Variable.HOST_CATEGORIES,
          Variable.HOST_LISTS);

  private RuleChecks() {}

  static void check(Draft draft, Issues issues) {
    actions(draft, issues);
    untestedHeaders(draft, issues);
    if (draft.compiled().deciding().isEmpty()) {
      for (Field<?> field : List.of(RuleShape.HOLD_FIELD, RuleShape.ON_LIMIT, RuleShape.ON_ERROR)) {
        if (draft.found().optional(field).isPresent()) {
          issues.error(
              draft.found().at(field),
              "expected '"
                  + field.name()
                  + "' only where the rule allows or blocks,"
                  + " found it in one that does not decide");
        }
      }
    }
    if (draft.compiled().condition().constant() instanceof Truth.Failed failed) {
      issues.error(
          draft.when(),
          "expected a condition with a value, found one that always fails: " + failed.reason());
    }
  }

  /// A missing header makes a condition fail, and a failed condition blocks: hardly what was meant.
  private static void untestedHeaders(Draft draft, Issues issues) {
    if (draft.compiled().onError() != OnError.BLOCK
        || draft.compiled().deciding().isEmpty()
        || draft.found().optional(RuleShape.ON_ERROR).isPresent()) {
      return;
    }
    for (Mention header : draft.compiled().condition().untestedHeaders()) {
      issues.warning(
          draft.when().file(),
          draft.when().index(header.offset()),
          "where the header '" + header.text() + "' is missing, this condition fails and blocks",
          Optional.of(
              "write '%s' in %s && …, or state on-error"
                  .formatted(header.text(), header.variable().text())));
    }
  }

  private static void actions(Draft draft, Issues issues) {
    List<Action> actions = draft.compiled().rule().then();
    YamlValue then = draft.found().at(RuleShape.THEN);
    if (actions.isEmpty()) {
      issues.error(then, "expected at least one action, found none");
    }
    if (actions.stream().filter(Action.Deciding.class::isInstance).count() > 1) {
      issues.error(
          then,
          "expected at most one of 'allow', 'passthrough', 'distrust' and 'block', found several");
    }
    Set<Class<?>> seen = new HashSet<>();
    for (Action action : actions) {
      if (action instanceof Action.Accompanying && !seen.add(action.getClass())) {
        issues.error(then, "expected each action once, found one of them twice");
      }
      if (action instanceof Action.Allow allow) {
        problems(draft, allow, issues);
      }
      if (action instanceof Action.AdaptCertificate
          && draft.compiled().deciding().stream().anyMatch(RuleChecks::showsNoMimic)) {
        issues.error(
            then,
            "expected 'certificate' only where the client is shown one in place of the origin's,"
                + " found it beside an action that shows none");
      }
      if (action instanceof Action.PresentClientCertificate
          && draft.compiled().deciding().stream().anyMatch(RuleChecks::showsNoMimic)) {
        issues.error(
            then,
            "expected 'present-client-certificate' only where the gateway itself speaks TLS with the"
                + " origin, found it beside an action that keeps it from that");
      }
      latest(action).ifPresent(phase -> phase(draft, action, phase, issues));
    }
  }

  private static boolean showsNoMimic(Action action) {
    return action instanceof Action.Passthrough || action instanceof Action.Block;
  }

  /// No mimic is valid for longer than the gateway lets any be.
  static void validities(List<Draft> drafts, Gateway gateway, Issues issues) {
    Duration most = gateway.certificates().validity();
    for (Draft draft : drafts) {
      for (Action action : draft.compiled().rule().then()) {
        if (action instanceof Action.AdaptCertificate(Duration validFor)
            && validFor.compareTo(most) > 0) {
          issues.error(
              validFor(draft.found().value(RuleShape.THEN)),
              "expected 'valid-for' to be at most 'certificates.validity' of the gateway, "
                  + Quantity.shownDuration(most)
                  + ", found "
                  + Quantity.shownDuration(validFor));
        }
      }
    }
  }

  /// What is presented to origins is stored, or can be issued.
  static void clientCertificates(
      List<Draft> drafts, Gateway gateway, PolicyLoader.Issuing issuing, Issues issues) {
    List<String> names =
        gateway.upstream().clientCertificates().stream().map(ClientCertificate::name).toList();
    for (Draft draft : drafts) {
      for (Action action : draft.compiled().rule().then()) {
        if (!(action instanceof Action.PresentClientCertificate(Action.Presented what))) {
          continue;
        }
        switch (what) {
          case Action.Presented.Stored(String name) when !names.contains(name) ->
              issues.error(
                  presented(draft, "name"),
                  "expected one of 'upstream.client-certificates' of the gateway, found '"
                      + name
                      + "'",
                  Words.didYouMean(name, names));
          case Action.Presented.Mimic() when issuing == PolicyLoader.Issuing.ELSEWHERE ->
              issues.error(
                  presented(draft, "mimic"),
                  "expected a stored certificate, because a gateway whose authority's key is kept by"
                      + " a certificates process issues none for users, found 'mimic'");
          case Action.Presented.Stored _, Action.Presented.Mimic _ -> {
            // It can be presented.
          }
        }
      }
    }
  }

  private static YamlValue presented(Draft draft, String key) {
    return behind(draft.found().value(RuleShape.THEN), List.of("present-client-certificate", key));
  }

  /// What stands behind 'valid-for', for its place.
  private static YamlValue validFor(YamlValue then) {
    return behind(then, List.of("certificate", "valid-for"));
  }

  /// What stands behind the last of these keys, each below the one before.
  private static YamlValue behind(YamlValue then, List<String> keys) {
    return switch (then) {
      case YamlValue.Sequence list ->
          list.items().stream()
              .map(item -> behind(item, keys))
              .filter(found -> !list.items().contains(found))
              .findFirst()
              .orElse(then);
      case YamlValue.Mapping mapping ->
          mapping.entries().stream()
              .filter(entry -> keys.contains(entry.key().text()))
              .map(entry -> behind(entry.value(), keys))
              .findFirst()
              .orElse(then);
      case YamlValue.Scalar scalar -> scalar;
    };
  }

  /// Problems of certificates are let through for hosts that the rule names, and nowhere else.
  private static void problems(Draft draft, Action.Allow allow, Issues issues) {
    Condition condition = draft.compiled().condition();
    if (!allow.problems().isEmpty() && condition.variables().stream().noneMatch(HOSTS::contains)) {
      issues.error(
          draft.when(),
          "expected a condition that names the hosts, because the rule lets problems of"
              + " certificates through, found none of "
              + Words.quotedAll(HOSTS.stream().map(Variable::text).toList()));
    }
    boolean asksProblem =
        condition.mentions().stream()
            .anyMatch(mention ->
                mention.variable() == Variable.UPSTREAM_CERTIFICATE_PROBLEM
                    && !mention.text().isEmpty());
    if (allow.problems().isEmpty() && asksProblem) {
      issues.warning(
          draft.when().file(),
          draft.when().index(0),
          "'allow' alone lets no certificate with a problem through",
          Optional.of("write allow: {problems: [...]}, or distrust"));
    }
  }

  /// The last phase whose facts the condition of an action may look at.
  private static Optional<Phase> latest(Action action) {
    return switch (action) {
      case Action.Passthrough _,
          Action.Distrust _,
          Action.AdaptCertificate _,
          Action.PresentClientCertificate _ ->
          Optional.of(Phase.UPSTREAM_CERTIFICATE);
      case Action.Allow(Set<CertificateProblem> problems) when !problems.isEmpty() ->
          Optional.of(Phase.UPSTREAM_CERTIFICATE);
      case Action.SetRequestHeaders _ -> Optional.of(Phase.REQUEST_HEADERS);
      case Action.SetResponseHeaders _ -> Optional.of(Phase.RESPONSE_HEADERS);
      case Action.Allow _, Action.Block _, Action.Alert _ -> Optional.empty();
    };
  }

  private static void phase(Draft draft, Action action, Phase latest, Issues issues) {
    Optional<Phase> needed =
        draft.compiled().condition().phases().stream().max(Comparator.naturalOrder());
    if (needed.isPresent() && needed.get().compareTo(latest) > 0) {
      issues.error(
          draft.when(),
          switch (action) {
            case Action.Passthrough _ ->
                "expected a condition that is decided before decryption, because the rule passes"
                    + " through, found one that needs the "
                    + words(needed.get());
            case Action.Distrust _, Action.Allow _, Action.AdaptCertificate _ ->
                "expected a condition that is decided before decryption, because the rule says what"
                    + " certificate the client is shown, found one that needs the "
                    + words(needed.get());
            case Action.PresentClientCertificate _ ->
                "expected a condition that is decided before decryption, because the rule says what"
                    + " certificate the origin is presented, found one that needs the "
                    + words(needed.get());
            case Action.SetRequestHeaders _, Action.SetResponseHeaders _ ->
                "expected a condition that is decided by the "
                    + words(latest)
                    + ", because the rule"
                    + " sets headers of that message, found one that needs the "
                    + words(needed.get());
            case Action.Block _, Action.Alert _ ->
                throw new IllegalStateException("such an action has no last phase");
          });
    }
  }

  private static String words(Phase phase) {
    return phase.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}

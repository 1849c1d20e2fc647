package dev.menura.extproc.exchange;

import dev.menura.policy.Action;
import dev.menura.policy.Limits;
import dev.menura.policy.Phase;
import dev.menura.policy.Policy;
import dev.menura.policy.PolicyException;
import dev.menura.policy.PolicySource;
import dev.menura.policy.Rule;
import dev.menura.policy.load.PolicyLoader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Policies for playbooks.
final class Policies {
  static final Limits LIMITS = new Limits(1000, 500, 10_000, 100);
  static final Action ALLOW = new Action.Allow();
  static final Action BLOCK = new Action.Block(Optional.empty(), Action.Page.INSIDE);
  static final Action ALERT = new Action.Alert();
  static final Rule.Hold HOLD = new Rule.Hold.UpTo(100);

  private static final PolicyLoader LOADER = new PolicyLoader(Set.of("credit-card"));

  private static String lastYaml = "";
  private static @Nullable Policy last;

  private Policies() {}

  static Policy policy(ListPolicy.Entry... entries) {
    return real(List.of(entries), LIMITS);
  }

  /// The policy that these rules come to when an operator writes them down.
  static Policy real(List<ListPolicy.Entry> entries, Limits limits) {
    return loaded(yaml(entries, limits));
  }

  /// Loads a policy, unless it is the one that was loaded last.
  private static synchronized Policy loaded(String yaml) {
    if (!yaml.equals(lastYaml) || last == null) {
      last = load(yaml);
      lastYaml = yaml;
    }
    return last;
  }

  static Policy load(String yaml) {
    PolicySource source =
        new PolicySource() {
          @Override
          public List<String> documents() {
            return List.of("policy.yaml");
          }

          @Override
          public byte[] read(String name, int atMost) {
            return yaml.getBytes(StandardCharsets.UTF_8);
          }
        };
    try {
      return LOADER.load(source).policy();
    } catch (PolicyException e) {
      throw new AssertionError(yaml + e.issues(), e);
    }
  }

  static String yaml(List<ListPolicy.Entry> entries, Limits limits) {
    StringBuilder yaml =
        new StringBuilder(
            """
            apiVersion: menura.dev/v1
            kind: Policy
            metadata: {name: generated}
            spec:
              limits:
                inspected-bytes: %d
                held-bytes: %d
                decompressed-bytes: %d
                decompression-ratio: %d
              rules:
            """
                .formatted(
                    limits.inspectedBytes(),
                    limits.heldBytes(),
                    limits.decompressedBytes(),
                    limits.decompressionRatio()));
    for (ListPolicy.Entry entry : entries) {
      Rule rule = entry.rule();
      yaml.append("    - name: ").append(rule.name()).append('\n');
      yaml.append("      when: \"").append(entry.when().cel()).append("\"\n");
      yaml.append("      then: ").append(rule.then().stream().map(Policies::yaml).toList());
      yaml.append("\n      mode: ").append(rule.mode().name().toLowerCase(Locale.ROOT));
      if (rule.then().stream().anyMatch(Action.Deciding.class::isInstance)) {
        yaml.append("\n      hold: ").append(yaml(rule.hold()));
        yaml.append("\n      on-limit: ").append(rule.onLimit().name().toLowerCase(Locale.ROOT));
      }
      yaml.append('\n');
    }
    return yaml.toString();
  }

  private static String yaml(Action action) {
    return switch (action) {
      case Action.Allow _ -> "allow";
      case Action.Passthrough _ -> "passthrough";
      case Action.Distrust _ -> "distrust";
      case Action.Block(Optional<String> reason, var _) ->
          reason.map(text -> "block: {reason: '" + text + "'}").orElse("block");
      case Action.Alert _ -> "alert";
      case Action.AdaptCertificate(Duration validFor) ->
          "certificate: {valid-for: " + validFor.toMinutes() + "m}";
      case Action.PresentClientCertificate(Action.Presented.Stored(String name)) ->
          "present-client-certificate: {name: " + name + "}";
      case Action.PresentClientCertificate(Action.Presented.Mimic()) ->
          "present-client-certificate: {mimic: true}";
      case Action.SetRequestHeaders(Map<String, String> headers) ->
          "set-request-headers: " + yaml(headers);
      case Action.SetResponseHeaders(Map<String, String> headers) ->
          "set-response-headers: " + yaml(headers);
    };
  }

  private static String yaml(Map<String, String> headers) {
    return headers.entrySet().stream()
        .map(header -> header.getKey() + ": '" + header.getValue() + "'")
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String yaml(Rule.Hold hold) {
    return switch (hold) {
      case Rule.Hold.All() -> "all";
      case Rule.Hold.Window() -> "window";
      case Rule.Hold.UpTo(long bytes) -> Long.toString(bytes);
    };
  }

  static ListPolicy.Entry rule(String name, Condition when, Action... then) {
    return rule(name, HOLD, Rule.OnLimit.BLOCK, when, then);
  }

  static ListPolicy.Entry rule(
      String name, Rule.Hold hold, Rule.OnLimit onLimit, Condition when, Action... then) {
    return new ListPolicy.Entry(
        new Rule(name, List.of(then), Rule.Mode.ENFORCE, hold, onLimit), when);
  }

  static ListPolicy.Entry observe(String name, Condition when, Action... then) {
    return new ListPolicy.Entry(
        new Rule(name, List.of(then), Rule.Mode.OBSERVE, HOLD, Rule.OnLimit.BLOCK), when);
  }

  static ListPolicy.Entry allowAll() {
    return rule("everything-else", new Condition.Always(), ALLOW);
  }

  static Condition cards(int atLeast) {
    return new Condition.Counts(Phase.REQUEST_BODY, "credit-card", atLeast);
  }

  static Condition answeredCards(int atLeast) {
    return new Condition.Counts(Phase.RESPONSE_BODY, "credit-card", atLeast);
  }

  static Action setRequest(String name, String value) {
    return new Action.SetRequestHeaders(Map.of(name, value));
  }

  static Action setResponse(String name, String value) {
    return new Action.SetResponseHeaders(Map.of(name, value));
  }
}

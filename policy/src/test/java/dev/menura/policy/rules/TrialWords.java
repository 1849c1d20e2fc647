package dev.menura.policy.rules;

import dev.menura.policy.Action;
import dev.menura.policy.Decision;
import dev.menura.policy.Outcome;
import dev.menura.policy.Rule;

/// Decisions in the oracle's words.
final class TrialWords {
  private TrialWords() {}

  static String name(Decision decision) {
    return decision.rule().map(Rule::name).orElse("");
  }

  static Decision decided(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Decided decided -> decided.decision();
      case Outcome.Waiting waiting -> throw new AssertionError("still waiting: " + waiting);
    };
  }

  static String forwarded(String action) {
    return action.equals("passthrough") ? "allow" : action;
  }

  static String word(Action action) {
    return switch (action) {
      case Action.Allow _ -> "allow";
      case Action.Block _ -> "block";
      case Action.Passthrough _ -> "passthrough";
      case Action.Distrust _ -> "distrust";
      case Action.Alert _ -> "alert";
      case Action.AdaptCertificate _ -> "certificate";
      case Action.PresentClientCertificate _ -> "client-certificate";
      case Action.SetRequestHeaders _, Action.SetResponseHeaders _ -> "headers";
    };
  }
}

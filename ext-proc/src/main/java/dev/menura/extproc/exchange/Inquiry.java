package dev.menura.extproc.exchange;

import dev.menura.policy.Action;
import dev.menura.policy.Decision;
import dev.menura.policy.Effect;
import dev.menura.policy.Facts;
import dev.menura.policy.Outcome;
import dev.menura.policy.Phase;
import dev.menura.policy.Policy;
import dev.menura.policy.Rule;
import dev.menura.policy.RuleFailure;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is known of an exchange so far, and what the policy says to that.
final class Inquiry {
  /// Stands for the request's decision while there is none: every rule may still come before it.
  private static final Decision UNDECIDED =
      new Decision(Optional.empty(), new Action.Allow(), Optional.empty());

  private final Policy policy;
  private Facts facts;
  private final Set<Part> endless = EnumSet.noneOf(Part.class);
  private @Nullable Rule waiting;
  private @Nullable Decision request;
  private @Nullable Decision response;

  Inquiry(Policy policy, ConnectionContext connection) {
    this.policy = policy;
    this.facts =
        Facts.of(connection.connect())
            .with(connection.hello())
            .with(connection.upstreamCertificate());
  }

  Policy policy() {
    return policy;
  }

  void know(Facts.RequestHead head) {
    facts = facts.with(head);
  }

  void know(Facts.ResponseHead head) {
    facts = facts.with(head);
  }

  void know(Part part, Facts.Body body) {
    facts =
        switch (part) {
          case REQUEST -> facts.withRequestBody(body);
          case RESPONSE -> facts.withResponseBody(body);
        };
  }

  /// This message is a stream without end: what it holds so far is all that [#soFar] goes by.
  void endless(Part part) {
    endless.add(part);
  }

  void decided(Part part, Decision decision) {
    switch (part) {
      case REQUEST -> {
        request = decision;
        if (response != null) {
          // An early response went because no rule could refuse it. Which rule lets it go is known
          // only now.
          response =
              policy.onResponse(facts, decision) instanceof Outcome.Decided(Decision known)
                  ? known
                  : decision;
        }
      }
      case RESPONSE -> response = decision;
    }
  }

  /// The decision that stands for the whole exchange: the response's where there is one. Empty
  /// while the request has none.
  Optional<Decision> decision() {
    return request != null && response != null
        ? Optional.of(response)
        : Optional.ofNullable(request);
  }

  Outcome ask(Part part) {
    return switch (part) {
      case REQUEST -> askRequest();
      case RESPONSE -> request != null ? policy.onResponse(facts, request) : askEarlyResponse();
    };
  }

  /// What the policy says if streams without end ended here.
  Outcome soFar(Part part) {
    Facts known = facts;
    if (endless.contains(Part.REQUEST)) {
      known = known.withRequestBody(SoFar.of(known.requestBody()));
    }
    if (endless.contains(Part.RESPONSE)) {
      known = known.withResponseBody(SoFar.of(known.responseBody()));
    }
    Outcome outcome = request == null ? policy.onRequest(known) : new Outcome.Decided(request);
    return part == Part.RESPONSE && outcome instanceof Outcome.Decided(Decision decision)
        ? policy.onResponse(known, decision)
        : outcome;
  }

  private Outcome askRequest() {
    Outcome outcome = policy.onRequest(facts);
    if (outcome instanceof Outcome.Waiting(Rule rule, var _, var _)) {
      waiting = rule;
    }
    return outcome;
  }

  /// A response that comes while the request still flows. It may go where no rule of the whole list
  /// can refuse it, and is refused where a rule does that stands before the one at which the
  /// request waits. Else what the request's verdict will be decides, and the response waits for it.
  private Outcome askEarlyResponse() {
    Outcome outcome = policy.onResponse(facts, UNDECIDED);
    if (outcome instanceof Outcome.Decided(Decision decision)
        && decision.action() instanceof Action.Block
        && decision.rule().isPresent()
        && !refusedAnyway(decision)) {
      return new Outcome.Waiting(decision.rule().get(), Set.of(Phase.REQUEST_BODY), Set.of());
    }
    return outcome;
  }

  private boolean refusedAnyway(Decision refusal) {
    Decision atLeast =
        new Decision(Optional.ofNullable(waiting), new Action.Allow(), Optional.empty());
    return policy.onResponse(facts, atLeast) instanceof Outcome.Decided(Decision decision)
        && decision.rule().equals(refusal.rule());
  }

  /// Whether what the body of the response holds may yet decide.
  boolean mayRefuseResponseBody() {
    if (request == null) {
      return !policy.kinds(Phase.RESPONSE_BODY).isEmpty();
    }
    return policy.onResponse(facts, request) instanceof Outcome.Waiting waits
        && waitsFor(waits, Phase.RESPONSE_BODY);
  }

  /// Whether anybody wants to see the body of the response, of which nothing is known yet.
  boolean wantsResponseBody() {
    if (request == null) {
      return !policy.kinds(Phase.RESPONSE_BODY).isEmpty();
    }
    return switch (policy.onResponse(facts, request)) {
      case Outcome.Decided(Decision decision) -> watched(Phase.RESPONSE_BODY, decision);
      case Outcome.Waiting waits ->
          waitsFor(waits, Phase.RESPONSE_BODY) || watched(Phase.RESPONSE_BODY, request);
    };
  }

  /// Whether anybody still wants to see this body of a message that this decision lets go.
  boolean wantsBody(Part part, Decision decision) {
    if (watched(part.body(), decision)) {
      return true;
    }
    // A rule about the response may count what the request held.
    return part == Part.REQUEST
        && policy.onResponse(facts, decision) instanceof Outcome.Waiting waits
        && waitsFor(waits, Phase.REQUEST_BODY);
  }

  private boolean waitsFor(Outcome.Waiting waits, Phase phase) {
    return waits.needs().contains(phase) || policy.mayNeed(facts).contains(phase);
  }

  private boolean watched(Phase body, Decision decision) {
    return policy.watching(facts, decision).contains(body);
  }

  List<Effect> effects(Decision decision) {
    return policy.effects(facts, decision);
  }

  List<RuleFailure> failures(Decision decision) {
    return policy.failures(facts, decision);
  }

  Map<String, String> requestHeaders() {
    Map<String, String> set = new LinkedHashMap<>();
    for (Effect effect : effects(request != null ? request : likely())) {
      if (carriedOut(effect) && effect.action() instanceof Action.SetRequestHeaders(var headers)) {
        set.putAll(headers);
      }
    }
    return set;
  }

  Map<String, String> responseHeaders() {
    Map<String, String> set = new LinkedHashMap<>();
    for (Effect effect : effects(decision().orElseGet(this::likely))) {
      if (carriedOut(effect) && effect.action() instanceof Action.SetResponseHeaders(var headers)) {
        set.putAll(headers);
      }
    }
    return set;
  }

  private static boolean carriedOut(Effect effect) {
    return effect.known() && effect.rule().mode() == Rule.Mode.ENFORCE;
  }

  /// What lets the request go if its body holds nothing that a rule counts. A head that leaves
  /// before the verdict leaves with the changes that go with this decision.
  private Decision likely() {
    return policy.onRequest(facts.withRequestBody(Facts.Body.EMPTY))
            instanceof Outcome.Decided(Decision decision)
        ? decision
        : UNDECIDED;
  }
}

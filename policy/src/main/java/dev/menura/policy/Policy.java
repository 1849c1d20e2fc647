package dev.menura.policy;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// An accepted policy, ready to be asked. Immutable and thread-safe.
///
/// The meaning is as if everything were known at once: the first rule whose condition is true
/// decides. It is asked with what is known so far, and answers with a verdict or with the phases
/// that the next rule needs.
public interface Policy {
  /// A hash of everything that the policy consists of: 12 hexadecimal digits.
  String version();

  Limits limits();

  /// Whether the request may go: the rules that look at no response, in order.
  ///
  /// `passthrough` is answered only where nothing needs decrypted content: once the request's
  /// headers are known, and while a rule in front about the response is undecided, it is `allow`. A
  /// decision stands however much more becomes known; only what it says of observed rules may still
  /// change, so ask again in the end for the record.
  Outcome onRequest(Facts facts);

  /// The decision of the first rule about requests that is true already; undecided rules in front
  /// of it are passed over. What a client may be shown of an origin whose certificate has a problem
  /// must be known before its requests are.
  default Optional<Decision> certain(Facts facts) {
    return onRequest(facts) instanceof Outcome.Decided(Decision decision)
        ? Optional.of(decision)
        : Optional.empty();
  }

  /// Whether the response may go: the rules that look at the response and stand before the rule
  /// that let the request go. Where none of them is true the outcome is `request` itself, with what
  /// would have been observed of the exchange as a whole. May be asked before any response is
  /// known, to learn whether the response is needed at all.
  Outcome onResponse(Facts facts, Decision request);

  /// The phases that are not yet known and that any rule which could still decide may come to need.
  Set<Phase> mayNeed(Facts facts);

  /// What the accompanying actions and observed rules in front of the deciding rule come to, with
  /// what is known now. Rules whose condition is false are left out.
  List<Effect> effects(Facts facts, Decision decision);

  /// The phases whose content accompanying or observed rules in front of the deciding rule would
  /// still like to see. It may be copied to them; nothing is held for them.
  Set<Phase> watching(Facts facts, Decision decision);

  /// The kinds of finding that any rule counts in the body of this phase.
  Set<String> kinds(Phase body);

  /// The names of the enforced rules that might still block this exchange, or change its headers,
  /// and could not where its connection is passed through: those up to the first about requests
  /// that is true already, itself included, without those whose condition is false. [#NO_RULE] is
  /// among them where none is true already, since then block may be the answer. Empty where passing
  /// through takes nothing from the policy but the look at content.
  List<String> lostByPassthrough(Facts facts);

  /// Stands for the block that is the answer where no rule is true.
  String NO_RULE = "no-rule";

  /// The rules up to the deciding one whose condition failed with what is known now. Such a rule
  /// decided on block, or counted as false, as its `on-error` says; either way it is an event.
  default List<RuleFailure> failures(Facts facts, Decision decision) {
    return List.of();
  }

  /// How Envoy can tell by itself that a request may go; empty where it never can.
  default Optional<Clearance> clearance() {
    return Optional.empty();
  }

  /// The enforced rules that leave connections undecrypted, in their order.
  default List<Stated> passedThrough() {
    return List.of();
  }

  /// A rule as the operator wrote it.
  ///
  /// @param condition its condition, in CEL
  record Stated(String rule, String condition) {}

  /// Whether any enforced rule has an origin presented a certificate that says who is asking.
  default boolean mimicsClients() {
    return false;
  }

  /// The problems of origins' certificates that any enforced rule lets through, for some host.
  default Set<CertificateProblem> excused() {
    return Set.of();
  }
}

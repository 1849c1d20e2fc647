package dev.menura.sidecar.run;

import dev.menura.policy.Documents;
import dev.menura.policy.Policy;
import java.util.List;
import java.util.Optional;

/// The documents in force, and the former ones. Each decision reads them once and keeps to what it
/// read. Thread-safe.
final class PolicyInForce {
  private volatile List<Documents> documents;

  PolicyInForce(Documents documents) {
    this.documents = List.of(documents);
  }

  void set(Documents next) {
    documents = List.of(next, documents());
  }

  Documents documents() {
    return documents.getFirst();
  }

  Policy rules() {
    return documents().policy();
  }

  /// The rules of this version, where they are in force or were so before.
  Optional<Policy> rules(String version) {
    return documents.stream()
        .map(Documents::policy)
        .filter(policy -> policy.version().equals(version))
        .findFirst();
  }
}

package dev.menura.sidecar.run;

import dev.menura.policy.Documents;
import dev.menura.policy.Policy;

/// The documents in force. Each decision reads them once and keeps to what it read.
final class PolicyInForce {
  private volatile Documents documents;

  PolicyInForce(Documents documents) {
    this.documents = documents;
  }

  void set(Documents next) {
    documents = next;
  }

  Documents documents() {
    return documents;
  }

  Policy rules() {
    return documents.policy();
  }
}

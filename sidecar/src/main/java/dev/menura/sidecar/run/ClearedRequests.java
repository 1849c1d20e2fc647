package dev.menura.sidecar.run;

import dev.menura.extproc.exchange.SettledExchanges;
import dev.menura.policy.Clearance;
import dev.menura.policy.Facts;
import dev.menura.policy.Policy;
import java.util.Optional;

/// Names the rules by which Envoy has let requests go.
final class ClearedRequests implements SettledExchanges.Cleared {
  private final PolicyInForce policy;
  private final Connections connections;

  ClearedRequests(PolicyInForce policy, Connections connections) {
    this.policy = policy;
    this.connections = connections;
  }

  @Override
  public Optional<SettledExchanges.Verdict> verdict(String ticket, Facts.RequestHead head) {
    return connections
        .clearing(ticket)
        .map(by -> {
          var facts =
              Facts.of(by.connection().connect())
                  .with(by.connection().hello())
                  .with(by.connection().upstreamCertificate())
                  .with(head);
          var rule =
              policy
                  .rules(by.policyVersion())
                  .flatMap(Policy::clearance)
                  .flatMap((Clearance clearance) -> clearance.rule(facts));
          return new SettledExchanges.Verdict(by.connection(), rule.orElse(""), by.policyVersion());
        });
  }
}

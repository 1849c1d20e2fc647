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
  public Optional<SettledExchanges.Verdict> verdict(
      String ticket, String policyVersion, Facts.RequestHead head) {
    return connections
        .context(ticket)
        .map(connection -> {
          var facts =
              Facts.of(connection.connect())
                  .with(connection.hello())
                  .with(connection.upstreamCertificate())
                  .with(head);
          var rule =
              policy
                  .rules(policyVersion)
                  .flatMap(Policy::clearance)
                  .flatMap((Clearance clearance) -> clearance.rule(facts));
          return new SettledExchanges.Verdict(connection, rule.orElse(""), policyVersion);
        });
  }
}

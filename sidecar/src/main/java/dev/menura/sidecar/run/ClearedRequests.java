package dev.menura.sidecar.run;

import dev.menura.extproc.exchange.SettledExchanges;
import dev.menura.policy.Clearance;
import dev.menura.policy.Facts;
import dev.menura.policy.Policy;
import java.util.Optional;

/// Names the rules by which Envoy has let requests go.
final class ClearedRequests implements SettledExchanges.Cleared {
  private final PolicyInForce policy;

  ClearedRequests(PolicyInForce policy) {
    this.policy = policy;
  }

  @Override
  public Optional<SettledExchanges.Verdict> verdict(
      String ticket, String policyVersion, Facts.RequestHead head) {
    return Connections.context(ticket)
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

package dev.menura.sidecar.run;

import dev.menura.policy.Documents;
import dev.menura.policy.Issue;
import dev.menura.policy.IssueFormat;
import dev.menura.sidecar.policy.PolicyWatch;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a change of the policy's folder does: a good policy is put in force, a bad one is told of
/// loudly and changes nothing.
final class PolicyReload implements PolicyWatch.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyReload.class);

  private final Supplier<Sidecar> sidecar;
  private volatile boolean refused;

  /// @param sidecar where a policy is put in force; asked for at the first change
  PolicyReload(Supplier<Sidecar> sidecar, MeterRegistry meters) {
    this.sidecar = sidecar;
    Gauge.builder("menura.policy.refused", () -> refused ? 1 : 0)
        .description("1 while the policy's folder holds a policy that was refused")
        .register(meters);
  }

  @Override
  public void accepted(Documents documents) {
    refused = false;
    sidecar.get().apply(documents);
    LOG.atInfo().addKeyValue("policy-version", documents.version()).log("policy changed");
  }

  @Override
  public void rejected(List<Issue> issues) {
    refused = true;
    LOG.atError()
        .addKeyValue("policy-version", sidecar.get().documents().version())
        .log(
            "the policy was not loaded; the last good one stays in force\n{}",
            IssueFormat.text(issues));
  }
}

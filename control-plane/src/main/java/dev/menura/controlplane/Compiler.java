package dev.menura.controlplane;

import dev.menura.policy.TlsRules;
import java.util.List;

/// Compiles what the operator wrote into Envoy's resources. A pure function: the same input gives
/// the same resources, byte for byte.
public final class Compiler {
  private Compiler() {}

  /// As [#compile(String, int, String, TlsRules)], with TLS as where nothing is said of it.
  public static EnvoyResources compile(
      String explicitAddress, int explicitPort, String policyVersion) {
    return compile(explicitAddress, explicitPort, policyVersion, TlsRules.STANDARD);
  }

  /// @param explicitAddress the IP address on which the explicit proxy listens
  /// @param explicitPort its port, 0 for any free one
  /// @param policyVersion the version that the matchers of the exchange filters require
  /// @param rules how TLS is spoken; the same for all versions of the policy that an Envoy is given
  ///   while it runs
  public static EnvoyResources compile(
      String explicitAddress, int explicitPort, String policyVersion, TlsRules rules) {
    var tls = new TlsSettings(rules);
    var filters = ExchangeFilters.of(policyVersion);
    return new EnvoyResources(
        policyVersion,
        List.of(
            ExplicitListener.of(explicitAddress, explicitPort),
            FrontListener.of(),
            DecryptListener.of(tls)),
        Clusters.all(tls),
        List.of(filters.get(ExchangeFilters.BODIES), filters.get(ExchangeFilters.HEADERS)));
  }
}

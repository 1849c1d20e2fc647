package dev.menura.controlplane;

import java.util.List;

/// Compiles what the operator wrote into Envoy's resources. A pure function: the same input gives
/// the same resources, byte for byte.
public final class Compiler {
  private Compiler() {}

  /// @param explicitAddress the IP address on which the explicit proxy listens
  /// @param explicitPort its port, 0 for any free one
  /// @param policyVersion the version that the matchers of the exchange filters require
  public static EnvoyResources compile(
      String explicitAddress, int explicitPort, String policyVersion) {
    var filters = ExchangeFilters.of(policyVersion);
    return new EnvoyResources(
        policyVersion,
        List.of(
            ExplicitListener.of(explicitAddress, explicitPort),
            FrontListener.of(),
            DecryptListener.of()),
        Clusters.all(),
        List.of(filters.get(ExchangeFilters.BODIES), filters.get(ExchangeFilters.HEADERS)));
  }
}

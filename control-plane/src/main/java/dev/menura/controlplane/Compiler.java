package dev.menura.controlplane;

import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.util.ArrayList;
import java.util.List;

/// Compiles what the operator wrote into Envoy's resources. A pure function: the same input gives
/// the same resources, byte for byte.
public final class Compiler {
  private Compiler() {}

  /// @param waysIn the listeners that clients reach
  /// @param policyVersion the version that the matchers of the exchange filters require
  public static EnvoyResources compile(List<WayIn> waysIn, String policyVersion) {
    var listeners = new ArrayList<Listener>();
    waysIn.forEach(way -> listeners.add(way.listener()));
    listeners.add(FrontListener.of());
    listeners.add(DecryptListener.of());
    var filters = ExchangeFilters.of(policyVersion);
    return new EnvoyResources(
        policyVersion,
        listeners,
        Clusters.all(),
        List.of(filters.get(ExchangeFilters.BODIES), filters.get(ExchangeFilters.HEADERS)));
  }
}

package dev.menura.controlplane;

import dev.menura.policy.Listen;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.util.ArrayList;
import java.util.List;

/// Compiles what the operator wrote into Envoy's resources. A pure function: the same input gives
/// the same resources, byte for byte.
public final class Compiler {
  private Compiler() {}

  /// @param listen the IP addresses on which clients come in; port 0 is any free one
  /// @param policyVersion the version that the matchers of the exchange filters require
  public static EnvoyResources compile(Listen listen, String policyVersion) {
    var filters = ExchangeFilters.of(policyVersion);
    return new EnvoyResources(
        policyVersion,
        listeners(listen),
        Clusters.all(),
        List.of(filters.get(ExchangeFilters.BODIES), filters.get(ExchangeFilters.HEADERS)));
  }

  private static List<Listener> listeners(Listen listen) {
    var all = new ArrayList<Listener>();
    listen
        .addresses()
        .forEach((way, address) ->
            all.add(
                switch (way) {
                  case EXPLICIT -> ExplicitListener.inClear(way.word(), address);
                  case EXPLICIT_TLS -> ExplicitListener.overTls(way.word(), address);
                  case EXPLICIT_H3 -> ExplicitListener.overQuic(way.word(), address);
                  case TRANSPARENT -> TransparentListener.of(address.host(), address.port());
                }));
    all.add(FrontListener.of());
    all.add(DecryptListener.of());
    return all;
  }
}

package dev.menura.controlplane;

import dev.menura.policy.Formula;
import dev.menura.policy.Listen;
import dev.menura.policy.TlsRules;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Compiles what the operator wrote into Envoy's resources. A pure function: the same input gives
/// the same resources, byte for byte.
public final class Compiler {
  private Compiler() {}

  /// As [#compile(Listen, String, TlsRules)], with TLS as where nothing is said of it.
  public static EnvoyResources compile(Listen listen, String policyVersion) {
    return compile(listen, policyVersion, TlsRules.STANDARD);
  }

  /// As [#compile(Listen, String, TlsRules, ClientCertificates, Optional)], with clients asked for
  /// nothing, and every request asked about.
  public static EnvoyResources compile(Listen listen, String policyVersion, TlsRules rules) {
    return compile(listen, policyVersion, rules, ClientCertificates.NOT_ASKED, Optional.empty());
  }

  /// @param listen the IP addresses on which clients come in; port 0 is any free one
  /// @param policyVersion the version that the matcher of the exchange filter requires
  /// @param rules how TLS is spoken; the same for all versions of the policy that an Envoy is given
  ///   while it runs
  /// @param clients as `rules`, the same while an Envoy runs
  /// @param clearance what of the policy Envoy can tell by itself
  public static EnvoyResources compile(
      Listen listen,
      String policyVersion,
      TlsRules rules,
      ClientCertificates clients,
      Optional<Formula> clearance) {
    var tls = new TlsSettings(rules);
    return new EnvoyResources(
        policyVersion,
        listeners(listen, tls, clients),
        Clusters.all(tls),
        List.of(ExchangeFilters.of(policyVersion, clearance)));
  }

  private static List<Listener> listeners(
      Listen listen, TlsSettings tls, ClientCertificates clients) {
    var all = new ArrayList<Listener>();
    listen
        .addresses()
        .forEach((way, address) ->
            all.add(
                switch (way) {
                  case EXPLICIT -> ExplicitListener.inClear(way.word(), address);
                  case EXPLICIT_TLS -> ExplicitListener.overTls(way.word(), address, tls, clients);
                  case EXPLICIT_H3 -> ExplicitListener.overQuic(way.word(), address, tls, clients);
                  case TRANSPARENT -> TransparentListener.of(address.host(), address.port());
                }));
    all.add(FrontListener.of());
    all.add(DecryptListener.of(tls));
    return all;
  }
}

package dev.menura.controlplane;

import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.util.List;
import java.util.Map;

/// The listener for clients that know of no proxy: their connections are redirected to it, and
/// `original_dst` restores the address that they dialled. Its gate has that address and the first
/// bytes, so that one question decides what takes two on the explicit way, and the connection goes
/// straight to the `decrypt` listener. In clear text the host is known with each request alone, so
/// there each request passes the gate, as the plain requests of the explicit proxy do.
final class TransparentListener {
  static final String NAME = "transparent";

  private TransparentListener() {}

  /// @param address the IPv6 address `::` stands for the IPv4 ones as well
  static Listener of(String address, int port) {
    var socket =
        SocketAddress.newBuilder()
            .setAddress(address)
            .setPortValue(port)
            .setIpv4Compat(address.equals("::"));
    var listener =
        Listener.newBuilder()
            .setName(NAME)
            .setAddress(Address.newBuilder().setSocketAddress(socket))
            .addListenerFilters(
                ListenerFilter.newBuilder()
                    .setName("envoy.filters.listener.original_dst")
                    .setTypedConfig(Typed.any(OriginalDst.getDefaultInstance())));
    return FrontListener.seeingHellos(listener)
        .addFilterChains(judged("tls", FrontListener.TLS))
        .addFilterChains(requests())
        .addFilterChains(judged("unknown", FrontListener.UNKNOWN))
        .build();
  }

  private static FilterChain judged(String protocol, FilterChainMatch match) {
    return FrontListener.chain(
        protocol,
        match,
        Map.of(Wire.GATE, Wire.GATE_TRANSPARENT),
        FilterState.afterDialled(FrontListener.METADATA));
  }

  private static FilterChain requests() {
    var http =
        HttpConnections.start(NAME)
            .setRouteConfig(routes())
            .addUpgradeConfigs(
                HttpConnectionManager.UpgradeConfig.newBuilder().setUpgradeType("websocket"))
            .addAllHttpFilters(
                GatedRequests.filters(
                    GatedRequests.gate(Wire.GATE_TRANSPARENT_REQUEST).build(),
                    List.of(),
                    List.of(TargetCheck.filter(80))));
    return FilterChain.newBuilder()
        .setName("http")
        .setFilterChainMatch(FrontListener.HTTP)
        .addFilters(
            Filter.newBuilder()
                .setName("envoy.filters.network.http_connection_manager")
                .setTypedConfig(Typed.any(http.build())))
        .build();
  }

  private static RouteConfiguration routes() {
    return RouteConfiguration.newBuilder()
        .setName(NAME)
        .addVirtualHosts(
            VirtualHost.newBuilder()
                .setName("any")
                .addDomains("*")
                .addRoutes(HttpConnections.upgradeRoute(Clusters.PLAIN))
                .addRoutes(GatedRequests.plain()))
        .addAllRequestHeadersToRemove(RequestHeaders.NEVER_FORWARDED)
        .addAllResponseHeadersToRemove(RequestHeaders.NEVER_RETURNED)
        .build();
  }
}

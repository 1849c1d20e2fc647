package dev.menura.controlplane;

import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.UpgradeConfig;
import io.envoyproxy.envoy.config.route.v3.RouteAction.UpgradeConfig.ConnectConfig;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.http.set_filter_state.v3.Config;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import java.util.List;
import java.util.Map;

/// The listener that clients with a proxy setting use: CONNECT over HTTP/1.1 and HTTP/2, and plain
/// `http://` requests. Each request passes the first gate; a CONNECT goes on to the `front`
/// listener, a plain request through the exchange to the address that the gate checked.
final class ExplicitListener {
  static final String NAME = "explicit";
  private static final String METADATA = "envoy.filters.http.ext_authz";

  private ExplicitListener() {}

  static Listener of(String address, int port) {
    var http =
        HttpConnections.start(NAME)
            .setHttp2ProtocolOptions(HttpConnections.http2().toBuilder().setAllowConnect(true))
            .setRouteConfig(routes())
            .addUpgradeConfigs(
                HttpConnectionManager.UpgradeConfig.newBuilder().setUpgradeType("CONNECT"))
            .addUpgradeConfigs(
                HttpConnectionManager.UpgradeConfig.newBuilder().setUpgradeType("websocket"))
            .addHttpFilters(
                HttpConnections.filter(
                    "menura.clean", RequestHeaders.removal(List.of("proxy-connection"))))
            .addHttpFilters(
                HttpConnections.filter(
                    "menura.undecided",
                    Config.newBuilder().addOnRequestHeaders(FilterState.beforeConnect()).build()))
            .addHttpFilters(HttpConnections.filter("menura.gate", gate()))
            .addHttpFilters(
                HttpConnections.filter(
                    "menura.state",
                    Config.newBuilder()
                        .addAllOnRequestHeaders(FilterState.afterConnect(METADATA))
                        .build()))
            .addAllHttpFilters(ExchangeFilters.references())
            .addHttpFilters(
                HttpConnections.filter(
                    "envoy.filters.http.router",
                    Router.newBuilder().setSuppressEnvoyHeaders(true).build()));
    return Listener.newBuilder()
        .setName(NAME)
        .setAddress(
            Address.newBuilder()
                .setSocketAddress(
                    SocketAddress.newBuilder().setAddress(address).setPortValue(port)))
        .setPerConnectionBufferLimitBytes(Typed.uint(Listeners.BUFFER_BYTES))
        .addFilterChains(
            FilterChain.newBuilder()
                .setName(NAME)
                .addFilters(
                    Filter.newBuilder()
                        .setName("envoy.filters.network.http_connection_manager")
                        .setTypedConfig(Typed.any(http.build()))))
        .build();
  }

  /// Where it answers itself, to refuse or because the sidecar is not reached, the answer passes no
  /// exchange: [Wire#MODE_UNDECIDED] skips its filters.
  private static ExtAuthz gate() {
    return ExtAuthz.newBuilder()
        .setStatPrefix("gate")
        .setTransportApiVersion(io.envoyproxy.envoy.config.core.v3.ApiVersion.V3)
        .setGrpcService(Sidecar.service(Sidecar.GATE_TIMEOUT, Map.of(Wire.GATE, Wire.GATE_CONNECT)))
        .setFailureModeAllow(false)
        .setIncludePeerCertificate(true)
        .setStatusOnError(HttpStatus.newBuilder().setCode(StatusCode.ServiceUnavailable).build())
        .build();
  }

  private static RouteConfiguration routes() {
    var connect =
        Route.newBuilder()
            .setName("connect")
            .setMatch(
                RouteMatch.newBuilder()
                    .setConnectMatcher(RouteMatch.ConnectMatcher.getDefaultInstance()))
            .setRoute(
                RouteAction.newBuilder()
                    .setCluster(Clusters.FRONT)
                    .setTimeout(Typed.seconds(0))
                    .setIdleTimeout(Typed.seconds(HttpConnections.TUNNEL_IDLE_SECONDS))
                    .addUpgradeConfigs(
                        UpgradeConfig.newBuilder()
                            .setUpgradeType("CONNECT")
                            .setConnectConfig(ConnectConfig.getDefaultInstance())));
    var plain =
        Route.newBuilder()
            .setName("plain")
            .setMatch(RouteMatch.newBuilder().setPrefix("/"))
            .setRoute(
                RouteAction.newBuilder().setCluster(Clusters.PLAIN).setTimeout(Typed.seconds(0)));
    return RouteConfiguration.newBuilder()
        .setName(NAME)
        .addVirtualHosts(
            VirtualHost.newBuilder()
                .setName("any")
                .addDomains("*")
                .addRoutes(connect)
                .addRoutes(HttpConnections.upgradeRoute(Clusters.PLAIN))
                .addRoutes(plain))
        .addAllRequestHeadersToRemove(RequestHeaders.NEVER_FORWARDED)
        .addAllResponseHeadersToRemove(RequestHeaders.NEVER_RETURNED)
        .build();
  }
}

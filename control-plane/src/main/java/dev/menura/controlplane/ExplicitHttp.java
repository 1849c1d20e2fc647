package dev.menura.controlplane;

import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.core.v3.Http3ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.QuicProtocolOptions;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.UpgradeConfig;
import io.envoyproxy.envoy.config.route.v3.RouteAction.UpgradeConfig.ConnectConfig;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.CodecType;
import java.util.List;

/// How clients with a proxy setting are spoken to, on whichever listener they come: CONNECT, and
/// plain `http://` requests. Each request passes the first gate; a CONNECT goes on to the `front`
/// listener, a plain request through the exchange to the address that the gate checked.
final class ExplicitHttp {

  private ExplicitHttp() {}

  /// HTTP/1.1 and HTTP/2, with CONNECT as both have it (RFC 9110 9.3.6, RFC 9113 8.5).
  static HttpConnectionManager overTcp(String name) {
    return start(name).build();
  }

  /// HTTP/3, with CONNECT as RFC 9114 4.4 has it.
  static HttpConnectionManager overQuic(String name) {
    return start(name).setCodecType(CodecType.HTTP3).setHttp3ProtocolOptions(http3()).build();
  }

  private static Http3ProtocolOptions http3() {
    return Http3ProtocolOptions.newBuilder()
        .setAllowExtendedConnect(true)
        .setQuicProtocolOptions(quic())
        .build();
  }

  /// The bounds of HTTP/2, for QUIC.
  static QuicProtocolOptions quic() {
    return QuicProtocolOptions.newBuilder()
        .setMaxConcurrentStreams(Typed.uint(HttpConnections.STREAMS_MAX))
        .setInitialStreamWindowSize(Typed.uint(HttpConnections.STREAM_WINDOW_BYTES))
        .setInitialConnectionWindowSize(Typed.uint(HttpConnections.CONNECTION_WINDOW_BYTES))
        .build();
  }

  private static HttpConnectionManager.Builder start(String name) {
    return HttpConnections.start(name)
        .setHttp2ProtocolOptions(HttpConnections.http2WithConnect())
        .setRouteConfig(routes(name))
        .addUpgradeConfigs(
            HttpConnectionManager.UpgradeConfig.newBuilder().setUpgradeType("CONNECT"))
        .addUpgradeConfigs(
            HttpConnectionManager.UpgradeConfig.newBuilder().setUpgradeType("websocket"))
        .addAllHttpFilters(
            GatedRequests.filters(
                GatedRequests.gate(Wire.GATE_CONNECT).setIncludePeerCertificate(true).build(),
                List.of("proxy-connection"),
                List.of()));
  }

  private static RouteConfiguration routes(String name) {
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
    return RouteConfiguration.newBuilder()
        .setName(name)
        .addVirtualHosts(
            VirtualHost.newBuilder()
                .setName("any")
                .addDomains("*")
                .addRoutes(connect)
                .addRoutes(HttpConnections.upgradeRoute(Clusters.PLAIN))
                .addRoutes(GatedRequests.plain()))
        .addAllRequestHeadersToRemove(RequestHeaders.NEVER_FORWARDED)
        .addAllResponseHeadersToRemove(RequestHeaders.NEVER_RETURNED)
        .build();
  }
}

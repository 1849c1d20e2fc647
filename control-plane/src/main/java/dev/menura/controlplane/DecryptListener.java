package dev.menura.controlplane;

import com.github.xds.type.matcher.v3.Matcher;
import com.github.xds.type.matcher.v3.Matcher.MatcherTree;
import com.github.xds.type.matcher.v3.Matcher.MatcherTree.MatchMap;
import com.github.xds.type.matcher.v3.Matcher.OnMatch;
import com.google.protobuf.StringValue;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.Listener.InternalListenerConfig;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.cert_mappers.sni.v3.SNI;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.cert_selectors.on_demand_secret.v3.Config;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The internal listener with a filter chain for each class of connection: TLS is terminated with a
/// certificate made for the connection, clear text is taken as it is, and what policy passes
/// through is tunnelled untouched. The classes that show the block page have no route to any
/// origin.
final class DecryptListener {
  static final String NAME = "decrypt";

  /// The name asked for where a ClientHello has no SNI and its class is not that of a slot. It is
  /// never admitted.
  private static final String NO_SNI = "menura/no-sni";

  private DecryptListener() {}

  static Listener of() {
    var listener = Listener.newBuilder();
    var classes =
        new ArrayList<>(
            List.of(
                Wire.CLASS_TRUSTED,
                Wire.CLASS_BLOCK,
                Wire.CLASS_CLEAR,
                Wire.CLASS_CLEAR_BLOCK,
                Wire.CLASS_PASSTHROUGH));
    for (int slot = 0; slot < Wire.SLOTS; slot++) {
      classes.add(Wire.slotClass(slot));
      listener.addFilterChains(
          tls(
              chain(Wire.slotClass(slot), forwarding(), List.of(TargetCheck.filter(443))),
              ads(),
              Wire.slotSecret(slot)));
    }
    return listener
        .setName(NAME)
        .setInternalListener(InternalListenerConfig.getDefaultInstance())
        .setPerConnectionBufferLimitBytes(Typed.uint(Listeners.BUFFER_BYTES))
        .addFilterChains(
            tls(
                chain(Wire.CLASS_TRUSTED, forwarding(), List.of(TargetCheck.filter(443))),
                ads(),
                NO_SNI))
        .addFilterChains(
            tls(
                chain(Wire.CLASS_BLOCK, blocking(), List.of()),
                ownStream(Wire.CLASS_BLOCK),
                NO_SNI))
        .addFilterChains(
            chain(Wire.CLASS_CLEAR, forwardingInClear(), List.of(TargetCheck.filter(80))))
        .addFilterChains(chain(Wire.CLASS_CLEAR_BLOCK, blocking(), List.of()))
        .addFilterChains(passthrough())
        .setFilterChainMatcher(byClass(classes))
        .build();
  }

  /// A connection whose class is none of these is closed.
  private static Matcher byClass(List<String> classes) {
    var map = MatchMap.newBuilder();
    for (String name : classes) {
      map.putMap(
          name,
          OnMatch.newBuilder().setAction(Typed.xdsExtension(name, StringValue.of(name))).build());
    }
    return Matcher.newBuilder()
        .setMatcherTree(
            MatcherTree.newBuilder().setInput(FilterState.input(Wire.CLASS)).setExactMatchMap(map))
        .build();
  }

  private static FilterChain passthrough() {
    var proxy =
        TcpProxy.newBuilder()
            .setStatPrefix(Wire.CLASS_PASSTHROUGH)
            .setCluster(Clusters.PASSTHROUGH)
            .setIdleTimeout(Typed.seconds(3600))
            .build();
    return FilterChain.newBuilder()
        .setName(Wire.CLASS_PASSTHROUGH)
        .addFilters(
            Filter.newBuilder()
                .setName("envoy.filters.network.tcp_proxy")
                .setTypedConfig(Typed.any(proxy)))
        .build();
  }

  private static FilterChain.Builder tls(
      FilterChain.Builder chain, ConfigSource secrets, String unnamed) {
    return chain
        .setTransportSocketConnectTimeout(Typed.seconds(Listeners.HELLO_SECONDS))
        .setTransportSocket(
            TransportSocket.newBuilder()
                .setName("envoy.transport_sockets.tls")
                .setTypedConfig(Typed.any(tls(secrets, unnamed))));
  }

  private static FilterChain.Builder chain(
      String name, RouteConfiguration routes, List<HttpFilter> last) {
    var http =
        HttpConnections.start(name)
            .setRouteConfig(routes)
            .addUpgradeConfigs(
                HttpConnectionManager.UpgradeConfig.newBuilder().setUpgradeType("websocket"))
            .addHttpFilters(
                HttpConnections.filter("menura.clean", RequestHeaders.removal(List.of())))
            .addAllHttpFilters(ExchangeFilters.references())
            .addAllHttpFilters(last)
            .addHttpFilters(
                HttpConnections.filter(
                    "envoy.filters.http.router",
                    Router.newBuilder().setSuppressEnvoyHeaders(true).build()))
            .build();
    return FilterChain.newBuilder()
        .setName(name)
        .addFilters(
            Filter.newBuilder()
                .setName("envoy.filters.network.http_connection_manager")
                .setTypedConfig(Typed.any(http)));
  }

  private static DownstreamTlsContext tls(ConfigSource secrets, String unnamed) {
    var selector =
        Config.newBuilder()
            .setConfigSource(secrets)
            .setCertificateMapper(
                Typed.extension("sni", SNI.newBuilder().setDefaultValue(unnamed).build()))
            .build();
    return DownstreamTlsContext.newBuilder()
        .setCommonTlsContext(
            CommonTlsContext.newBuilder()
                .setTlsParams(
                    TlsParameters.newBuilder()
                        .setTlsMinimumProtocolVersion(TlsProtocol.TLSv1_2)
                        .setTlsMaximumProtocolVersion(TlsProtocol.TLSv1_3)
                        .addAllEcdhCurves(Clusters.CURVES))
                .addAlpnProtocols("h2")
                .addAlpnProtocols("http/1.1")
                .setCustomTlsCertificateSelector(
                    Typed.extension("envoy.tls.certificate_selectors.on_demand_secret", selector)))
        // The selector does not work with resumption, and Envoy refuses the combination.
        .setDisableStatelessSessionResumption(true)
        .setDisableStatefulSessionResumption(true)
        .build();
  }

  private static ConfigSource ads() {
    return ConfigSource.newBuilder()
        .setResourceApiVersion(ApiVersion.V3)
        .setAds(AggregatedConfigSource.getDefaultInstance())
        .build();
  }

  private static ConfigSource ownStream(String secretClass) {
    return ConfigSource.newBuilder()
        .setResourceApiVersion(ApiVersion.V3)
        .setApiConfigSource(
            ApiConfigSource.newBuilder()
                .setApiType(ApiConfigSource.ApiType.DELTA_GRPC)
                .setTransportApiVersion(ApiVersion.V3)
                .addGrpcServices(
                    Sidecar.service(Sidecar.GATE_TIMEOUT, Map.of(Wire.SECRET_CLASS, secretClass))))
        .build();
  }

  private static RouteConfiguration forwardingInClear() {
    return routes(Wire.CLASS_CLEAR).addVirtualHosts(to(Clusters.PLAIN, Clusters.PLAIN)).build();
  }

  private static RouteConfiguration forwarding() {
    return routes(Wire.CLASS_TRUSTED)
        .addVirtualHosts(to(Clusters.ORIGIN, Clusters.ORIGIN_HTTP1))
        .build();
  }

  private static VirtualHost to(String cluster, String upgradeCluster) {
    return VirtualHost.newBuilder()
        .setName("any")
        .addDomains("*")
        .addRoutes(HttpConnections.upgradeRoute(upgradeCluster))
        .addRoutes(
            Route.newBuilder()
                .setName("any")
                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                .setRoute(
                    RouteAction.newBuilder().setCluster(cluster).setTimeout(Typed.seconds(0))))
        .build();
  }

  /// Reached only where the exchange did not answer with the page.
  private static RouteConfiguration blocking() {
    var refuse =
        Route.newBuilder()
            .setName("refuse")
            .setMatch(RouteMatch.newBuilder().setPrefix("/"))
            .setDirectResponse(
                DirectResponseAction.newBuilder()
                    .setStatus(403)
                    .setBody(DataSource.newBuilder().setInlineString("Blocked by policy.\n")));
    return routes(Wire.CLASS_BLOCK)
        .addVirtualHosts(VirtualHost.newBuilder().setName("any").addDomains("*").addRoutes(refuse))
        .build();
  }

  private static RouteConfiguration.Builder routes(String name) {
    return RouteConfiguration.newBuilder()
        .setName(name)
        .addAllRequestHeadersToRemove(RequestHeaders.NEVER_FORWARDED)
        .addAllResponseHeadersToRemove(RequestHeaders.NEVER_RETURNED);
  }
}

package dev.menura.controlplane;

import com.github.xds.type.matcher.v3.Matcher;
import com.github.xds.type.matcher.v3.Matcher.MatcherTree;
import com.github.xds.type.matcher.v3.Matcher.MatcherTree.MatchMap;
import com.github.xds.type.matcher.v3.Matcher.OnMatch;
import com.google.protobuf.StringValue;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.core.v3.SchemeHeaderTransformation;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.Listener.InternalListenerConfig;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol;
import java.util.ArrayList;
import java.util.List;

/// The internal listener with a filter chain for each class of connection: TLS is terminated with a
/// certificate made for the connection, clear text is taken as it is, and what policy passes
/// through is tunnelled untouched. The classes that show the block page have no route to any
/// origin. Classes whose clients are shown an origin's mimic have a variant without TLS 1.3.
final class DecryptListener {
  static final String NAME = "decrypt";

  /// How long a connection to an origin in a pinned slot may open further ones. The slot is not
  /// given to another origin before.
  private static final int PINNED_SECONDS = 3600;

  private final List<FilterChain> chains = new ArrayList<>();

  private final TlsSettings tls;

  private DecryptListener(TlsSettings tls) {
    this.tls = tls;
    for (int slot = 0; slot < Wire.SLOTS; slot++) {
      mimic(Wire.slotClass(slot), forwarding(Clusters.ORIGIN), DecryptTls.slot(slot));
    }
    mimic(Wire.CLASS_TRUSTED, forwarding(Clusters.ORIGIN), DecryptTls.trusted());
    mimic(Wire.CLASS_CERTIFIED, forwarding(Clusters.CERTIFIED), DecryptTls.trusted());
    mimic(
        Wire.CLASS_DISTRUST,
        forwarding(Clusters.DISTRUSTED),
        DecryptTls.ofClass(Wire.CLASS_DISTRUST));
    for (int slot = 0; slot < Wire.PINS; slot++) {
      var http = forwarding(Clusters.pinned(slot));
      http.getCommonHttpProtocolOptionsBuilder()
          .setMaxConnectionDuration(Typed.seconds(PINNED_SECONDS));
      mimic(Wire.pinnedClass(slot), http, DecryptTls.pinned(slot));
    }
    chains.add(
        chain(Wire.CLASS_BLOCK, http("https", DecryptRoutes.nowhere(), List.of()))
            .setTransportSocketConnectTimeout(Typed.seconds(Listeners.HELLO_SECONDS))
            .setTransportSocket(
                DecryptTls.ofClass(Wire.CLASS_BLOCK).with(tls.towardsClients(TlsProtocol.TLSv1_3)))
            .build());
    chains.add(
        chain(
                Wire.CLASS_CLEAR,
                http("http", DecryptRoutes.inClear(), List.of(TargetCheck.filter(80)))
                    .addAccessLog(ExchangeLog.of()))
            .build());
    chains.add(
        chain(Wire.CLASS_CLEAR_BLOCK, http("http", DecryptRoutes.nowhere(), List.of())).build());
    chains.add(passthrough());
  }

  static Listener of(TlsSettings tls) {
    var chains = new DecryptListener(tls).chains;
    return Listener.newBuilder()
        .setName(NAME)
        .setInternalListener(InternalListenerConfig.getDefaultInstance())
        .setPerConnectionBufferLimitBytes(Typed.uint(Listeners.BUFFER_BYTES))
        .addAccessLog(UnusedConnections.log())
        .addAllFilterChains(chains)
        .setFilterChainMatcher(byClass(chains.stream().map(FilterChain::getName).toList()))
        .build();
  }

  private void mimic(String name, HttpConnectionManager.Builder http, DecryptTls shown) {
    chains.add(mimic(name, http, shown, TlsProtocol.TLSv1_3));
    if (tls.offersTls12()) {
      chains.add(mimic(Wire.tls12(name), http, shown, TlsProtocol.TLSv1_2));
    }
  }

  private FilterChain mimic(
      String name, HttpConnectionManager.Builder http, DecryptTls shown, TlsProtocol highest) {
    return chain(name, http)
        .setTransportSocketConnectTimeout(Typed.seconds(Listeners.HELLO_SECONDS))
        .setTransportSocket(shown.with(tls.towardsClients(highest)))
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

  private static HttpConnectionManager.Builder forwarding(String cluster) {
    return http("https", DecryptRoutes.to(cluster), List.of(TargetCheck.filter(443)))
        .addAccessLog(ExchangeLog.of());
  }

  /// @param scheme what the connection speaks, whatever its requests claim in an absolute URL or in
  ///   `:scheme`: a rule that asks for it is not led astray
  private static HttpConnectionManager.Builder http(
      String scheme, RouteConfiguration routes, List<HttpFilter> last) {
    return HttpConnections.start("")
        .setSchemeHeaderTransformation(
            SchemeHeaderTransformation.newBuilder().setSchemeToOverwrite(scheme))
        .setHttp2ProtocolOptions(HttpConnections.http2WithConnect())
        .setRouteConfig(routes)
        .addUpgradeConfigs(
            HttpConnectionManager.UpgradeConfig.newBuilder().setUpgradeType("websocket"))
        .addHttpFilters(HttpConnections.filter("menura.clean", RequestHeaders.removal(List.of())))
        .addHttpFilters(ExchangeFilters.reference())
        .addAllHttpFilters(last)
        .addHttpFilters(
            HttpConnections.filter(
                "envoy.filters.http.router",
                Router.newBuilder().setSuppressEnvoyHeaders(true).build()));
  }

  private static FilterChain.Builder chain(String name, HttpConnectionManager.Builder http) {
    return FilterChain.newBuilder()
        .setName(name)
        .addFilters(
            Filter.newBuilder()
                .setName("envoy.filters.network.http_connection_manager")
                .setTypedConfig(Typed.any(http.setStatPrefix(name).build())));
  }
}

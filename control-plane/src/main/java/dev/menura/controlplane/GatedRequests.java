package dev.menura.controlplane;

import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.http.set_filter_state.v3.Config;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What every request passes on a listener whose gate judges each request by itself.
final class GatedRequests {
  private static final String METADATA = "envoy.filters.http.ext_authz";

  private GatedRequests() {}

  /// @param removed headers that are the hop's alone, beside those that are never forwarded
  /// @param last what stands between the exchange and the router
  static List<HttpFilter> filters(ExtAuthz gate, List<String> removed, List<HttpFilter> last) {
    var filters = new ArrayList<HttpFilter>();
    filters.add(HttpConnections.filter("menura.clean", RequestHeaders.removal(removed)));
    filters.add(
        HttpConnections.filter(
            "menura.undecided",
            Config.newBuilder().addOnRequestHeaders(FilterState.beforeConnect()).build()));
    filters.add(HttpConnections.filter("menura.gate", gate));
    filters.add(
        HttpConnections.filter(
            "menura.state",
            Config.newBuilder()
                .addAllOnRequestHeaders(FilterState.afterConnect(METADATA))
                .build()));
    filters.add(ExchangeFilters.reference());
    filters.addAll(last);
    filters.add(
        HttpConnections.filter(
            "envoy.filters.http.router",
            Router.newBuilder().setSuppressEnvoyHeaders(true).build()));
    return filters;
  }

  /// Where it answers itself, to refuse or because the sidecar is not reached, the answer passes no
  /// exchange: [Wire#MODE_UNDECIDED] skips its filters.
  ///
  /// @param gate which one asks
  static ExtAuthz.Builder gate(String gate) {
    return ExtAuthz.newBuilder()
        .setStatPrefix("gate")
        .setTransportApiVersion(ApiVersion.V3)
        .setGrpcService(Sidecar.service(Sidecar.GATE_TIMEOUT, Map.of(Wire.GATE, gate)))
        .setFailureModeAllow(false)
        .setStatusOnError(HttpStatus.newBuilder().setCode(StatusCode.ServiceUnavailable).build());
  }

  /// To the address that the gate has checked, in clear text.
  static Route plain() {
    return Route.newBuilder()
        .setName("plain")
        .setMatch(RouteMatch.newBuilder().setPrefix("/"))
        .setRoute(RouteAction.newBuilder().setCluster(Clusters.PLAIN).setTimeout(Typed.seconds(0)))
        .build();
  }
}

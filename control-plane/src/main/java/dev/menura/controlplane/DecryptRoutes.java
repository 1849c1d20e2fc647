package dev.menura.controlplane;

import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;

/// Where the requests of a decrypted connection go.
final class DecryptRoutes {
  private DecryptRoutes() {}

  static RouteConfiguration inClear() {
    return routes(
        Wire.CLASS_CLEAR,
        HttpConnections.upgradeRoute(Clusters.PLAIN).toBuilder(),
        route("any", Clusters.PLAIN));
  }

  /// To a cluster, and to its variant for upgrades.
  static RouteConfiguration to(String cluster) {
    return routes(
        cluster,
        HttpConnections.upgradeRoute(Clusters.http1(cluster)).toBuilder(),
        route("any", cluster));
  }

  /// Reached only where the exchange did not answer with the page.
  static RouteConfiguration nowhere() {
    var refuse =
        Route.newBuilder()
            .setName("refuse")
            .setMatch(RouteMatch.newBuilder().setPrefix("/"))
            .setDirectResponse(
                DirectResponseAction.newBuilder()
                    .setStatus(403)
                    .setBody(DataSource.newBuilder().setInlineString("Blocked by policy.\n")));
    return routes(Wire.CLASS_BLOCK, refuse);
  }

  private static Route.Builder route(String name, String cluster) {
    return Route.newBuilder()
        .setName(name)
        .setMatch(RouteMatch.newBuilder().setPrefix("/"))
        .setRoute(RouteAction.newBuilder().setCluster(cluster).setTimeout(Typed.seconds(0)));
  }

  private static RouteConfiguration routes(String name, Route.Builder... routes) {
    var any = VirtualHost.newBuilder().setName("any").addDomains("*");
    for (Route.Builder route : routes) {
      any.addRoutes(route);
    }
    return RouteConfiguration.newBuilder()
        .setName(name)
        .addAllRequestHeadersToRemove(RequestHeaders.NEVER_FORWARDED)
        .addAllResponseHeadersToRemove(RequestHeaders.NEVER_RETURNED)
        .addVirtualHosts(any)
        .build();
  }
}

package dev.menura.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.menura.policy.Listen;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.bootstrap.internal_listener.v3.InternalListener;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Walks Envoy's list "Configuring Envoy as an edge proxy" (configuration/best_practices/edge), and
/// what the project adds to it.
class EdgeBestPracticesTest {
  private final EnvoyResources resources = Compiler.compile(EveryWay.IN, "0123456789ab");

  @Test
  void limitsTheBuffersOfEveryListenerAndCluster() {
    assertThat(resources.listeners())
        .allSatisfy(listener ->
            assertThat(listener.getPerConnectionBufferLimitBytes().getValue())
                .isBetween(1, 64 * 1024));
    assertThat(resources.clusters())
        .allSatisfy(cluster ->
            assertThat(cluster.getPerConnectionBufferLimitBytes().getValue())
                .isBetween(1, 64 * 1024));
  }

  @Test
  void takesTheClientsAddressFromTheConnectionAndNotFromHeaders() {
    assertThat(http())
        .allSatisfy(http -> assertThat(http.getUseRemoteAddress().getValue()).isTrue());
  }

  @Test
  void normalisesPaths() {
    assertThat(http()).allSatisfy(http -> assertThat(http.getNormalizePath().getValue()).isTrue());
  }

  @Test
  void boundsIdleConnectionsIdleStreamsAndSlowHeaders() {
    assertThat(http())
        .allSatisfy(http -> {
          assertThat(http.getCommonHttpProtocolOptions().getIdleTimeout().getSeconds())
              .isBetween(1L, 3600L);
          assertThat(http.getStreamIdleTimeout().getSeconds()).isBetween(1L, 300L);
          assertThat(http.getRequestHeadersTimeout().getSeconds()).isBetween(1L, 60L);
        });
  }

  @Test
  void boundsHeaders() {
    assertThat(http())
        .allSatisfy(http -> {
          assertThat(http.getMaxRequestHeadersKb().getValue()).isBetween(1, 60);
          assertThat(http.getCommonHttpProtocolOptions().getMaxHeadersCount().getValue())
              .isBetween(1, 200);
        });
  }

  @Test
  void boundsStreamsAndWindowsOfHttp2() {
    assertThat(http())
        .allSatisfy(http -> {
          var http2 = http.getHttp2ProtocolOptions();
          assertThat(http2.getMaxConcurrentStreams().getValue()).isEqualTo(100);
          assertThat(http2.getInitialStreamWindowSize().getValue()).isEqualTo(65_536);
          assertThat(http2.getInitialConnectionWindowSize().getValue()).isEqualTo(1_048_576);
        });
  }

  @Test
  void addsNoForwardingHeadersOfItsOwn() {
    assertThat(http())
        .allSatisfy(http -> {
          assertThat(http.getSkipXffAppend()).isTrue();
          assertThat(http.getGenerateRequestId().getValue()).isFalse();
          assertThat(http.getRouteConfig().getRequestHeadersToRemoveList())
              .contains("x-forwarded-proto", "proxy-authorization");
          assertThat(http.getRouteConfig().getResponseHeadersToRemoveList()).contains("alt-svc");
        });
  }

  @Test
  void removesEnvoysOrdersBeforeAnyOtherFilter() {
    assertThat(http())
        .allSatisfy(http -> assertThat(http.getHttpFilters(0).getName()).isEqualTo("menura.clean"));
  }

  private static Bootstrap bootstrap() throws InvalidProtocolBufferException {
    var types =
        TypeRegistry.newBuilder()
            .add(InternalListener.getDescriptor())
            .add(HttpProtocolOptions.getDescriptor())
            .add(DownstreamConnectionsConfig.getDescriptor())
            .build();
    var read = Bootstrap.newBuilder();
    JsonFormat.parser()
        .usingTypeRegistry(types)
        .merge(Bootstraps.json("n", "/s/\"quoted\"", "/a@node@"), read);
    return read.build();
  }

  @Test
  void writesABootstrapThatEnvoysMessagesCanHold() throws InvalidProtocolBufferException {
    var cluster = bootstrap().getStaticResources().getClusters(0);
    var pipe =
        cluster
            .getLoadAssignment()
            .getEndpoints(0)
            .getLbEndpoints(0)
            .getEndpoint()
            .getAddress()
            .getPipe();
    assertThat(bootstrap().getNode().getId()).isEqualTo("n");
    assertThat(pipe.getPath()).isEqualTo("/s/\"quoted\"");
    assertThat(bootstrap().getAdmin().getAddress().getPipe().getPath()).isEqualTo("/a@node@");
    assertThat(cluster.getCircuitBreakers()).isEqualTo(Clusters.breakers());
  }

  @Test
  void boundsConnectionsInTheBootstrap() throws InvalidProtocolBufferException {
    assertThat(bootstrap().getOverloadManager().getResourceMonitorsList())
        .extracting(monitor -> monitor.getName())
        .containsExactly("envoy.resource_monitors.global_downstream_max_connections");
  }

  @Test
  void keepsEnvoysAdminOnASocketForItsOwnerAlone() throws InvalidProtocolBufferException {
    var admin = bootstrap().getAdmin().getAddress().getPipe();
    assertThat(admin.getMode()).isEqualTo(0600);
  }

  @Test
  void failsClosedAtTheGate() throws InvalidProtocolBufferException {
    var gates = new ArrayList<ExtAuthz>();
    for (var http : http()) {
      for (HttpFilter filter : http.getHttpFiltersList()) {
        if (filter.getTypedConfig().is(ExtAuthz.class)) {
          gates.add(filter.getTypedConfig().unpack(ExtAuthz.class));
        }
      }
    }
    assertThat(gates).hasSameSizeAs(Listen.Way.values());
    assertThat(gates).allSatisfy(gate -> assertThat(gate.getFailureModeAllow()).isFalse());
  }

  @Test
  void validatesOriginsAndResumesNoSessionsAcrossThem() throws InvalidProtocolBufferException {
    var validated = new TreeMap<String, String>();
    for (Cluster cluster : resources.clusters()) {
      if (!cluster.getTransportSocket().getTypedConfig().is(UpstreamTlsContext.class)) {
        continue;
      }
      var tls = cluster.getTransportSocket().getTypedConfig().unpack(UpstreamTlsContext.class);
      assertThat(tls.getMaxSessionKeys().getValue()).isZero();
      assertThat(tls.getCommonTlsContext().getTlsParams().getEcdhCurvesList())
          .contains("P-384", "X25519MLKEM768");
      validated.put(
          cluster.getName(),
          tls.getCommonTlsContext().getValidationContextSdsSecretConfig().getName());
    }
    assertThat(validated)
        .hasSize(6 + 2 * Wire.PINS)
        .containsEntry("origin", "menura/upstream-roots")
        .containsEntry("origin-http1", "menura/upstream-roots")
        .containsEntry("pinned-7", "menura/pin-7")
        .containsEntry("pinned-7-http1", "menura/pin-7");
    assertThat(validated.entrySet().stream().filter(each -> each.getValue().isEmpty()))
        .as("what forwards without a check")
        .extracting(Map.Entry::getKey)
        .containsExactly("distrusted", "distrusted-http1");
  }

  @Test
  void leadsOnlyDistrustingChainsToOriginsWithoutACheck() throws InvalidProtocolBufferException {
    var unchecked = new ArrayList<String>();
    for (Listener listener : resources.listeners()) {
      for (var chain : listener.getFilterChainsList()) {
        if (chain.toString().contains("distrusted")) {
          unchecked.add(chain.getName());
        }
      }
    }
    assertThat(unchecked).containsExactly("distrust", "distrust-tls12");
  }

  @Test
  void endsHandshakesThatWaitForACertificate() throws InvalidProtocolBufferException {
    int chains = 0;
    for (Listener listener : resources.listeners()) {
      for (var chain : listener.getFilterChainsList()) {
        if (chain.getTransportSocket().getTypedConfig().is(DownstreamTlsContext.class)) {
          var tls = chain.getTransportSocket().getTypedConfig().unpack(DownstreamTlsContext.class);
          assertThat(chain.getTransportSocketConnectTimeout().getSeconds()).isBetween(1L, 30L);
          if (tls.getCommonTlsContext().hasCustomTlsCertificateSelector()) {
            assertThat(tls.getDisableStatelessSessionResumption()).isTrue();
            assertThat(tls.getDisableStatefulSessionResumption()).isTrue();
          }
          chains++;
        }
      }
    }
    assertThat(chains).isGreaterThanOrEqualTo(2);
  }

  @Test
  void checksTheTargetLastOnEveryTunnelThatForwards() {
    var forwarding =
        http().stream()
            .filter(http -> !http.getStatPrefix().startsWith("explicit"))
            .filter(http ->
                http.getRouteConfig().getVirtualHosts(0).getRoutesList().stream()
                    .anyMatch(route -> route.hasRoute()))
            .toList();
    assertThat(forwarding)
        .extracting(HttpConnectionManager::getStatPrefix)
        .contains("trusted", "clear");
    assertThat(forwarding)
        .allSatisfy(http ->
            assertThat(http.getHttpFilters(http.getHttpFiltersCount() - 2).getName())
                .isEqualTo("menura.target"));
  }

  private List<HttpConnectionManager> http() {
    var all = new ArrayList<HttpConnectionManager>();
    try {
      for (Listener listener : resources.listeners()) {
        for (var chain : listener.getFilterChainsList()) {
          for (Filter filter : chain.getFiltersList()) {
            if (filter.getTypedConfig().is(HttpConnectionManager.class)) {
              all.add(filter.getTypedConfig().unpack(HttpConnectionManager.class));
            }
          }
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    assertThat(all).hasSizeGreaterThanOrEqualTo(3);
    return all;
  }
}

package dev.menura.controlplane;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.bootstrap.v3.Admin;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.bootstrap.v3.LayeredRuntime;
import io.envoyproxy.envoy.config.bootstrap.v3.RuntimeLayer;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.core.v3.Pipe;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.metrics.v3.StatsConfig;
import io.envoyproxy.envoy.config.metrics.v3.StatsMatcher;
import io.envoyproxy.envoy.config.overload.v3.OverloadManager;
import io.envoyproxy.envoy.config.overload.v3.ResourceMonitor;
import io.envoyproxy.envoy.extensions.bootstrap.internal_listener.v3.InternalListener;
import io.envoyproxy.envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.type.matcher.v3.ListStringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;

/// The bootstrap of an Envoy that the sidecar drives: where the sidecar is, and what only a
/// bootstrap can say. All else comes over xDS.
public final class Bootstraps {
  /// Connections of clients at the most; past it Envoy refuses new ones.
  static final long DOWNSTREAM_CONNECTIONS_MAX = 50_000;

  private Bootstraps() {}

  /// The bootstrap as JSON.
  ///
  /// @param nodeId names the Envoy to the sidecar
  /// @param sidecarSocket the path of the sidecar's Unix socket
  /// @param adminSocket the path at which Envoy makes the Unix socket of its admin interface
  public static String json(String nodeId, String sidecarSocket, String adminSocket) {
    var registry =
        TypeRegistry.newBuilder()
            .add(InternalListener.getDescriptor())
            .add(HttpProtocolOptions.getDescriptor())
            .add(DownstreamConnectionsConfig.getDescriptor())
            .build();
    try {
      return JsonFormat.printer()
          .usingTypeRegistry(registry)
          .preservingProtoFieldNames()
          .print(bootstrap(nodeId, sidecarSocket, adminSocket));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("bootstrap not representable as JSON", e);
    }
  }

  static Bootstrap bootstrap(String nodeId, String sidecarSocket, String adminSocket) {
    var ads =
        ApiConfigSource.newBuilder()
            .setApiType(ApiConfigSource.ApiType.DELTA_GRPC)
            .setTransportApiVersion(ApiVersion.V3)
            .setSetNodeOnFirstMessageOnly(true)
            .addGrpcServices(
                GrpcService.newBuilder()
                    .setEnvoyGrpc(
                        GrpcService.EnvoyGrpc.newBuilder().setClusterName(Wire.SIDECAR_CLUSTER)));
    var overAds =
        ConfigSource.newBuilder()
            .setResourceApiVersion(ApiVersion.V3)
            .setAds(AggregatedConfigSource.getDefaultInstance());
    return Bootstrap.newBuilder()
        .setNode(Node.newBuilder().setId(nodeId).setCluster("menura"))
        .setAdmin(
            Admin.newBuilder()
                .setAddress(
                    Address.newBuilder()
                        .setPipe(Pipe.newBuilder().setPath(adminSocket).setMode(0600))))
        .addBootstrapExtensions(
            Typed.extension(
                "envoy.bootstrap.internal_listener", InternalListener.getDefaultInstance()))
        .setDynamicResources(
            Bootstrap.DynamicResources.newBuilder()
                .setAdsConfig(ads)
                .setLdsConfig(overAds)
                .setCdsConfig(overAds))
        .setStaticResources(
            Bootstrap.StaticResources.newBuilder().addClusters(sidecar(sidecarSocket)))
        .setStatsConfig(stats())
        .setLayeredRuntime(runtime())
        .setOverloadManager(overload())
        .build();
  }

  private static Cluster sidecar(String socket) {
    var http2 =
        HttpProtocolOptions.newBuilder()
            .setExplicitHttpConfig(
                HttpProtocolOptions.ExplicitHttpConfig.newBuilder()
                    .setHttp2ProtocolOptions(
                        io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions
                            .getDefaultInstance()))
            .build();
    var endpoint =
        LbEndpoint.newBuilder()
            .setEndpoint(
                Endpoint.newBuilder()
                    .setAddress(Address.newBuilder().setPipe(Pipe.newBuilder().setPath(socket))));
    return Cluster.newBuilder()
        .setName(Wire.SIDECAR_CLUSTER)
        .setType(Cluster.DiscoveryType.STATIC)
        .setConnectTimeout(Typed.seconds(1))
        .setCircuitBreakers(Clusters.breakers())
        .putTypedExtensionProtocolOptions(
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions", Any.pack(http2))
        .setLoadAssignment(
            ClusterLoadAssignment.newBuilder()
                .setClusterName(Wire.SIDECAR_CLUSTER)
                .addEndpoints(LocalityLbEndpoints.newBuilder().addLbEndpoints(endpoint)))
        .build();
  }

  /// Statistics of each certificate on demand would cost more memory than the certificates.
  private static StatsConfig stats() {
    return StatsConfig.newBuilder()
        .setStatsMatcher(
            StatsMatcher.newBuilder()
                .setExclusionList(
                    ListStringMatcher.newBuilder()
                        .addPatterns(
                            regex("listener\\..*on_demand_secret\\.ssl\\.certificate\\..*"))
                        .addPatterns(StringMatcher.newBuilder().setPrefix("sds."))))
        .build();
  }

  private static StringMatcher regex(String regex) {
    return StringMatcher.newBuilder()
        .setSafeRegex(RegexMatcher.newBuilder().setRegex(regex))
        .build();
  }

  /// Between Envoy's internal listeners an ordinary close looks like a reset unless this is off; a
  /// TCP proxy then drops what it has not written yet, and with it the end of every response after
  /// which the server closes.
  private static LayeredRuntime runtime() {
    return LayeredRuntime.newBuilder()
        .addLayers(
            RuntimeLayer.newBuilder()
                .setName("menura")
                .setStaticLayer(
                    Struct.newBuilder()
                        .putFields(
                            "envoy.reloadable_features.enable_send_rst_on_user_space_socket",
                            Value.newBuilder().setBoolValue(false).build())))
        .build();
  }

  private static OverloadManager overload() {
    return OverloadManager.newBuilder()
        .addResourceMonitors(
            ResourceMonitor.newBuilder()
                .setName("envoy.resource_monitors.global_downstream_max_connections")
                .setTypedConfig(
                    Any.pack(
                        DownstreamConnectionsConfig.newBuilder()
                            .setMaxActiveDownstreamConnections(DOWNSTREAM_CONNECTIONS_MAX)
                            .build())))
        .build();
  }
}

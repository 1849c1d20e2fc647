package dev.menura.controlplane;

import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.EnvoyInternalAddress;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.core.v3.UpstreamHttpProtocolOptions;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.util.ArrayList;
import java.util.List;

/// Where connections go. Clusters for origins dial the address in filter state, which is the one
/// that the gate checked, and resolve no names.
final class Clusters {
  static final String FRONT = "front";
  static final String DECRYPT = "decrypt";
  static final String PASSTHROUGH = "passthrough";
  static final String ORIGIN = "origin";

  /// Origins whose certificate the client judges by itself; nobody else does.
  static final String DISTRUSTED = "distrusted";

  /// Valid origins that are presented a client certificate.
  static final String CERTIFIED = "certified";

  static final String PLAIN = "plain";

  static final int CONNECTIONS_MAX = 100_000;

  private static final int CONNECT_SECONDS = 10;

  private Clusters() {}

  /// An origin that is held to the one certificate that was looked at.
  static String pinned(int slot) {
    return "pinned-" + slot;
  }

  /// The variant for requests that upgrade the connection, which an origin can be counted on to
  /// understand only in HTTP/1.1.
  static String http1(String cluster) {
    return cluster + "-http1";
  }

  static List<Cluster> all(TlsSettings tls) {
    var clusters = new ArrayList<>(fixed(tls));
    for (int slot = 0; slot < Wire.PINS; slot++) {
      clusters.addAll(origin(pinned(slot), UpstreamTls.pinned(slot), tls));
    }
    return List.copyOf(clusters);
  }

  private static List<Cluster> fixed(TlsSettings tls) {
    var clusters = new ArrayList<Cluster>();
    clusters.add(internal(FRONT, FrontListener.NAME));
    clusters.add(internal(DECRYPT, DecryptListener.NAME));
    clusters.add(originalDst(PASSTHROUGH).build());
    clusters.add(
        originalDst(PLAIN)
            .putTypedExtensionProtocolOptions(HTTP_OPTIONS, Typed.any(http1Only(options())))
            .build());
    clusters.addAll(origin(ORIGIN, UpstreamTls.validated(), tls));
    clusters.addAll(origin(CERTIFIED, UpstreamTls.presenting(), tls));
    clusters.addAll(origin(DISTRUSTED, UpstreamTls.unvalidated(), tls));
    return clusters;
  }

  /// A cluster and its variant for upgrades.
  private static List<Cluster> origin(String name, UpstreamTls origin, TlsSettings tls) {
    return List.of(
        originalDst(name)
            .setTransportSocket(origin.socket(tls, List.of()))
            .putTypedExtensionProtocolOptions(HTTP_OPTIONS, Typed.any(negotiated(options(origin))))
            .build(),
        originalDst(http1(name))
            .setTransportSocket(origin.socket(tls, List.of("http/1.1")))
            .putTypedExtensionProtocolOptions(HTTP_OPTIONS, Typed.any(http1Only(options(origin))))
            .build());
  }

  private static final String HTTP_OPTIONS =
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

  private static Cluster.Builder originalDst(String name) {
    return Cluster.newBuilder()
        .setName(name)
        .setType(Cluster.DiscoveryType.ORIGINAL_DST)
        .setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED)
        .setConnectTimeout(Typed.seconds(CONNECT_SECONDS))
        .setCleanupInterval(Typed.seconds(60))
        .setPerConnectionBufferLimitBytes(Typed.uint(Listeners.BUFFER_BYTES))
        .setCircuitBreakers(breakers());
  }

  /// Envoy's defaults of 1,024 are for a pool that clients share. Here each client has connections
  /// of its own, and what bounds them all is the limit on the clients' connections.
  static CircuitBreakers breakers() {
    return CircuitBreakers.newBuilder()
        .addThresholds(
            CircuitBreakers.Thresholds.newBuilder()
                .setMaxConnections(Typed.uint(CONNECTIONS_MAX))
                .setMaxPendingRequests(Typed.uint(CONNECTIONS_MAX))
                .setMaxRequests(Typed.uint(CONNECTIONS_MAX)))
        .build();
  }

  private static Cluster internal(String name, String listener) {
    var endpoint =
        LbEndpoint.newBuilder()
            .setEndpoint(
                Endpoint.newBuilder()
                    .setAddress(
                        Address.newBuilder()
                            .setEnvoyInternalAddress(
                                EnvoyInternalAddress.newBuilder()
                                    .setServerListenerName(listener))));
    return Cluster.newBuilder()
        .setName(name)
        .setType(Cluster.DiscoveryType.STATIC)
        .setConnectTimeout(Typed.seconds(CONNECT_SECONDS))
        .setPerConnectionBufferLimitBytes(Typed.uint(Listeners.BUFFER_BYTES))
        .setCircuitBreakers(breakers())
        .setLoadAssignment(
            ClusterLoadAssignment.newBuilder()
                .setClusterName(name)
                .addEndpoints(LocalityLbEndpoints.newBuilder().addLbEndpoints(endpoint)))
        .setTransportSocket(
            TransportSocket.newBuilder()
                .setName("envoy.transport_sockets.internal_upstream")
                .setTypedConfig(
                    Typed.any(
                        InternalUpstreamTransport.newBuilder()
                            .setTransportSocket(
                                TransportSocket.newBuilder()
                                    .setName("envoy.transport_sockets.raw_buffer")
                                    .setTypedConfig(Typed.any(RawBuffer.getDefaultInstance())))
                            .build())))
        .build();
  }

  /// HTTP/2 where the origin chooses it by ALPN, else HTTP/1.1.
  private static HttpProtocolOptions negotiated(HttpProtocolOptions.Builder options) {
    return options
        .setAutoConfig(
            HttpProtocolOptions.AutoHttpConfig.newBuilder()
                .setHttpProtocolOptions(HttpConnections.http1())
                .setHttp2ProtocolOptions(HttpConnections.http2()))
        .build();
  }

  private static HttpProtocolOptions http1Only(HttpProtocolOptions.Builder options) {
    return options
        .setExplicitHttpConfig(
            HttpProtocolOptions.ExplicitHttpConfig.newBuilder()
                .setHttpProtocolOptions(HttpConnections.http1()))
        .build();
  }

  private static HttpProtocolOptions.Builder options() {
    return HttpProtocolOptions.newBuilder()
        .setCommonHttpProtocolOptions(
            io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions.newBuilder()
                .setIdleTimeout(Typed.seconds(60)));
  }

  /// SNI and the expected name come from the request's host.
  private static HttpProtocolOptions.Builder options(UpstreamTls tls) {
    return options()
        .setUpstreamHttpProtocolOptions(
            UpstreamHttpProtocolOptions.newBuilder()
                .setAutoSni(true)
                .setAutoSanValidation(tls.names()));
  }
}

package dev.menura.controlplane;

import com.google.protobuf.UInt32Value;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.EnvoyInternalAddress;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.core.v3.UpstreamHttpProtocolOptions;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.util.List;

/// Where connections go. Clusters for origins dial the address in filter state, which is the one
/// that the gate checked, and resolve no names.
final class Clusters {
  static final String FRONT = "front";
  static final String DECRYPT = "decrypt";
  static final String PASSTHROUGH = "passthrough";
  static final String ORIGIN = "origin";

  /// For requests that upgrade the connection, which an origin can be counted on to understand only
  /// in HTTP/1.1.
  static final String ORIGIN_HTTP1 = "origin-http1";

  static final String PLAIN = "plain";

  /// P-384 and P-521 are not among Envoy's defaults, and origins exist that offer nothing else.
  static final List<String> CURVES = List.of("X25519MLKEM768", "X25519", "P-256", "P-384", "P-521");

  /// The default list lacks P-521 and Ed25519, and has SHA-1.
  private static final List<String> SIGNATURES =
      List.of(
          "ecdsa_secp256r1_sha256",
          "rsa_pss_rsae_sha256",
          "rsa_pkcs1_sha256",
          "ecdsa_secp384r1_sha384",
          "rsa_pss_rsae_sha384",
          "rsa_pkcs1_sha384",
          "rsa_pss_rsae_sha512",
          "rsa_pkcs1_sha512",
          "ecdsa_secp521r1_sha512",
          "ed25519");

  static final int CONNECTIONS_MAX = 100_000;

  private static final int CONNECT_SECONDS = 10;

  private Clusters() {}

  static List<Cluster> all() {
    return List.of(
        internal(FRONT, FrontListener.NAME),
        internal(DECRYPT, DecryptListener.NAME),
        originalDst(PASSTHROUGH).build(),
        originalDst(PLAIN)
            .putTypedExtensionProtocolOptions(HTTP_OPTIONS, Typed.any(http1Only(false)))
            .build(),
        originalDst(ORIGIN)
            .setTransportSocket(tls(List.of()))
            .putTypedExtensionProtocolOptions(HTTP_OPTIONS, Typed.any(negotiated()))
            .build(),
        originalDst(ORIGIN_HTTP1)
            .setTransportSocket(tls(List.of("http/1.1")))
            .putTypedExtensionProtocolOptions(HTTP_OPTIONS, Typed.any(http1Only(true)))
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

  private static TransportSocket tls(List<String> alpn) {
    var roots =
        SdsSecretConfig.newBuilder()
            .setName(Wire.UPSTREAM_ROOTS)
            .setSdsConfig(
                ConfigSource.newBuilder()
                    .setResourceApiVersion(ApiVersion.V3)
                    .setAds(AggregatedConfigSource.getDefaultInstance()));
    var context =
        UpstreamTlsContext.newBuilder()
            // Tickets of one origin must not be offered to another.
            .setMaxSessionKeys(UInt32Value.of(0))
            .setCommonTlsContext(
                CommonTlsContext.newBuilder()
                    .addAllAlpnProtocols(alpn)
                    .setTlsParams(
                        TlsParameters.newBuilder()
                            .setTlsMinimumProtocolVersion(TlsProtocol.TLSv1_2)
                            .setTlsMaximumProtocolVersion(TlsProtocol.TLSv1_3)
                            .addAllEcdhCurves(CURVES)
                            .addAllSignatureAlgorithms(SIGNATURES))
                    .setValidationContextSdsSecretConfig(roots))
            .build();
    return TransportSocket.newBuilder()
        .setName("envoy.transport_sockets.tls")
        .setTypedConfig(Typed.any(context))
        .build();
  }

  /// HTTP/2 where the origin chooses it by ALPN, else HTTP/1.1. SNI and the expected name come from
  /// the request's host.
  private static io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions negotiated() {
    return options(true)
        .setAutoConfig(
            io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.AutoHttpConfig
                .newBuilder()
                .setHttpProtocolOptions(HttpConnections.http1())
                .setHttp2ProtocolOptions(HttpConnections.http2()))
        .build();
  }

  private static io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions http1Only(
      boolean tls) {
    return options(tls)
        .setExplicitHttpConfig(
            io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig
                .newBuilder()
                .setHttpProtocolOptions(HttpConnections.http1()))
        .build();
  }

  private static io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.Builder
      options(boolean tls) {
    var options =
        io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.newBuilder()
            .setCommonHttpProtocolOptions(
                HttpProtocolOptions.newBuilder().setIdleTimeout(Typed.seconds(60)));
    if (tls) {
      options.setUpstreamHttpProtocolOptions(
          UpstreamHttpProtocolOptions.newBuilder().setAutoSni(true).setAutoSanValidation(true));
    }
    return options;
  }
}

package dev.menura.controlplane;

import com.google.protobuf.Message;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.cert_mappers.sni.v3.SNI;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.cert_mappers.static_name.v3.StaticName;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.cert_selectors.on_demand_secret.v3.Config;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import java.util.Map;

/// How TLS with clients is terminated: with a certificate that is asked for during the handshake.
///
/// @param secrets who is asked
/// @param mapper what is asked for
record DecryptTls(ConfigSource secrets, String name, Message mapper) {
  /// The name asked for where a ClientHello has no SNI and its class is not that of a slot. It is
  /// never admitted.
  private static final String NO_SNI = "menura/no-sni";

  /// The mimics of valid origins, by the server's name.
  static DecryptTls trusted() {
    return byName(ads(), NO_SNI);
  }

  /// The mimic in a slot, for clients that name no server.
  static DecryptTls slot(int slot) {
    return byName(ads(), Wire.slotSecret(slot));
  }

  /// Certificates of one class, by the server's name.
  static DecryptTls ofClass(String secretClass) {
    return byName(ownStream(secretClass), NO_SNI);
  }

  /// The mimic of the origin in a slot of those whose problem a rule lets through.
  static DecryptTls pinned(int slot) {
    var name = StaticName.newBuilder().setName(Wire.pinnedSecret(slot)).build();
    return new DecryptTls(ownStream(Wire.CLASS_PINNED), "static_name", name);
  }

  private static DecryptTls byName(ConfigSource secrets, String unnamed) {
    return new DecryptTls(secrets, "sni", SNI.newBuilder().setDefaultValue(unnamed).build());
  }

  /// @param parameters which versions and algorithms clients are offered
  TransportSocket with(TlsParameters parameters) {
    return TransportSocket.newBuilder()
        .setName("envoy.transport_sockets.tls")
        .setTypedConfig(Typed.any(context(parameters)))
        .build();
  }

  private DownstreamTlsContext context(TlsParameters parameters) {
    var selector =
        Config.newBuilder()
            .setConfigSource(secrets)
            .setCertificateMapper(Typed.extension(name, mapper))
            .build();
    return DownstreamTlsContext.newBuilder()
        .setCommonTlsContext(
            CommonTlsContext.newBuilder()
                .setTlsParams(parameters)
                .addAlpnProtocols("h2")
                .addAlpnProtocols("http/1.1")
                .setCustomTlsCertificateSelector(
                    Typed.extension("envoy.tls.certificate_selectors.on_demand_secret", selector)))
        // The selector does not work with resumption, and Envoy refuses the combination.
        .setDisableStatelessSessionResumption(true)
        .setDisableStatefulSessionResumption(true)
        .build();
  }

  static ConfigSource ads() {
    return ConfigSource.newBuilder()
        .setResourceApiVersion(ApiVersion.V3)
        .setAds(AggregatedConfigSource.getDefaultInstance())
        .build();
  }

  /// Streams that serve the secrets of one class and no others.
  static ConfigSource ownStream(String secretClass) {
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
}

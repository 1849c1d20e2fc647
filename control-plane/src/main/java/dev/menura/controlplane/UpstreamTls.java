package dev.menura.controlplane;

import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.cert_selectors.on_demand_secret.v3.Config;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.util.List;
import java.util.Optional;

/// How TLS with origins is spoken.
///
/// @param validation the secret that says which certificates an origin may present; empty where it
///   may present any
/// @param names whether the certificate must be for the request's host
/// @param certified whether the origin is presented a client certificate
record UpstreamTls(Optional<SdsSecretConfig> validation, boolean names, boolean certified) {
  /// The name asked for where the gate has named none. It is never served, so that such a
  /// connection fails.
  private static final String NO_CERTIFICATE = "menura/no-client-certificate";

  /// Any certificate that leads to a trusted root and is for the request's host.
  static UpstreamTls validated() {
    return new UpstreamTls(Optional.of(secret(Wire.UPSTREAM_ROOTS, DecryptTls.ads())), true, false);
  }

  /// As [#validated], and the origin is presented the client certificate that the gate has named:
  /// Envoy asks for it when it dials, and keeps the connections of different ones apart.
  static UpstreamTls presenting() {
    return new UpstreamTls(validated().validation(), true, true);
  }

  /// Any certificate at all.
  static UpstreamTls unvalidated() {
    return new UpstreamTls(Optional.empty(), false, false);
  }

  /// The certificate whose hash the slot's secret holds, and no other.
  static UpstreamTls pinned(int slot) {
    var secret = secret(Wire.pinSecret(slot), DecryptTls.ownStream(Wire.CLASS_PINNED));
    return new UpstreamTls(Optional.of(secret), false, false);
  }

  private static Message selector() {
    var mapper =
        io.envoyproxy.envoy.extensions.transport_sockets.tls.cert_mappers.filter_state_override.v3
            .Config.newBuilder()
            .setDefaultValue(NO_CERTIFICATE)
            .build();
    return Config.newBuilder()
        .setConfigSource(DecryptTls.ads())
        .setCertificateMapper(
            Typed.extension("envoy.tls.upstream_certificate_mappers.filter_state_override", mapper))
        .build();
  }

  private static SdsSecretConfig secret(String name, ConfigSource source) {
    return SdsSecretConfig.newBuilder().setName(name).setSdsConfig(source).build();
  }

  TransportSocket socket(TlsSettings tls, List<String> alpn) {
    var common =
        CommonTlsContext.newBuilder().addAllAlpnProtocols(alpn).setTlsParams(tls.towardsOrigins());
    validation.ifPresent(common::setValidationContextSdsSecretConfig);
    if (certified) {
      common.setCustomTlsCertificateSelector(
          Typed.extension("envoy.tls.certificate_selectors.on_demand_secret", selector()));
    }
    var context =
        UpstreamTlsContext.newBuilder()
            // Tickets of one origin must not be offered to another.
            .setMaxSessionKeys(UInt32Value.of(0))
            .setCommonTlsContext(common)
            .build();
    return TransportSocket.newBuilder()
        .setName("envoy.transport_sockets.tls")
        .setTypedConfig(Typed.any(context))
        .build();
  }
}

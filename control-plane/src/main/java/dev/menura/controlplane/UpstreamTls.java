package dev.menura.controlplane;

import com.google.protobuf.UInt32Value;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
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
record UpstreamTls(Optional<SdsSecretConfig> validation, boolean names) {
  /// Any certificate that leads to a trusted root and is for the request's host.
  static UpstreamTls validated() {
    return new UpstreamTls(Optional.of(secret(Wire.UPSTREAM_ROOTS, DecryptTls.ads())), true);
  }

  /// Any certificate at all.
  static UpstreamTls unvalidated() {
    return new UpstreamTls(Optional.empty(), false);
  }

  /// The certificate whose hash the slot's secret holds, and no other.
  static UpstreamTls pinned(int slot) {
    var secret = secret(Wire.pinSecret(slot), DecryptTls.ownStream(Wire.CLASS_PINNED));
    return new UpstreamTls(Optional.of(secret), false);
  }

  private static SdsSecretConfig secret(String name, ConfigSource source) {
    return SdsSecretConfig.newBuilder().setName(name).setSdsConfig(source).build();
  }

  TransportSocket socket(TlsSettings tls, List<String> alpn) {
    var common =
        CommonTlsContext.newBuilder().addAllAlpnProtocols(alpn).setTlsParams(tls.towardsOrigins());
    validation.ifPresent(common::setValidationContextSdsSecretConfig);
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

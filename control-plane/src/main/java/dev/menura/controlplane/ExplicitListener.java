package dev.menura.controlplane;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Message;
import dev.menura.policy.Gateway;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.QuicProtocolOptions;
import io.envoyproxy.envoy.config.listener.v3.UdpListenerConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.transport_sockets.quic.v3.QuicDownstreamTransport;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol;
import java.util.List;

/// The listeners that clients with a proxy setting use: in clear text, over TLS, and over QUIC. The
/// two that are encrypted present the proxy's own certificate, which Envoy is sent as a secret, so
/// that its renewal changes no listener.
final class ExplicitListener {
  /// A QUIC connection on which nothing moves. Clients keep those open that carry a tunnel.
  private static final int QUIC_IDLE_SECONDS = 300;

  private ExplicitListener() {}

  /// HTTP/1.1, and HTTP/2 with prior knowledge.
  static Listener inClear(String name, Gateway.Listener address) {
    return listener(name, address, SocketAddress.Protocol.TCP)
        .addFilterChains(chain(name, ExplicitHttp.overTcp(name)))
        .build();
  }

  /// HTTP/1.1 and HTTP/2 over TLS.
  static Listener overTls(
      String name, Gateway.Listener address, TlsSettings settings, ClientCertificates clients) {
    return listener(name, address, SocketAddress.Protocol.TCP)
        .addFilterChains(
            chain(name, ExplicitHttp.overTcp(name))
                .setTransportSocketConnectTimeout(Typed.seconds(Listeners.HELLO_SECONDS))
                .setTransportSocket(
                    socket(
                        "envoy.transport_sockets.tls",
                        tls(settings, clients, List.of("h2", "http/1.1")))))
        .build();
  }

  /// HTTP/3.
  static Listener overQuic(
      String name, Gateway.Listener address, TlsSettings settings, ClientCertificates clients) {
    var transport =
        QuicDownstreamTransport.newBuilder()
            .setDownstreamTlsContext(tls(settings, clients, List.of("h3")))
            .build();
    return listener(name, address, SocketAddress.Protocol.UDP)
        .setUdpListenerConfig(
            UdpListenerConfig.newBuilder()
                .setQuicOptions(
                    QuicProtocolOptions.newBuilder()
                        .setQuicProtocolOptions(ExplicitHttp.quic())
                        .setIdleTimeout(Typed.seconds(QUIC_IDLE_SECONDS))
                        .setCryptoHandshakeTimeout(Typed.seconds(Listeners.HELLO_SECONDS))))
        .addFilterChains(
            chain(name, ExplicitHttp.overQuic(name))
                .setTransportSocket(socket("envoy.transport_sockets.quic", transport)))
        .build();
  }

  private static Listener.Builder listener(
      String name, Gateway.Listener address, SocketAddress.Protocol protocol) {
    return Listener.newBuilder()
        .setName(name)
        .setAddress(
            Address.newBuilder()
                .setSocketAddress(
                    SocketAddress.newBuilder()
                        .setProtocol(protocol)
                        .setAddress(address.host())
                        .setPortValue(address.port())))
        .setPerConnectionBufferLimitBytes(Typed.uint(Listeners.BUFFER_BYTES));
  }

  private static FilterChain.Builder chain(String name, HttpConnectionManager http) {
    return FilterChain.newBuilder()
        .setName(name)
        .addFilters(
            Filter.newBuilder()
                .setName("envoy.filters.network.http_connection_manager")
                .setTypedConfig(Typed.any(http)));
  }

  private static TransportSocket socket(String name, Message config) {
    return TransportSocket.newBuilder().setName(name).setTypedConfig(Typed.any(config)).build();
  }

  private static DownstreamTlsContext tls(
      TlsSettings settings, ClientCertificates clients, List<String> protocols) {
    var common =
        CommonTlsContext.newBuilder()
            .setTlsParams(settings.towardsClients(TlsProtocol.TLSv1_3))
            .addAllAlpnProtocols(protocols)
            .addTlsCertificateSdsSecretConfigs(secret(Wire.PROXY_CERTIFICATE));
    var context = DownstreamTlsContext.newBuilder();
    switch (clients) {
      case NOT_ASKED -> {}
      case ASKED -> {
        common.setValidationContextSdsSecretConfig(secret(Wire.CLIENT_ROOTS));
        context.setRequireClientCertificate(BoolValue.of(false));
      }
    }
    return context.setCommonTlsContext(common).build();
  }

  private static SdsSecretConfig secret(String name) {
    return SdsSecretConfig.newBuilder().setName(name).setSdsConfig(DecryptTls.ads()).build();
  }
}

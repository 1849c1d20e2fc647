package dev.menura.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.menura.policy.TlsRules;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.quic.v3.QuicDownstreamTransport;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Which listeners ask clients for a certificate.
class ClientCertificatesTest {
  private static List<DownstreamTlsContext> contexts(ClientCertificates clients)
      throws InvalidProtocolBufferException {
    var resources =
        Compiler.compile(EveryWay.IN, "v1", TlsRules.STANDARD, clients, Optional.empty());
    var tls = socket(resources, "explicit-tls").getTypedConfig().unpack(DownstreamTlsContext.class);
    var quic =
        socket(resources, "explicit-h3").getTypedConfig().unpack(QuicDownstreamTransport.class);
    return List.of(tls, quic.getDownstreamTlsContext());
  }

  private static TransportSocket socket(EnvoyResources resources, String listener) {
    return resources.listeners().stream()
        .filter(each -> each.getName().equals(listener))
        .findFirst()
        .orElseThrow()
        .getFilterChains(0)
        .getTransportSocket();
  }

  @Test
  void thoseOverTlsAndQuicAskByRootsThatAreServedAndRequireNone()
      throws InvalidProtocolBufferException {
    for (var context : contexts(ClientCertificates.ASKED)) {
      var roots = context.getCommonTlsContext().getValidationContextSdsSecretConfig();
      assertThat(roots.getName()).isEqualTo(Wire.CLIENT_ROOTS);
      assertThat(roots.getSdsConfig().hasAds()).isTrue();
      assertThat(context.getRequireClientCertificate().getValue()).isFalse();
    }
  }

  @Test
  void noneAsksWhereThePolicyKnowsNoCertificates() throws InvalidProtocolBufferException {
    for (var context : contexts(ClientCertificates.NOT_ASKED)) {
      assertThat(context.getCommonTlsContext().hasValidationContextSdsSecretConfig()).isFalse();
    }
  }
}

package dev.menura.controlplane;

import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import java.time.Duration;
import java.util.Map;

/// How Envoy reaches the sidecar: one gRPC cluster, which the bootstrap defines.
final class Sidecar {
  /// Longer than the gate's own limits on resolving and peeking together.
  static final Duration GATE_TIMEOUT = Duration.ofSeconds(20);

  private Sidecar() {}

  static GrpcService service(Duration timeout, Map<String, String> metadata) {
    var service =
        GrpcService.newBuilder()
            .setEnvoyGrpc(GrpcService.EnvoyGrpc.newBuilder().setClusterName(Wire.SIDECAR_CLUSTER))
            .setTimeout(Typed.seconds(timeout.toSeconds()));
    metadata.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry ->
            service.addInitialMetadata(
                HeaderValue.newBuilder().setKey(entry.getKey()).setValue(entry.getValue())));
    return service.build();
  }
}

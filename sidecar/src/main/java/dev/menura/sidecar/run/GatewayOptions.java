package dev.menura.sidecar.run;

import dev.menura.policy.Gateway;
import dev.menura.policy.Listen;
import dev.menura.policy.Listen.Way;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// How a gateway is started. Flags win over documents.
///
/// @param policy the policy's folder
/// @param listen where clients come in, for the ways that are not left to the `Gateway` document
/// @param admin where the admin server listens; empty for 127.0.0.1:8686, or any free port where
///   that is taken
/// @param envoy the program to run; empty where somebody else starts Envoy
/// @param certificates where the certificates process is; empty where the authority is kept here
public record GatewayOptions(
    Path policy,
    Path data,
    Map<Way, Gateway.Listener> listen,
    Optional<InetSocketAddress> admin,
    Optional<Path> envoy,
    Optional<CertificatesPlace> certificates) {
  public GatewayOptions {
    listen = Map.copyOf(listen);
  }

  /// Where clients come in, with what the document says for the rest.
  Listen listen(Listen document) {
    var all = document;
    for (var way : listen.entrySet()) {
      all = all.with(way.getKey(), way.getValue());
    }
    return all;
  }
}

package dev.menura.controlplane;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What one version of the policy comes to in Envoy's terms, by xDS type and name.
///
/// @param version the policy's version
public record EnvoyResources(
    String version,
    List<Listener> listeners,
    List<Cluster> clusters,
    List<TypedExtensionConfig> extensions) {
  static final String LISTENER = "type.googleapis.com/envoy.config.listener.v3.Listener";
  static final String CLUSTER = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
  static final String EXTENSION = "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig";
  static final String SECRET =
      "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

  public EnvoyResources {
    listeners = List.copyOf(listeners);
    clusters = List.copyOf(clusters);
    extensions = List.copyOf(extensions);
  }

  /// The resources of an xDS type, by name.
  Map<String, Message> ofType(String typeUrl) {
    var named = new LinkedHashMap<String, Message>();
    switch (typeUrl) {
      case LISTENER -> listeners.forEach(listener -> named.put(listener.getName(), listener));
      case CLUSTER -> clusters.forEach(cluster -> named.put(cluster.getName(), cluster));
      case EXTENSION -> extensions.forEach(extension -> named.put(extension.getName(), extension));
      default -> {}
    }
    return named;
  }
}

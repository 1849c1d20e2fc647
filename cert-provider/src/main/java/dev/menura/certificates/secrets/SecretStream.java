package dev.menura.certificates.secrets;

import io.envoyproxy.controlplane.cache.DeltaWatch;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one delta stream of an Envoy has of our secrets. Guarded by the watcher's lock.
final class SecretStream {
  /// The Envoy's node, empty where another request of its stream named it.
  final String node;

  /// The version last sent of each name that Envoy has, or is about to have.
  final Map<String, String> held = new HashMap<>();

  /// What was sent and is not acknowledged yet.
  final Map<String, String> unacknowledged = new HashMap<>();

  /// Held names of which another version, or none, is there now.
  final Set<String> changed = new LinkedHashSet<>();

  /// Where the next response goes; null while an acknowledgement is awaited.
  @Nullable DeltaWatch open;

  SecretStream(String node) {
    this.node = node;
  }

  void sent(Map<String, String> versions, Iterable<String> removed) {
    held.putAll(versions);
    unacknowledged.putAll(versions);
    changed.removeAll(versions.keySet());
    for (String name : removed) {
      held.remove(name);
      changed.remove(name);
    }
  }
}

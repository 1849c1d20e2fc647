package dev.menura.certificates.secrets;

import io.envoyproxy.controlplane.cache.DeltaWatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
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
  private final Map<String, String> unacknowledged = new HashMap<>();

  /// What was not accepted when Envoy replied the last time: it may still have been on its way.
  private final Set<String> doubted = new HashSet<>();

  /// Held names of which another version, or none, is there now.
  final Set<String> changed = new LinkedHashSet<>();

  /// How many watches were made.
  long watches;

  /// Whether the stream has ended: its last watch was cancelled.
  boolean ended;

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

  /// Whether Envoy has another version of any name that it has, or has not replied to this one yet.
  boolean awaits(Map<String, String> versions) {
    return versions.entrySet().stream().anyMatch(each -> awaits(each.getKey(), each.getValue()));
  }

  private boolean awaits(String name, String version) {
    String has = held.get(name);
    return !ended && has != null && (!has.equals(version) || unacknowledged.containsKey(name));
  }

  /// Takes in that Envoy has replied.
  ///
  /// @param tracked the versions that it has accepted so far
  /// @param certain whether what it has not accepted was rejected; if not, that is so only if it
  ///   was not accepted at the reply before either
  /// @return the names whose last version it has rejected
  List<String> settle(Map<String, String> tracked, boolean certain) {
    var rejected = new ArrayList<String>();
    var replies = unacknowledged.entrySet().iterator();
    while (replies.hasNext()) {
      var reply = replies.next();
      String name = reply.getKey();
      boolean current = reply.getValue().equals(held.get(name));
      boolean accepted = reply.getValue().equals(tracked.get(name));
      if (current && !accepted && !certain && doubted.add(name)) {
        continue;
      }
      if (current && !accepted) {
        rejected.add(name);
      }
      doubted.remove(name);
      replies.remove();
    }
    return rejected;
  }
}

package dev.menura.controlplane;

import com.google.common.hash.Hashing;
import com.google.protobuf.Message;
import io.envoyproxy.controlplane.cache.ConfigWatcher;
import io.envoyproxy.controlplane.cache.DeltaResponse;
import io.envoyproxy.controlplane.cache.DeltaWatch;
import io.envoyproxy.controlplane.cache.DeltaXdsRequest;
import io.envoyproxy.controlplane.cache.Response;
import io.envoyproxy.controlplane.cache.VersionedResource;
import io.envoyproxy.controlplane.cache.Watch;
import io.envoyproxy.controlplane.cache.WatchCancelledException;
import io.envoyproxy.controlplane.cache.XdsRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// Serves one snapshot of resources to every Envoy over delta xDS, resource by resource: only what
/// an Envoy lacks or has in another version is sent. A snapshot that an Envoy rejects is held from
/// it until the next one, never sent again in a loop. Thread-safe.
final class SnapshotWatcher implements ConfigWatcher {
  private final Set<Pending> open = new HashSet<>();
  private final Map<String, Map<String, VersionedResource<?>>> byType = new HashMap<>();
  private String version = "";

  /// Replaces the snapshot and sends each Envoy what is new to it.
  synchronized void set(EnvoyResources resources) {
    version = resources.version();
    for (String type :
        List.of(EnvoyResources.CLUSTER, EnvoyResources.LISTENER, EnvoyResources.EXTENSION)) {
      byType.put(type, versioned(resources.ofType(type)));
    }
    for (Pending watch : List.copyOf(open)) {
      answer(watch);
    }
  }

  @Override
  public synchronized DeltaWatch createDeltaWatch(
      DeltaXdsRequest request,
      String requesterVersion,
      Map<String, String> resourceVersions,
      Set<String> pendingResources,
      boolean isWildcard,
      Consumer<DeltaResponse> responseConsumer,
      boolean hasClusterChanged) {
    var watch =
        new Pending(
            request,
            Map.copyOf(resourceVersions),
            Set.copyOf(pendingResources),
            requesterVersion,
            isWildcard,
            responseConsumer,
            request.hasErrorDetail() ? version : "");
    watch.setStop(() -> forget(watch));
    open.add(watch);
    answer(watch);
    return watch;
  }

  /// Envoys are configured for delta xDS; a state-of-the-world request gets no answer.
  @Override
  public Watch createWatch(
      boolean ads,
      XdsRequest request,
      Set<String> knownResourceNames,
      Consumer<Response> responseConsumer,
      boolean hasClusterChanged,
      boolean allowDefaultEmptyEdsUpdate) {
    return new Watch(ads, allowDefaultEmptyEdsUpdate, request, responseConsumer);
  }

  private synchronized void forget(Pending watch) {
    open.remove(watch);
  }

  private void answer(Pending watch) {
    if (version.isEmpty() || version.equals(watch.rejectedVersion)) {
      return;
    }
    Map<String, VersionedResource<?>> resources =
        byType.getOrDefault(watch.request().getTypeUrl(), Map.of());
    var changed = new LinkedHashMap<String, VersionedResource<?>>();
    resources.forEach((name, resource) -> {
      if (watch.wants(name) && !resource.version().equals(watch.trackedResources().get(name))) {
        changed.put(name, resource);
      }
    });
    var removed = new ArrayList<String>();
    for (String name : watch.trackedResources().keySet()) {
      if (!resources.containsKey(name)) {
        removed.add(name);
      }
    }
    if (changed.isEmpty() && removed.isEmpty() && !watch.isReconnection()) {
      return;
    }
    open.remove(watch);
    watch.send(DeltaResponse.create(watch.request(), changed, removed, version));
  }

  private static Map<String, VersionedResource<?>> versioned(Map<String, Message> resources) {
    var versioned = new LinkedHashMap<String, VersionedResource<?>>();
    resources.forEach((name, resource) ->
        versioned.put(
            name,
            VersionedResource.create(
                resource, Hashing.sha256().hashBytes(resource.toByteArray()).toString())));
    return versioned;
  }

  /// A request that waits for something new.
  private static final class Pending extends DeltaWatch {
    private final String rejectedVersion;

    Pending(
        DeltaXdsRequest request,
        Map<String, String> known,
        Set<String> pendingResources,
        String version,
        boolean isWildcard,
        Consumer<DeltaResponse> responseConsumer,
        String rejectedVersion) {
      super(request, known, pendingResources, version, isWildcard, responseConsumer);
      this.rejectedVersion = rejectedVersion;
    }

    /// True where an Envoy comes back that has resources already. It is answered even if it lacks
    /// nothing, so that its acknowledgement tells which version it runs.
    boolean isReconnection() {
      return request().getResponseNonce().isEmpty()
          && !request().getInitialResourceVersionsMap().isEmpty();
    }

    boolean wants(String name) {
      return isWildcard()
          || trackedResources().containsKey(name)
          || pendingResources().contains(name);
    }

    void send(DeltaResponse response) {
      try {
        respond(response);
      } catch (WatchCancelledException e) {
        // The stream has ended, or asks anew: there is nobody to answer.
        cancel();
      }
    }
  }
}

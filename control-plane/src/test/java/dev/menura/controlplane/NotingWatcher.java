package dev.menura.controlplane;

import io.envoyproxy.controlplane.cache.ConfigWatcher;
import io.envoyproxy.controlplane.cache.DeltaResponse;
import io.envoyproxy.controlplane.cache.DeltaWatch;
import io.envoyproxy.controlplane.cache.DeltaXdsRequest;
import io.envoyproxy.controlplane.cache.Response;
import io.envoyproxy.controlplane.cache.Watch;
import io.envoyproxy.controlplane.cache.XdsRequest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// Answers nothing, and notes its name whenever it is asked.
record NotingWatcher(String name, List<String> notes) implements ConfigWatcher {
  @Override
  public Watch createWatch(
      boolean ads,
      XdsRequest request,
      Set<String> knownResourceNames,
      Consumer<Response> responseConsumer,
      boolean hasClusterChanged,
      boolean allowDefaultEmptyEdsUpdate) {
    throw new UnsupportedOperationException("delta only");
  }

  @Override
  public DeltaWatch createDeltaWatch(
      DeltaXdsRequest request,
      String requesterVersion,
      Map<String, String> resourceVersions,
      Set<String> pendingResources,
      boolean isWildcard,
      Consumer<DeltaResponse> responseConsumer,
      boolean hasClusterChanged) {
    notes.add(name);
    return new DeltaWatch(
        request,
        resourceVersions,
        pendingResources,
        requesterVersion,
        isWildcard,
        responseConsumer);
  }
}

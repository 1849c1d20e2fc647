package dev.menura.certificates.secrets;

import io.envoyproxy.controlplane.cache.DeltaResponse;
import io.envoyproxy.controlplane.cache.DeltaXdsRequest;
import io.envoyproxy.controlplane.cache.VersionedResource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What one response is going to say: which names get a secret, and which are removed.
final class SecretAnswer {
  final Map<String, VersionedResource<?>> resources = new HashMap<>();
  final Set<String> removed = new LinkedHashSet<>();

  boolean mentions(String name) {
    return resources.containsKey(name) || removed.contains(name);
  }

  int size() {
    return resources.size() + removed.size();
  }

  Map<String, String> versions() {
    var versions = new HashMap<String, String>();
    resources.forEach((name, resource) -> versions.put(name, resource.version()));
    return versions;
  }

  DeltaResponse response(DeltaXdsRequest request, String version) {
    return DeltaResponse.create(request, resources, List.copyOf(removed), version);
  }
}

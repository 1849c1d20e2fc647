package dev.menura.controlplane;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.Any;
import io.envoyproxy.controlplane.cache.ConfigWatcher;
import io.envoyproxy.controlplane.cache.DeltaResponse;
import io.envoyproxy.controlplane.cache.DeltaWatch;
import io.envoyproxy.controlplane.cache.DeltaXdsRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// One delta xDS stream of an Envoy, for any number of types (xDS protocol, "Incremental xDS").
///
/// A resource counts as known to the Envoy from the moment it was sent in a version. So an answer
/// never waits for the acknowledgement of another, and a resource that was rejected is not sent
/// again until it has another version.
///
/// All work of a stream runs one step after another on the executor, never on the thread of the
/// watcher that answers: no watcher's lock is held while a stream asks a watcher.
final class DeltaStream implements StreamObserver<DeltaDiscoveryRequest> {
  private final ConfigWatcher watcher;
  private final Acknowledgements.Stream acknowledgements;
  private final StreamObserver<DeltaDiscoveryResponse> out;
  private final Executor executor;
  private final Map<String, Type> types = new HashMap<>();
  private long nonce;
  private boolean closed;

  DeltaStream(
      ConfigWatcher watcher,
      Acknowledgements.Stream acknowledgements,
      StreamObserver<DeltaDiscoveryResponse> out,
      Executor executor) {
    this.watcher = watcher;
    this.acknowledgements = acknowledgements;
    this.out = out;
    this.executor = MoreExecutors.newSequentialExecutor(executor);
  }

  @Override
  public void onNext(DeltaDiscoveryRequest request) {
    executor.execute(() -> received(request));
  }

  @Override
  public void onError(Throwable error) {
    executor.execute(this::close);
  }

  @Override
  public void onCompleted() {
    executor.execute(() -> {
      if (!closed) {
        close();
        out.onCompleted();
      }
    });
  }

  private void received(DeltaDiscoveryRequest request) {
    if (closed) {
      return;
    }
    acknowledgements.received(request);
    var type = types.computeIfAbsent(request.getTypeUrl(), Type::new);
    type.update(request);
    type.watch(request);
  }

  private void close() {
    closed = true;
    types.values().forEach(Type::cancel);
    acknowledgements.closed();
  }

  /// What the Envoy subscribes to and knows of one type.
  private final class Type {
    private final String url;
    private final Set<String> subscribed = new HashSet<>();
    private final Map<String, String> known = new HashMap<>();
    private boolean first = true;
    private boolean wildcard;
    private int generation;
    private @Nullable DeltaWatch watch;

    Type(String url) {
      this.url = url;
    }

    void update(DeltaDiscoveryRequest request) {
      if (first) {
        first = false;
        known.putAll(request.getInitialResourceVersionsMap());
        wildcard = request.getResourceNamesSubscribeList().isEmpty();
      }
      for (String name : request.getResourceNamesUnsubscribeList()) {
        subscribed.remove(name);
        known.remove(name);
        wildcard &= !name.equals("*");
      }
      for (String name : request.getResourceNamesSubscribeList()) {
        if (name.equals("*")) {
          wildcard = true;
        } else if (subscribed.add(name) && !request.containsInitialResourceVersions(name)) {
          known.remove(name);
        }
      }
    }

    /// Replaces the watch. Answers to an earlier one that are still under way are not sent: the new
    /// one repeats them.
    void watch(DeltaDiscoveryRequest request) {
      cancel();
      int mine = ++generation;
      var pending = new HashSet<>(subscribed);
      pending.removeAll(known.keySet());
      watch =
          watcher.createDeltaWatch(
              DeltaXdsRequest.create(request),
              "",
              Map.copyOf(known),
              Set.copyOf(pending),
              wildcard,
              response -> executor.execute(() -> answer(mine, response)),
              false);
    }

    void cancel() {
      if (watch != null) {
        watch.cancel();
        watch = null;
      }
    }

    private void answer(int generationOfWatch, DeltaResponse response) {
      if (closed || generationOfWatch != generation) {
        return;
      }
      var message =
          DeltaDiscoveryResponse.newBuilder()
              .setTypeUrl(url)
              .setSystemVersionInfo(response.version())
              .setNonce(Long.toString(++nonce))
              .addAllRemovedResources(response.removedResources());
      response
          .resources()
          .forEach((name, resource) -> {
            known.put(name, resource.version());
            message.addResources(
                Resource.newBuilder()
                    .setName(name)
                    .setVersion(resource.version())
                    .setResource(Any.pack(resource.resource())));
          });
      response.removedResources().forEach(known::remove);
      var built = message.build();
      acknowledgements.sent(built);
      out.onNext(built);
      watch(DeltaDiscoveryRequest.newBuilder().setTypeUrl(url).build());
    }
  }
}

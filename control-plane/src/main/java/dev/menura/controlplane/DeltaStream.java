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

/// One delta xDS stream of an Envoy, for any number of types (xDS protocol, "Incremental xDS"). It
/// keeps to what java-control-plane promises a [ConfigWatcher]: the sets of tracked and pending
/// names are the stream's own, a watch is answered once, and the next one is made when Envoy has
/// replied.
///
/// All work of a stream, and with it every use of those sets, runs one step after another on the
/// executor, never on the thread of the watcher that answers: no watcher's lock is held while a
/// stream asks a watcher.
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
    types.computeIfAbsent(request.getTypeUrl(), Type::new).received(request);
  }

  private void close() {
    closed = true;
    types.values().forEach(Type::cancel);
    acknowledgements.closed();
  }

  /// What the Envoy wants and has of one type.
  private final class Type {
    private final String url;
    private final Set<String> pending = new HashSet<>();
    private final Map<String, String> tracked = new HashMap<>();
    private final Map<String, DeltaResponse> unanswered = new HashMap<>();
    private boolean first = true;
    private boolean wildcard;
    private @Nullable DeltaWatch watch;

    Type(String url) {
      this.url = url;
    }

    void received(DeltaDiscoveryRequest request) {
      if (first) {
        first = false;
        tracked.putAll(request.getInitialResourceVersionsMap());
        wildcard = request.getResourceNamesSubscribeList().isEmpty();
      }
      for (String name : request.getResourceNamesUnsubscribeList()) {
        tracked.remove(name);
        pending.remove(name);
        wildcard &= !name.equals("*");
      }
      for (String name : request.getResourceNamesSubscribeList()) {
        if (name.equals("*")) {
          wildcard = true;
        } else {
          pending.add(name);
        }
      }
      var answered = unanswered.remove(request.getResponseNonce());
      if (answered != null && !request.hasErrorDetail()) {
        answered
            .resources()
            .forEach((name, resource) -> {
              tracked.put(name, resource.version());
              pending.remove(name);
            });
        answered.removedResources().forEach(tracked::remove);
      }
      if (unanswered.isEmpty()) {
        watch(request);
      }
    }

    private void watch(DeltaDiscoveryRequest request) {
      // In this order a watcher can tell a stream that goes on from one that has ended.
      var former = watch;
      watch =
          watcher.createDeltaWatch(
              DeltaXdsRequest.create(request),
              "",
              tracked,
              pending,
              wildcard,
              response -> executor.execute(() -> send(response)),
              false);
      if (former != null) {
        former.cancel();
      }
    }

    void cancel() {
      if (watch != null) {
        watch.cancel();
        watch = null;
      }
    }

    private void send(DeltaResponse response) {
      if (closed) {
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
          .forEach((name, resource) ->
              message.addResources(
                  Resource.newBuilder()
                      .setName(name)
                      .setVersion(resource.version())
                      .setResource(Any.pack(resource.resource()))));
      var built = message.build();
      unanswered.put(built.getNonce(), response);
      acknowledgements.sent(built);
      out.onNext(built);
    }
  }
}

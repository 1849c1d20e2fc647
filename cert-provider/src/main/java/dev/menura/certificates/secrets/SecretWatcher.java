package dev.menura.certificates.secrets;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.menura.certificates.authority.Leaf;
import dev.menura.certificates.x509.OriginName;
import io.envoyproxy.controlplane.cache.ConfigWatcher;
import io.envoyproxy.controlplane.cache.DeltaResponse;
import io.envoyproxy.controlplane.cache.DeltaWatch;
import io.envoyproxy.controlplane.cache.DeltaXdsRequest;
import io.envoyproxy.controlplane.cache.Resources;
import io.envoyproxy.controlplane.cache.Response;
import io.envoyproxy.controlplane.cache.VersionedResource;
import io.envoyproxy.controlplane.cache.Watch;
import io.envoyproxy.controlplane.cache.WatchCancelledException;
import io.envoyproxy.controlplane.cache.XdsRequest;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves the leaves of one class of connections to every Envoy that is connected, by delta xDS
/// alone. Every name that is asked for is answered at once: with its secret where it is admitted,
/// else with a removal, which fails the handshake that waits for it.
///
/// `createDeltaWatch` must be handed the sets of the stream itself, not copies: a stream is known
/// by the set of its pending names, and an answered name is taken out of it, since the server
/// library would else keep a removed name pending for ever.
public final class SecretWatcher implements ConfigWatcher {
  private static final Logger LOG = LoggerFactory.getLogger(SecretWatcher.class);

  private final String kind;
  private final SecretLimits limits;
  private final SecretMeters meters;
  private final SecretStore store;
  private final ReentrantLock lock = new ReentrantLock();

  /// An Envoy has replied, or is gone.
  private final Condition replied = lock.newCondition();

  /// Caffeine compares weak keys by identity, which is what is meant here.
  private final Cache<Set<String>, SecretStream> streams =
      Caffeine.newBuilder().weakKeys().executor(Runnable::run).build();

  private long responses;

  /// @param kind the class of connections, as `trusted`; a label of metrics
  public SecretWatcher(String kind, SecretLimits limits, Clock clock, MeterRegistry registry) {
    this.kind = kind;
    this.limits = limits;
    this.store = new SecretStore(limits, clock);
    this.meters = new SecretMeters(kind, registry, this::size);
  }

  /// Admits a name whose leaf is there already.
  ///
  /// @param original what the leaf stands for: the fingerprint of the certificate that it mimics
  /// @return whether there is such a leaf; if not, one must be minted and put
  public boolean touch(OriginName name, String original) {
    return locked(() -> store.touch(name, original));
  }

  /// Admits a name whose leaf stands for another certificate, if that leaf was put a moment ago:
  /// valid origins of one name with certificates of their own then share it, instead of replacing
  /// each other's with every connection.
  ///
  /// @return whether there is such a leaf
  public boolean share(OriginName name) {
    return locked(() -> store.share(name));
  }

  /// Admits a name with this leaf. Envoys that have another one for the name get this one.
  public void put(OriginName name, String original, Leaf leaf) {
    put(name, original, leaf, leaf.notAfter());
  }

  /// As [#put(OriginName, String, Leaf)].
  ///
  /// @param until when it is served no longer, whatever the leaf's own dates
  public void put(OriginName name, String original, Leaf leaf, Instant until) {
    locked(() -> {
      Collection<String> changed = new ArrayList<>(store.put(name, original, leaf, until));
      for (var evicted = store.evict(); evicted.isPresent(); evicted = store.evict()) {
        changed.addAll(evicted.get());
        meters.evicted();
      }
      publish(changed);
      return changed;
    });
  }

  /// Removes all names, from every Envoy too. Pinned secrets stay.
  public void clear() {
    locked(() -> {
      publish(store.clear());
      return store.size();
    });
  }

  /// Removes what has expired, and what was admitted and never asked for.
  public void sweep() {
    locked(() -> {
      publish(store.sweep());
      return store.size();
    });
  }

  /// Serves a secret under its name for ever; another one under the same name takes its place.
  public void pin(Secret secret, String version) {
    locked(() -> {
      store.pin(secret.getName(), secret, version);
      publish(List.of(secret.getName()));
      return version;
    });
  }

  /// Serves a pinned secret no longer; Envoys that have it lose it.
  public void unpin(String name) {
    locked(() -> {
      store.unpin(name);
      publish(List.of(name));
      return name;
    });
  }

  /// Waits until each connected Envoy that has this pinned secret has accepted this version of it.
  ///
  /// @return whether that came to pass in time
  public boolean awaitAccepted(String name, String version, Duration atMost) {
    return awaitAccepted(() -> Map.of(name, version), atMost);
  }

  /// Waits until each connected Envoy that has a leaf of this name has accepted its present one.
  ///
  /// @return whether that came to pass in time
  public boolean awaitAccepted(OriginName name, Duration atMost) {
    return awaitAccepted(() -> store.versions(name), atMost);
  }

  private boolean awaitAccepted(Supplier<Map<String, String>> versions, Duration atMost) {
    lock.lock();
    try {
      long left = atMost.toNanos();
      while (streams.asMap().values().stream().anyMatch(stream -> stream.awaits(versions.get()))) {
        if (left <= 0) {
          return false;
        }
        left = replied.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /// How many names are kept.
  public int size() {
    return locked(store::size);
  }

  /// How many streams of Envoys are known.
  long streams() {
    streams.cleanUp();
    return streams.estimatedSize();
  }

  @Override
  public Watch createWatch(
      boolean ads,
      XdsRequest request,
      Set<String> knownResourceNames,
      Consumer<Response> responseConsumer,
      boolean hasClusterChanged,
      boolean allowDefaultEmptyEdsUpdate) {
    throw new UnsupportedOperationException(
        "secrets of class " + kind + " are served by delta xDS only: use DELTA_GRPC");
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
    if (request.getResourceType() != Resources.ResourceType.SECRET) {
      throw new IllegalArgumentException("expected a request for secrets: " + request.getTypeUrl());
    }
    var watch =
        new DeltaWatch(request, Map.of(), Set.of(), requesterVersion, isWildcard, responseConsumer);
    return locked(() -> {
      SecretStream stream = stream(request, pendingResources);
      stream.ended = false;
      long number = ++stream.watches;
      recall(stream, request, pendingResources);
      request.getResourceNamesUnsubscribeList().forEach(stream.held::remove);
      var answer = new SecretAnswer();
      if (!request.getResponseNonce().isEmpty()) {
        settle(stream, request, resourceVersions, pendingResources, answer);
        replied.signalAll();
      }
      answerPending(pendingResources, answer);
      stream.open = watch;
      watch.setStop(() -> forget(stream, watch, number));
      flush(stream, answer);
      return watch;
    });
  }

  private SecretStream stream(DeltaXdsRequest request, Set<String> pending) {
    SecretStream known = streams.getIfPresent(pending);
    if (known != null) {
      return known;
    }
    if (!request.getResponseNonce().isEmpty()) {
      throw new IllegalStateException(
          "createDeltaWatch must be handed the stream's own set of pending names");
    }
    var first = request.v3Request();
    var stream = new SecretStream(first == null ? "" : first.getNode().getId());
    streams.put(pending, stream);
    return stream;
  }

  /// An Envoy that connects again says what it has; what is still right is not sent again.
  private void recall(SecretStream stream, DeltaXdsRequest request, Set<String> pending) {
    request
        .getInitialResourceVersionsMap()
        .forEach((name, version) -> {
          if (version.equals(store.version(name)) && pending.remove(name)) {
            stream.held.put(name, version);
          }
        });
  }

  /// Envoy has replied. What it rejected is freed by a removal, so that its handshakes fail instead
  /// of waiting; a pinned secret is held back until there is another version.
  private void settle(
      SecretStream stream,
      DeltaXdsRequest request,
      Map<String, String> tracked,
      Set<String> pending,
      SecretAnswer answer) {
    List<String> rejected = stream.settle(tracked, request.hasErrorDetail());
    if (rejected.isEmpty() && !request.hasErrorDetail()) {
      return;
    }
    var raw = request.v3Request();
    LOG.atError()
        .addKeyValue("class", kind)
        .addKeyValue("node", stream.node)
        .addKeyValue("nonce", request.getResponseNonce())
        .addKeyValue("names", rejected.size())
        .addKeyValue("error", raw == null ? "" : raw.getErrorDetail().getMessage())
        .log("Envoy rejected secrets");
    for (String name : rejected) {
      meters.rejected();
      if (store.isPinned(name)) {
        stream.held.put(name, "");
      }
      boolean answeredAnyway = pending.contains(name) || stream.changed.contains(name);
      if (!store.isPinned(name) && !answeredAnyway) {
        answer.removed.add(name);
      }
    }
  }

  private void answerPending(Set<String> pending, SecretAnswer answer) {
    var names = pending.iterator();
    while (names.hasNext() && answer.size() < limits.batchMax()) {
      String name = names.next();
      names.remove();
      VersionedResource<Secret> secret = store.ask(name);
      if (secret == null) {
        answer.removed.add(name);
        meters.refused();
      } else {
        answer.resources.put(name, secret);
      }
    }
  }

  /// Tells the streams that have any of these names.
  private void publish(Collection<String> names) {
    if (names.isEmpty()) {
      return;
    }
    for (SecretStream stream : streams.asMap().values()) {
      for (String name : names) {
        if (stream.held.containsKey(name)) {
          stream.changed.add(name);
        }
      }
      flush(stream, new SecretAnswer());
    }
  }

  /// Sends what there is to say, if there is anything and the stream may be written to.
  private void flush(SecretStream stream, SecretAnswer answer) {
    DeltaWatch watch = stream.open;
    if (watch == null) {
      return;
    }
    for (String name : stream.changed) {
      if (answer.size() >= limits.batchMax()) {
        break;
      }
      addChanged(stream, name, answer);
    }
    if (answer.size() == 0) {
      stream.changed.clear();
      return;
    }
    stream.open = null;
    try {
      watch.respond(answer.response(watch.request(), Long.toString(++responses)));
      stream.sent(answer.versions(), answer.removed);
    } catch (WatchCancelledException e) {
      // Another watch of the stream is on its way, or the stream has ended.
      LOG.atDebug().addKeyValue("class", kind).log("watch was cancelled");
    }
  }

  private void addChanged(SecretStream stream, String name, SecretAnswer answer) {
    if (answer.mentions(name)) {
      return;
    }
    String version = store.version(name);
    if (version == null) {
      answer.removed.add(name);
    } else if (!version.equals(stream.held.get(name))) {
      VersionedResource<Secret> secret = store.ask(name);
      if (secret != null) {
        answer.resources.put(name, secret);
      }
    }
  }

  private void forget(SecretStream stream, DeltaWatch watch, long number) {
    locked(() -> {
      if (watch.equals(stream.open)) {
        stream.open = null;
      }
      if (number == stream.watches) {
        stream.ended = true;
        replied.signalAll();
      }
      return stream;
    });
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}

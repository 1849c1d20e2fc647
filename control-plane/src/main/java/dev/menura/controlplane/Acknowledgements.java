package dev.menura.controlplane;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What each connected Envoy has acknowledged and rejected. Rejections are logged with Envoy's own
/// reason. Thread-safe.
public final class Acknowledgements {
  private static final Logger LOG = LoggerFactory.getLogger(Acknowledgements.class);

  /// Answers without a reply that are remembered for a stream; more would be a client that never
  /// replies.
  private static final int UNANSWERED_MAX = 1024;

  /// Reasons longer than this are cut in the log.
  private static final int REASON_CHARS_MAX = 2000;

  private final Set<Stream> streams = ConcurrentHashMap.newKeySet();
  private final AtomicLong rejections = new AtomicLong();
  private final AtomicLong connections = new AtomicLong();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  Acknowledgements() {}

  /// Has a listener called, on a stream's thread, whenever an Envoy has connected, acknowledged
  /// something, or gone. It must not block.
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  private void changed() {
    listeners.forEach(Runnable::run);
  }

  /// How many times an Envoy has connected since the start.
  public long connections() {
    return connections.get();
  }

  /// True while an Envoy is connected.
  public boolean connected() {
    return !versions().isEmpty();
  }

  /// True where an Envoy is connected that runs a policy, be it the one before the last.
  public boolean anyEnvoyIsConfigured() {
    return versions().values().stream()
        .anyMatch(byType -> byType.containsKey(EnvoyResources.EXTENSION));
  }

  /// The version that each connected Envoy runs, by node id and xDS type.
  public Map<String, Map<String, String>> versions() {
    var versions = new HashMap<String, Map<String, String>>();
    for (Stream stream : streams) {
      synchronized (stream) {
        if (!stream.node.isEmpty()) {
          versions
              .computeIfAbsent(stream.node, node -> new HashMap<>())
              .putAll(stream.acknowledged);
        }
      }
    }
    return versions;
  }

  /// True where at least one Envoy is connected and each one runs this version of the policy.
  public boolean everyEnvoyRuns(String policyVersion) {
    var versions = versions();
    return !versions.isEmpty()
        && versions.values().stream()
            .allMatch(byType -> policyVersion.equals(byType.get(EnvoyResources.EXTENSION)));
  }

  /// How many rejections there were since the start.
  public long rejections() {
    return rejections.get();
  }

  /// @param logged whether the stream's beginning and end are worth a line in the log
  Stream open(Logged logged) {
    var stream = new Stream(logged);
    streams.add(stream);
    return stream;
  }

  enum Logged {
    YES,
    /// There is a stream for each secret of the `block` class.
    NO
  }

  /// The part of one stream.
  final class Stream {
    private String node = "";
    private final Map<String, String> acknowledged = new HashMap<>();
    private final Map<String, String> unanswered = new HashMap<>();

    private final Logged logged;

    private Stream(Logged logged) {
      this.logged = logged;
    }

    void received(DeltaDiscoveryRequest request) {
      settle(request);
      changed();
    }

    private void settle(DeltaDiscoveryRequest request) {
      String version;
      synchronized (this) {
        if (node.isEmpty() && !request.getNode().getId().isEmpty()) {
          node = request.getNode().getId();
          connections.incrementAndGet();
          log("Envoy connected to the control plane");
        }
        if (request.getResponseNonce().isEmpty()) {
          return;
        }
        version = unanswered.remove(request.getResponseNonce());
        if (version == null) {
          LOG.atWarn()
              .addKeyValue("node", node)
              .addKeyValue("type", request.getTypeUrl())
              .addKeyValue("nonce", request.getResponseNonce())
              .log("Envoy replied with a nonce that was not sent to it");
          return;
        }
        if (!request.hasErrorDetail()) {
          acknowledged.put(request.getTypeUrl(), version);
        }
      }
      if (request.hasErrorDetail()) {
        rejected(request, version);
      }
    }

    private void rejected(DeltaDiscoveryRequest request, String version) {
      rejections.incrementAndGet();
      var reason = request.getErrorDetail().getMessage();
      LOG.atError()
          .addKeyValue("node", node)
          .addKeyValue("type", request.getTypeUrl())
          .addKeyValue("version", version)
          .addKeyValue("nonce", request.getResponseNonce())
          .addKeyValue("reason", reason.substring(0, Math.min(reason.length(), REASON_CHARS_MAX)))
          .log("Envoy rejected its configuration; it keeps the last good one");
    }

    synchronized void sent(DeltaDiscoveryResponse response) {
      if (unanswered.size() < UNANSWERED_MAX) {
        unanswered.put(response.getNonce(), response.getSystemVersionInfo());
      }
    }

    void closed() {
      if (streams.remove(this)) {
        synchronized (this) {
          log("Envoy disconnected from the control plane");
        }
        changed();
      }
    }

    private void log(String message) {
      if (logged == Logged.YES) {
        LOG.atInfo().addKeyValue("node", node).log(message);
      }
    }
  }
}

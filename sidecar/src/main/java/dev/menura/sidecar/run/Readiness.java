package dev.menura.sidecar.run;

import dev.menura.controlplane.Acknowledgements;
import dev.menura.policy.Gateway;
import dev.menura.policy.Listen;
import dev.menura.policy.Listen.Way;
import dev.menura.sidecar.data.Ready;
import dev.menura.sidecar.envoy.EnvoyAdmin;
import dev.menura.sidecar.envoy.EnvoyProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether traffic can flow, and where: an Envoy is connected and configured, and its listeners'
/// ports are known. It looks again whenever something about that has changed, and keeps
/// `ready.json` true. Thread-safe.
final class Readiness implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

  /// Nothing tells when a listener takes connections: while that is awaited, Envoy is asked.
  private static final int ASK_EVERY_MS = 50;

  private final Sidecar sidecar;
  private final Acknowledgements acknowledgements;
  private final Optional<EnvoyProcess> envoy;
  private final EnvoyAdmin envoyAdmin;
  private final Listen listen;
  private final String admin;
  private final Path ca;
  private final Path file;
  private final Semaphore changes = new Semaphore(1);
  private final CountDownLatch first = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Learnt learnt;
  private @Nullable Ready written;

  /// Where Envoy listens, as the one said that was the so-and-so-many-th to connect.
  private record Learnt(long connection, Map<Way, Integer> ports) {}

  /// @param listen where Envoy is to listen; port 0 is any
  /// @param admin where the admin server listens
  /// @param ca the file with the authority's certificate
  /// @param file where `ready.json` is put
  Readiness(
      Sidecar sidecar,
      Optional<EnvoyProcess> envoy,
      EnvoyAdmin envoyAdmin,
      Listen listen,
      String admin,
      Path ca,
      Path file) {
    this.sidecar = sidecar;
    this.acknowledgements = sidecar.xds().acknowledgements();
    this.envoy = envoy;
    this.envoyAdmin = envoyAdmin;
    this.listen = listen;
    this.admin = admin;
    this.ca = ca;
    this.file = file;
    this.thread = Thread.ofPlatform().name("readiness").daemon().unstarted(this::keep);
  }

  /// Begins to look.
  void start() {
    acknowledgements.onChange(this::changed);
    thread.start();
  }

  /// Something may have changed.
  private void changed() {
    changes.release();
  }

  /// Why traffic cannot flow, empty where it can.
  Optional<String> problem() {
    if (envoy.isPresent() && envoy.get().problem().isPresent()) {
      return envoy.get().problem();
    }
    if (!acknowledgements.anyEnvoyIsConfigured()) {
      return Optional.of(
          acknowledgements.connected()
              ? "waiting for Envoy to acknowledge its configuration"
              : "waiting for Envoy to connect");
    }
    return ports().isEmpty()
        ? Optional.of("waiting for Envoy to listen on " + shown(listen.addresses().values()))
        : Optional.empty();
  }

  /// The proxy's address, with its real port where that is known.
  Gateway.Listener proxy() {
    return listeners().explicit();
  }

  /// The addresses of all listeners, with their real ports where those are known.
  private Listen listeners() {
    var known = listen;
    for (var port : ports().entrySet()) {
      var address = listen.at(port.getKey()).orElseThrow();
      known = known.with(port.getKey(), new Gateway.Listener(address.host(), port.getValue()));
    }
    return known;
  }

  private static String shown(Collection<Gateway.Listener> addresses) {
    return addresses.stream().map(Gateway.Listener::toString).collect(Collectors.joining(", "));
  }

  /// Waits until traffic can flow for the first time.
  ///
  /// @return false where it cannot within that time
  boolean await(long seconds) throws InterruptedException {
    return first.await(seconds, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
      Ready.remove(file);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("file", file).setCause(e).log("ready.json not removed");
    }
  }

  /// What was learnt from an Envoy before the last one connected is worth nothing.
  private Map<Way, Integer> ports() {
    Learnt known = learnt;
    return known != null && known.connection() == acknowledgements.connections()
        ? known.ports()
        : Map.of();
  }

  private void keep() {
    try {
      while (true) {
        if (look()) {
          changes.acquire();
        } else {
          var _ = changes.tryAcquire(ASK_EVERY_MS, TimeUnit.MILLISECONDS);
        }
        changes.drainPermits();
      }
    } catch (InterruptedException e) {
      // Closed.
      Thread.currentThread().interrupt();
    }
  }

  /// @return false where it has to look again though nothing changes
  private boolean look() {
    if (acknowledgements.anyEnvoyIsConfigured() && ports().isEmpty() && !learn()) {
      return false;
    }
    try {
      if (problem().isPresent()) {
        written = null;
        Ready.remove(file);
      } else {
        write();
        first.countDown();
      }
      return true;
    } catch (IOException e) {
      // As on a full disk: traffic flows all the same.
      LOG.atWarn().addKeyValue("file", file).setCause(e).log("ready.json not written");
      first.countDown();
      return true;
    }
  }

  private boolean learn() {
    long connection = acknowledgements.connections();
    try {
      var ports = new EnumMap<Way, Integer>(Way.class);
      for (Way way : listen.addresses().keySet()) {
        OptionalInt port = envoyAdmin.portOf(way.word());
        if (port.isEmpty()) {
          return false;
        }
        ports.put(way, port.getAsInt());
      }
      ports.values().forEach(sidecar.own()::add);
      Learnt before = learnt;
      if (before != null) {
        before.ports().values().stream()
            .filter(port -> !ports.containsValue(port))
            .forEach(sidecar.own()::remove);
      }
      learnt = new Learnt(connection, Map.copyOf(ports));
      sidecar.listensOn(listeners());
      return true;
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("Envoy's admin interface does not answer yet");
      return false;
    }
  }

  private void write() throws IOException {
    Ready before = written;
    // Until every Envoy has acknowledged a change, the file names the version before it.
    if (before != null && !sidecar.everyEnvoyRunsThePolicy()) {
      return;
    }
    var listeners = new HashMap<String, String>();
    listeners()
        .addresses()
        .forEach((way, address) -> listeners.put(way.word(), address.toString()));
    var ready = new Ready(proxy().toString(), admin, ca, sidecar.documents().version(), listeners);
    if (!ready.equals(before)) {
      ready.write(file);
      written = ready;
    }
  }
}

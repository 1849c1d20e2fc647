package dev.menura.certificates.secrets;

import com.google.protobuf.ByteString;
import dev.menura.certificates.authority.Leaf;
import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.OriginName;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The leaves for connections whose ClientHello names no server. Envoy asks for a certificate by
/// name alone, so each such origin is given one of a fixed number of slots, whose secret has a name
/// of its own. A slot is let to one origin at a time, for as long as a handshake may take after the
/// last connection was admitted to it. Thread-safe.
public final class SecretSlots {
  private static final int VERSION_LENGTH = 16;

  private final SecretWatcher watcher;
  private final List<String> names;
  private final Duration lease;
  private final Duration acceptedWithin;
  private final Clock clock;
  private final @Nullable Tenant[] tenants;
  private final Counter full;
  private final Counter unaccepted;

  private record Tenant(OriginName name, String original, Leaf leaf, String version, Instant used) {
    Tenant usedAt(Instant time) {
      return new Tenant(name, original, leaf, version, time);
    }
  }

  private record Let(int slot, String version) {}

  /// @param watcher serves the slots' secrets
  /// @param names the secret of each slot
  /// @param lease longer than a handshake may take, from the gate's answer on
  /// @param acceptedWithin how long to wait until Envoy has accepted a slot's secret
  public SecretSlots(
      SecretWatcher watcher,
      List<String> names,
      Duration lease,
      Duration acceptedWithin,
      Clock clock,
      MeterRegistry registry) {
    this.watcher = watcher;
    this.names = List.copyOf(names);
    this.lease = lease;
    this.acceptedWithin = acceptedWithin;
    this.clock = clock;
    this.tenants = new Tenant[names.size()];
    this.full = registry.counter("menura.certificates.slots.refused", "reason", "full");
    this.unaccepted = registry.counter("menura.certificates.slots.refused", "reason", "unaccepted");
    Gauge.builder("menura.certificates.slots", this, SecretSlots::let)
        .description("slots let to origins that clients do not name")
        .register(registry);
  }

  /// Admits one connection to an origin. Blocks until each Envoy that has the slot's secret has
  /// accepted it, for a bounded time.
  ///
  /// @param original what the leaf stands for
  /// @param mint makes the leaf, where there is none yet
  /// @return the slot, empty where none is free or Envoy has not accepted its secret
  public OptionalInt admit(OriginName name, String original, Supplier<Leaf> mint) {
    Optional<Let> let = let(name, original, mint);
    if (let.isEmpty()) {
      full.increment();
      return OptionalInt.empty();
    }
    int slot = let.get().slot();
    if (!watcher.awaitAccepted(names.get(slot), let.get().version(), acceptedWithin)) {
      unaccepted.increment();
      return OptionalInt.empty();
    }
    return OptionalInt.of(slot);
  }

  /// Forgets all origins, so that none is admitted by a leaf that is there already.
  public synchronized void clear() {
    Arrays.fill(tenants, null);
  }

  private synchronized Optional<Let> let(OriginName name, String original, Supplier<Leaf> mint) {
    Instant now = clock.instant();
    for (int i = 0; i < tenants.length; i++) {
      Tenant tenant = tenants[i];
      if (tenant != null
          && tenant.name().equals(name)
          && tenant.original().equals(original)
          && now.isBefore(tenant.leaf().renewAt())) {
        tenants[i] = tenant.usedAt(now);
        return Optional.of(new Let(i, tenant.version()));
      }
    }
    return free(now)
        .map(slot -> {
          Leaf leaf = mint.get();
          String version = Fingerprint.of(leaf.certificate()).substring(0, VERSION_LENGTH);
          tenants[slot] = new Tenant(name, original, leaf, version, now);
          watcher.pin(secret(names.get(slot), leaf), version);
          return new Let(slot, version);
        });
  }

  /// An empty slot, else the one whose lease has ended longest ago.
  private Optional<Integer> free(Instant now) {
    return IntStream.range(0, tenants.length)
        .filter(slot -> !used(slot).plus(lease).isAfter(now))
        .boxed()
        .min(Comparator.comparing(this::used));
  }

  private Instant used(int slot) {
    Tenant tenant = tenants[slot];
    return tenant == null ? Instant.EPOCH : tenant.used();
  }

  private synchronized double let() {
    Instant now = clock.instant();
    return IntStream.range(0, tenants.length)
        .filter(slot -> used(slot).plus(lease).isAfter(now))
        .count();
  }

  private static Secret secret(String name, Leaf leaf) {
    return Secret.newBuilder()
        .setName(name)
        .setTlsCertificate(
            TlsCertificate.newBuilder()
                .setCertificateChain(inline(leaf.certificatePem()))
                .setPrivateKey(inline(leaf.keyPem())))
        .build();
  }

  private static DataSource inline(String text) {
    return DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8(text)).build();
  }
}

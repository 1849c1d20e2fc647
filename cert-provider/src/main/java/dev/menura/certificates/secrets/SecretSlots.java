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

/// The leaves for connections that cannot be told apart by the server's name. Envoy asks for a
/// certificate by name alone, so each such origin is given one of a fixed number of slots, whose
/// secrets have names of their own. A slot is let to one origin at a time, for a lease after the
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

  private record Tenant(
      OriginName name,
      String original,
      Instant renewAt,
      List<String> secrets,
      String version,
      Instant used) {
    Tenant usedAt(Instant time) {
      return new Tenant(name, original, renewAt, secrets, version, time);
    }
  }

  private record Let(int slot, List<String> secrets, String version) {
    static Let of(int slot, Tenant tenant) {
      return new Let(slot, tenant.secrets(), tenant.version());
    }
  }

  /// What a slot serves for a leaf.
  interface Contents {
    List<Secret> of(int slot, Leaf leaf);
  }

  /// @param kind what the slots are for, a label of metrics
  /// @param watcher serves the slots' secrets
  /// @param names the secret of each slot
  /// @param lease longer than a handshake may take, from the gate's answer on
  /// @param acceptedWithin how long to wait until Envoy has accepted a slot's secret
  public SecretSlots(
      String kind,
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
    this.full = refused("full", kind, registry);
    this.unaccepted = refused("unaccepted", kind, registry);
    Gauge.builder("menura.certificates.slots", this, SecretSlots::let)
        .description("slots that are let to an origin")
        .tag("kind", kind)
        .register(registry);
  }

  private static Counter refused(String reason, String kind, MeterRegistry registry) {
    return registry.counter("menura.certificates.slots.refused", "reason", reason, "kind", kind);
  }

  /// Admits one connection to an origin. Blocks until each Envoy that has the slot's secret has
  /// accepted it, for a bounded time.
  ///
  /// @param original what the leaf stands for
  /// @param mint makes the leaf, where there is none yet
  /// @return the slot, empty where none is free or Envoy has not accepted its secret
  public OptionalInt admit(OriginName name, String original, Supplier<Leaf> mint) {
    return admit(name, original, mint, (slot, leaf) -> List.of(certificate(slot, leaf)));
  }

  /// As [#admit(OriginName, String, Supplier)].
  ///
  /// @param contents holds the slot's [#certificate], and what else it serves
  OptionalInt admit(OriginName name, String original, Supplier<Leaf> mint, Contents contents) {
    Optional<Let> let = let(name, original, mint, contents);
    if (let.isEmpty()) {
      full.increment();
      return OptionalInt.empty();
    }
    for (String secret : let.get().secrets()) {
      if (!watcher.awaitAccepted(secret, let.get().version(), acceptedWithin)) {
        unaccepted.increment();
        return OptionalInt.empty();
      }
    }
    return OptionalInt.of(let.get().slot());
  }

  /// The secret with the leaf of a slot.
  Secret certificate(int slot, Leaf leaf) {
    return secret(names.get(slot), leaf);
  }

  /// Forgets all origins, so that none is admitted by a leaf that is there already.
  public synchronized void clear() {
    Arrays.fill(tenants, null);
  }

  private synchronized Optional<Let> let(
      OriginName name, String original, Supplier<Leaf> mint, Contents contents) {
    Instant now = clock.instant();
    for (int i = 0; i < tenants.length; i++) {
      Tenant tenant = tenants[i];
      if (tenant != null
          && tenant.name().equals(name)
          && tenant.original().equals(original)
          && now.isBefore(tenant.renewAt())) {
        tenants[i] = tenant.usedAt(now);
        return Optional.of(Let.of(i, tenant));
      }
    }
    return free(now)
        .map(slot -> {
          Leaf leaf = mint.get();
          String version = Fingerprint.of(leaf.certificate()).substring(0, VERSION_LENGTH);
          List<Secret> secrets = contents.of(slot, leaf);
          secrets.forEach(secret -> watcher.pin(secret, version));
          var tenant =
              new Tenant(
                  name,
                  original,
                  leaf.renewAt(),
                  secrets.stream().map(Secret::getName).toList(),
                  version,
                  now);
          tenants[slot] = tenant;
          return Let.of(slot, tenant);
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

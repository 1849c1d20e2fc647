package dev.menura.certificates.authority;

import dev.menura.certificates.x509.KeyKind;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The keys of leaves, made by ourselves and kept in memory. Each leaf has an elliptic-curve key of
/// its own. RSA keys take too long for that: leaves share one of each size, which is made in the
/// background, never on the path of a handshake, and replaced by age and by use.
final class LeafKeys implements AutoCloseable {
  /// When the commonest RSA key is made, and when the larger ones, which cost seconds of a core: a
  /// start has better uses for it. Whoever needs one sooner has it made at once.
  private static final Duration COMMONEST_AFTER = Duration.ofSeconds(1);

  private static final Duration LARGER_AFTER = Duration.ofSeconds(10);

  private final MintLimits limits;
  private final Crypto crypto;
  private final Clock clock;
  private final SecureRandom random;
  private final Map<KeyKind, Slot> slots = new EnumMap<>(KeyKind.class);
  private final ScheduledExecutorService background =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("leaf-keys").daemon().factory());

  /// The key in use, and the one that is being made.
  private static final class Slot {
    final AtomicReference<@Nullable LeafKey> current = new AtomicReference<>();
    final AtomicReference<@Nullable CompletableFuture<LeafKey>> next = new AtomicReference<>();
  }

  LeafKeys(MintLimits limits, Crypto crypto, Clock clock, SecureRandom random) {
    this.limits = limits;
    this.crypto = crypto;
    this.clock = clock;
    this.random = random;
    for (KeyKind kind : KeyKind.values()) {
      slots.put(kind, new Slot());
    }
  }

  /// Has an RSA key of each size made soon that has none, the commonest first.
  void fill() {
    fill(COMMONEST_AFTER, LARGER_AFTER);
  }

  void fill(Duration commonestAfter, Duration largerAfter) {
    for (KeyKind kind : KeyKind.values()) {
      if (kind.isRsa()) {
        var after = kind == KeyKind.RSA_2048 ? commonestAfter : largerAfter;
        var _ = background.schedule(() -> makeFirst(kind), after.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  private void makeFirst(KeyKind kind) {
    if (slot(kind).current.get() == null) {
      var _ = renew(kind);
    }
  }

  /// How many kinds of RSA keys are there, or are being made.
  long made() {
    return slots.values().stream()
        .filter(slot -> slot.current.get() != null || slot.next.get() != null)
        .count();
  }

  /// A key of this kind, or where it is an RSA key that is not ready in time, one of P-256.
  LeafKey key(KeyKind kind) {
    if (!kind.isRsa()) {
      return new LeafKey(kind, generate(kind), clock.instant());
    }
    LeafKey current = slot(kind).current.get();
    if (current == null) {
      return await(kind);
    }
    boolean old = current.made().plus(limits.keyAge()).isBefore(clock.instant());
    if (current.use() >= limits.keyUses() || old) {
      var _ = renew(kind);
    }
    return current;
  }

  private LeafKey await(KeyKind kind) {
    try {
      return renew(kind).get(limits.rsaWait().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return key(KeyKind.P256);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return key(KeyKind.P256);
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot make a leaf key", e.getCause());
    }
  }

  /// Has a key made, unless one is being made already.
  private CompletableFuture<LeafKey> renew(KeyKind kind) {
    Slot slot = slot(kind);
    var fresh = new CompletableFuture<LeafKey>();
    CompletableFuture<LeafKey> underWay = slot.next.compareAndExchange(null, fresh);
    if (underWay != null) {
      return underWay;
    }
    background.execute(() -> {
      try {
        var key = new LeafKey(kind, generate(kind), clock.instant());
        slot.current.set(key);
        slot.next.set(null);
        fresh.complete(key);
      } catch (RuntimeException e) {
        slot.next.set(null);
        fresh.completeExceptionally(e);
      }
    });
    return fresh;
  }

  private KeyPair generate(KeyKind kind) {
    return switch (kind) {
      case P256 -> crypto.ellipticCurve("secp256r1", random);
      case P384 -> crypto.ellipticCurve("secp384r1", random);
      case RSA_2048 -> crypto.rsa(2048, random);
      case RSA_3072 -> crypto.rsa(3072, random);
      case RSA_4096 -> crypto.rsa(4096, random);
    };
  }

  private Slot slot(KeyKind kind) {
    Slot slot = slots.get(kind);
    if (slot == null) {
      throw new IllegalStateException("no slot for " + kind);
    }
    return slot;
  }

  @Override
  public void close() {
    background.shutdownNow();
  }
}

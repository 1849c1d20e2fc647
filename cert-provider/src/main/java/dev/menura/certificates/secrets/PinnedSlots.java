package dev.menura.certificates.secrets;

import dev.menura.certificates.authority.Leaf;
import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.OriginName;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// The slots of origins whose problem a rule lets through. Each slot serves two secrets: the leaf
/// that clients are shown, and the hash of the one certificate that the origin may present when a
/// connection is forwarded. An empty slot lets no certificate through. Thread-safe.
public final class PinnedSlots {
  private static final int HASH_BYTES = 32;
  private static final int VERSION_LENGTH = 16;

  private final SecretSlots slots;

  /// @param watcher serves the slots' secrets
  /// @param lease longer than a connection may open further ones to its origin
  /// @param acceptedWithin how long to wait until Envoy has accepted a slot's secrets
  public PinnedSlots(
      SecretWatcher watcher,
      Duration lease,
      Duration acceptedWithin,
      Clock clock,
      SecureRandom random,
      MeterRegistry registry) {
    this.slots =
        new SecretSlots(
            "pinned",
            watcher,
            IntStream.range(0, Wire.PINS).mapToObj(Wire::pinnedSecret).toList(),
            lease,
            acceptedWithin,
            clock,
            registry);
    for (int slot = 0; slot < Wire.PINS; slot++) {
      var nobodys = new byte[HASH_BYTES];
      random.nextBytes(nobodys);
      var hash = HexFormat.of().formatHex(nobodys);
      watcher.pin(pin(slot, hash), hash.substring(0, VERSION_LENGTH));
    }
  }

  /// Admits one connection to an origin. Blocks until each Envoy that has the slot's secrets has
  /// accepted them, for a bounded time.
  ///
  /// @param original what the leaf stands for
  /// @param presented the certificate that the origin is held to
  /// @param mint makes the leaf, where there is none yet
  /// @return the slot, empty where none is free or Envoy has not accepted its secrets
  public OptionalInt admit(
      OriginName name, String original, X509Certificate presented, Supplier<Leaf> mint) {
    return slots.admit(
        name,
        original,
        mint,
        (slot, leaf) ->
            List.of(slots.certificate(slot, leaf), pin(slot, Fingerprint.of(presented))));
  }

  /// Forgets all origins, so that none is admitted by what is there already.
  public void clear() {
    slots.clear();
  }

  /// A hash alone: with a root beside it, or a chain that need not be trusted, Envoy would let
  /// other certificates pass.
  private static Secret pin(int slot, String hash) {
    return Secret.newBuilder()
        .setName(Wire.pinSecret(slot))
        .setValidationContext(
            CertificateValidationContext.newBuilder().addVerifyCertificateHash(hash))
        .build();
  }
}

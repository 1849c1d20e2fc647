package dev.menura.certificates;

import dev.menura.certificates.authority.Adaptation;
import dev.menura.certificates.authority.Leaf;
import dev.menura.certificates.authority.Minter;
import dev.menura.certificates.secrets.PinnedSlots;
import dev.menura.certificates.secrets.SecretSlots;
import dev.menura.certificates.secrets.SecretWatcher;
import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Verdict;
import dev.menura.certificates.x509.OriginName;
import dev.menura.proto.Wire;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificates that clients are shown in place of origins', each made when a handshake is
/// admitted. Thread-safe. Each admission blocks for a bounded time, until Envoy has what is new.
public final class Mimics {
  private static final Logger LOG = LoggerFactory.getLogger(Mimics.class);

  /// Envoy ends a handshake after ten seconds.
  private static final Duration SLOT_LEASE = Duration.ofSeconds(15);

  /// Envoy lets a connection open further ones to its origin for an hour.
  static final Duration PIN_LEASE = Duration.ofMinutes(61);

  private static final Duration ACCEPTED_WITHIN = Duration.ofSeconds(2);

  private final Trust trust;
  private final Minter minter;
  private final Watchers watchers;
  private final Clock clock;
  private final SecretSlots slots;
  private final PinnedSlots pins;
  private final Duration shareFor;
  private volatile Instant authorityChanged = Instant.MIN;

  /// @param shareFor for how long a leaf does for other valid chains of its name
  Mimics(
      Trust trust,
      Minter minter,
      Watchers watchers,
      Duration shareFor,
      Clock clock,
      SecureRandom random,
      MeterRegistry registry) {
    this.trust = trust;
    this.minter = minter;
    this.watchers = watchers;
    this.shareFor = shareFor;
    this.clock = clock;
    this.slots =
        new SecretSlots(
            "unnamed",
            watchers.trusted(),
            IntStream.range(0, Wire.SLOTS).mapToObj(Wire::slotSecret).toList(),
            SLOT_LEASE,
            ACCEPTED_WITHIN,
            clock,
            registry);
    this.pins =
        new PinnedSlots(watchers.pinned(), PIN_LEASE, ACCEPTED_WITHIN, clock, random, registry);
  }

  /// As [#admit(String, List, Adaptation)], as faithful as it can be.
  public void admit(String name, List<X509Certificate> chain) {
    admit(name, chain, Adaptation.NONE);
  }

  /// Makes the mimic of a certificate available for handshakes under this name. The chain is judged
  /// again, whatever its finder made of it, unless its mimic is there already.
  ///
  /// @param adaptation what a rule wants otherwise in the mimic
  /// @throws IllegalStateException where the chain is not valid for the name: it is never mimicked
  /// @throws IllegalArgumentException where the name is neither a DNS name nor an address
  public void admit(String name, List<X509Certificate> chain, Adaptation adaptation) {
    var origin = OriginName.of(name);
    var seen = new Seen(chain, "", "", Verdict.VALID);
    var _ = trust.steadily(() -> put(origin, seen, adaptation));
    awaitCurrent(watchers.trusted(), origin);
  }

  /// As [#admit(String, List)].
  public void admit(String name, Seen seen) {
    Trust.refuseProblem(seen.verdict());
    admit(name, seen.chain());
  }

  /// @return whether a leaf was minted
  private boolean put(OriginName origin, Seen seen, Adaptation adaptation) {
    SecretWatcher trusted = watchers.trusted();
    String identity = minter.identity(seen, adaptation);
    if (trusted.touch(origin, identity)) {
      return false;
    }
    Seen judged = trust.judged(origin, seen.chain());
    if (mayShare(adaptation) && trusted.share(origin)) {
      return false;
    }
    trusted.put(origin, identity, minter.mimic(origin, judged, adaptation));
    return true;
  }

  /// Whether a leaf of another valid chain will do. Not where a rule wants a special one, and not
  /// after the authority has changed, when leaves of the former one are to go.
  private boolean mayShare(Adaptation adaptation) {
    return adaptation.equals(Adaptation.NONE)
        && !clock.instant().isBefore(authorityChanged.plus(shareFor));
  }

  /// Waits until Envoy no longer has a former leaf of this name. Where it does not say so in time,
  /// the handshake goes on, at worst with that: a leaf of the same name, once admitted as well.
  private static void awaitCurrent(SecretWatcher secrets, OriginName name) {
    if (!secrets.awaitAccepted(name, ACCEPTED_WITHIN)) {
      LOG.atWarn().addKeyValue("name", name).log("Envoy has not accepted a new leaf in time");
    }
  }

  /// Makes the mimic of a certificate available for one handshake that names no server.
  ///
  /// @param adaptation what a rule wants otherwise in the mimic
  /// @return the slot that it is available in, empty where none is free
  /// @throws IllegalStateException where the chain is not valid for the name: it is never mimicked
  public OptionalInt admitUnnamed(String name, List<X509Certificate> chain, Adaptation adaptation) {
    var origin = OriginName.of(name);
    return trust.steadily(() -> {
      Seen seen = trust.judged(origin, chain);
      return slots.admit(
          origin, minter.identity(seen, adaptation), () -> minter.mimic(origin, seen, adaptation));
    });
  }

  /// A mimic of a chain's leaf, which Envoy is not served.
  Leaf mint(String name, List<X509Certificate> chain) {
    var origin = OriginName.of(name);
    return trust.steadily(() -> minter.mimic(origin, trust.judged(origin, chain)));
  }

  /// Makes a certificate of the block page available for handshakes under this name.
  ///
  /// @throws IllegalArgumentException where the name is neither a DNS name nor an address
  public void admitBlockPage(String name) {
    var origin = OriginName.of(name);
    String identity = minter.pageIdentity();
    SecretWatcher block = watchers.block();
    if (!block.touch(origin, identity)) {
      block.put(origin, identity, minter.blockPage(origin));
    }
    awaitCurrent(block, origin);
  }

  /// Makes a mimic available that no client trusts, for handshakes under this name.
  ///
  /// @param seen with the problem that was found
  /// @throws IllegalStateException where no problem was found, or our own authority
  public void admitDistrusted(String name, Seen seen) {
    var origin = OriginName.of(name);
    String identity = minter.identity(seen, Adaptation.NONE);
    SecretWatcher distrust = watchers.distrust();
    if (!distrust.touch(origin, identity)) {
      Leaf leaf = minter.distrusted(origin, seen);
      distrust.put(origin, identity, leaf, leaf.renewAt());
    }
    awaitCurrent(distrust, origin);
  }

  /// Makes a mimic that clients trust available for one connection to an origin whose problem a
  /// rule lets through, and holds the origin to its certificate.
  ///
  /// @param seen with the problem that was found
  /// @return the slot, empty where none is free
  /// @throws IllegalStateException where no problem was found, or one that no rule can let through
  public OptionalInt admitPinned(String name, Seen seen) {
    var origin = OriginName.of(name);
    return pins.admit(
        origin,
        minter.identity(seen, Adaptation.NONE),
        seen.leaf(),
        () -> minter.excepted(origin, seen));
  }

  /// The authority has changed: its former leaves are to go when their names are admitted again.
  void outdate() {
    authorityChanged = clock.instant();
  }

  /// Takes back what rested on the former roots, from every Envoy too.
  void clear() {
    watchers.trusted().clear();
    slots.clear();
    pins.clear();
    watchers.distrust().clear();
  }
}

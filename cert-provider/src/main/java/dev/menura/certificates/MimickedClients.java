package dev.menura.certificates;

import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.authority.CannotSignException;
import dev.menura.certificates.authority.ClientMinter;
import dev.menura.certificates.authority.ClientSubject;
import dev.menura.certificates.authority.Leaf;
import dev.menura.certificates.secrets.SecretWatcher;
import dev.menura.proto.Wire;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The secrets with certificates that say to origins who is asking, one for each client. A secret's
/// name is made by a key of this process alone, so that it tells nobody who is meant. Thread-safe.
final class MimickedClients {
  private static final Logger LOG = LoggerFactory.getLogger(MimickedClients.class);

  /// How many are kept. Of more, the one that was admitted longest ago goes.
  static final int CLIENTS_MAX = 2_000;

  private static final String MAC = "HmacSHA256";
  private static final int KEY_BYTES = 32;
  private static final int NAME_BYTES = 16;
  private static final int VERSION_LENGTH = 16;
  private static final Duration WARN_EVERY = Duration.ofDays(1);

  /// Opens the authority, or makes it.
  interface Opening {
    ClientMinter open() throws AuthorityException;
  }

  private record Entry(Leaf leaf, String issuer, Instant admitted) {}

  private final SecretWatcher watcher;
  private final Opening opening;
  private final Duration lease;
  private final int most;
  private final Clock clock;
  private final SecretKeySpec key;
  private final Counter minted;
  private final Counter evicted;
  private final Map<ClientSubject, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private @Nullable ClientMinter minter;
  private boolean enabled;
  private Instant warned = Instant.MIN;

  /// @param lease how long a connection may ask for a secret after it was admitted
  /// @param most how many are kept
  MimickedClients(
      SecretWatcher watcher,
      Opening opening,
      Duration lease,
      int most,
      Clock clock,
      SecureRandom random,
      MeterRegistry registry) {
    this.watcher = watcher;
    this.opening = opening;
    this.lease = lease;
    this.most = most;
    this.clock = clock;
    byte[] bytes = new byte[KEY_BYTES];
    random.nextBytes(bytes);
    this.key = new SecretKeySpec(bytes, MAC);
    this.minted = registry.counter("menura.certificates.minted", "class", "client");
    this.evicted = registry.counter("menura.certificates.clients.evicted");
    registry.gauge("menura.certificates.clients", this, MimickedClients::size);
  }

  /// Issues certificates from now on.
  ///
  /// @throws AuthorityException where the authority cannot be used; it is tried again for each
  ///   client
  synchronized void enable() throws AuthorityException {
    enabled = true;
    var _ = minter();
  }

  /// Issues none from now on, and takes those back that there are, from every Envoy too.
  synchronized void disable() {
    enabled = false;
    entries.keySet().forEach(subject -> watcher.unpin(name(subject)));
    entries.clear();
  }

  private ClientMinter minter() throws AuthorityException {
    ClientMinter opened = minter;
    if (opened == null) {
      opened = opening.open();
      minter = opened;
      LOG.atInfo()
          .addKeyValue(
              "authority", opened.published().getFirst().getSubjectX500Principal().getName())
          .log("authority for clients opened");
    }
    return opened;
  }

  /// Makes the certificate of this client available. Who has one already does not wait for those
  /// that are being issued.
  ///
  /// @return the name of its secret
  /// @throws CannotSignException where it cannot be issued now
  String admit(ClientSubject subject) {
    ClientMinter issuing = issuing();
    String issuer = issuing.keyIdentifier();
    if (!touch(subject, issuer)) {
      keep(subject, issuer, issuing.mint(subject));
    }
    return name(subject);
  }

  private synchronized ClientMinter issuing() {
    if (!enabled) {
      throw new CannotSignException("no rule has certificates issued for clients any more");
    }
    try {
      return minter();
    } catch (AuthorityException e) {
      throw new CannotSignException(
          "the authority for clients cannot be used: " + e.getMessage(), e);
    }
  }

  /// Admits a client whose certificate is there already.
  ///
  /// @return whether it is
  private synchronized boolean touch(ClientSubject subject, String issuer) {
    Instant now = clock.instant();
    Entry known = entries.get(subject);
    if (known == null || !known.issuer().equals(issuer) || !now.isBefore(known.leaf().renewAt())) {
      return false;
    }
    entries.put(subject, new Entry(known.leaf(), issuer, now));
    return true;
  }

  /// Admits a client with this certificate, unless another connection has brought it one meanwhile.
  private synchronized void keep(ClientSubject subject, String issuer, Leaf leaf) {
    var _ = issuing();
    if (touch(subject, issuer)) {
      return;
    }
    watcher.pin(
        ProxySecret.of(name(subject), leaf.certificatePem(), leaf.keyPem()),
        leaf.fingerprint().substring(0, VERSION_LENGTH));
    entries.put(subject, new Entry(leaf, issuer, clock.instant()));
    minted.increment();
    LOG.atDebug()
        .addKeyValue("fingerprint", leaf.fingerprint())
        .addKeyValue("not-after", leaf.notAfter())
        .log("certificate of a client issued");
    evict();
  }

  private void evict() {
    while (entries.size() > most) {
      ClientSubject eldest = entries.keySet().iterator().next();
      entries.remove(eldest);
      watcher.unpin(name(eldest));
      evicted.increment();
    }
  }

  /// Takes back what no connection may ask for any more, and takes over what the operator has
  /// changed of the authority.
  synchronized void sweep() {
    Instant since = clock.instant().minus(lease);
    entries
        .entrySet()
        .removeIf(entry -> {
          boolean gone = entry.getValue().admitted().isBefore(since);
          if (gone) {
            watcher.unpin(name(entry.getKey()));
          }
          return gone;
        });
    ClientMinter opened = minter;
    if (opened == null) {
      return;
    }
    try {
      if (opened.refresh()) {
        LOG.atInfo().log("authority for clients taken over");
      }
      var warning = opened.warning();
      if (warning.isPresent() && clock.instant().isAfter(warned.plus(WARN_EVERY))) {
        warned = clock.instant();
        LOG.atWarn().log("of the authority for clients: {}", warning.get());
      }
    } catch (AuthorityException e) {
      LOG.atError()
          .addKeyValue("reason", e.getMessage())
          .log("the authority for clients cannot be taken over");
    }
  }

  /// What origins are to be given; empty where no authority is in use.
  synchronized List<X509Certificate> published() {
    ClientMinter opened = minter;
    return enabled && opened != null ? opened.published() : List.of();
  }

  synchronized int size() {
    return entries.size();
  }

  private String name(ClientSubject subject) {
    try {
      var mac = Mac.getInstance(MAC);
      mac.init(key);
      byte[] tag = mac.doFinal(subject.encoded().getBytes(StandardCharsets.US_ASCII));
      return Wire.mimicSecret(HexFormat.of().formatHex(tag, 0, NAME_BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + MAC, e);
    }
  }
}

package dev.menura.certificates;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.menura.certificates.authority.Adaptation;
import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.authority.CannotSignException;
import dev.menura.certificates.authority.ClientMinter;
import dev.menura.certificates.authority.ClientSubject;
import dev.menura.certificates.authority.Custodian;
import dev.menura.certificates.authority.Leaf;
import dev.menura.certificates.authority.LocalCustodian;
import dev.menura.certificates.authority.Minter;
import dev.menura.certificates.authority.Standing;
import dev.menura.certificates.secrets.PinnedSlots;
import dev.menura.certificates.secrets.SecretSlots;
import dev.menura.certificates.secrets.SecretWatcher;
import dev.menura.certificates.upstream.AllowedAddresses;
import dev.menura.certificates.upstream.Knowledge;
import dev.menura.certificates.upstream.Look;
import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Peeks;
import dev.menura.certificates.upstream.Problem;
import dev.menura.certificates.upstream.RevocationMode;
import dev.menura.certificates.upstream.Roots;
import dev.menura.certificates.upstream.Validator;
import dev.menura.certificates.upstream.Verdict;
import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.OriginName;
import dev.menura.proto.Wire;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The whole certificate provider: looks at origins, mints mimics of what is valid, and serves them
/// to the Envoys that ask. Thread-safe; [#peek] blocks on the network, the rest does not.
public final class CertificateProvider implements AutoCloseable {
  /// The name of the pinned secret with the roots that origins are validated against.
  public static final String UPSTREAM_ROOTS = RootsSecret.NAME;

  private static final Logger LOG = LoggerFactory.getLogger(CertificateProvider.class);
  private static final Verdict NOT_SUPPLIED =
      new Verdict(
          Problem.INCOMPLETE_CHAIN,
          "the origin does not send all intermediates, and Envoy has not accepted those that were"
              + " fetched");
  private static final int VERDICTS_MAX = 4_096;
  private static final Duration VERDICTS_FOR = Duration.ofMinutes(1);
  private static final int SWEEP_SECONDS = 10;
  private static final Duration WARN_EVERY = Duration.ofDays(1);

  /// Envoy ends a handshake after ten seconds.
  private static final Duration SLOT_LEASE = Duration.ofSeconds(15);

  /// Envoy lets a connection open further ones to its origin for an hour.
  private static final Duration PIN_LEASE = Duration.ofMinutes(61);

  private static final Duration ACCEPTED_WITHIN = Duration.ofSeconds(2);

  private final Custodian custodian;
  private final Clock clock;
  private final Peeks peeks;
  private final Minter minter;
  private final SecretWatcher trusted;
  private final RootsSecret rootsSecret;
  private final ProxySecret proxySecret;
  private final MimickedClients clients;
  private final SecretWatcher block;
  private final SecretWatcher distrust;
  private final SecretWatcher pinned;
  private final SecretSlots slots;
  private final PinnedSlots pins;
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("secret-sweeper").daemon().factory());

  /// Held for writing while the roots change, so that nothing is minted by former ones afterwards.
  private final ReentrantReadWriteLock trust = new ReentrantReadWriteLock();

  private final Knowledge knowledge = new Knowledge(RevocationMode.OFF);

  private Roots roots;
  private Validator validator;
  private volatile Instant authorityChanged = Instant.MIN;
  private volatile Publication publication = _ -> {};
  private Instant warned = Instant.MIN;
  private final Duration shareFor;
  private final Cache<Judged, Verdict> verdicts;

  private record Judged(OriginName name, String chain) {}

  private CertificateProvider(
      Custodian custodian,
      Settings settings,
      Roots roots,
      Clock clock,
      Ticker ticker,
      SecureRandom random,
      MeterRegistry registry) {
    this.custodian = custodian;
    this.clock = clock;
    this.roots = roots;
    this.validator = newValidator();
    this.verdicts =
        Caffeine.newBuilder()
            .ticker(ticker)
            .maximumSize(VERDICTS_MAX)
            .expireAfterWrite(VERDICTS_FOR)
            .build();
    this.peeks = new Peeks(settings.offer(), settings.peek(), validator, clock, ticker, registry);
    this.minter =
        new Minter(custodian, settings.mint(), settings.crypto(), clock, random, registry);
    this.minter.fill();
    this.shareFor = settings.trusted().shareFor();
    this.trusted = new SecretWatcher("trusted", settings.trusted(), clock, registry);
    this.block = new SecretWatcher("block", settings.block(), clock, registry);
    this.slots =
        new SecretSlots(
            "unnamed",
            trusted,
            IntStream.range(0, Wire.SLOTS).mapToObj(Wire::slotSecret).toList(),
            SLOT_LEASE,
            ACCEPTED_WITHIN,
            clock,
            registry);
    this.distrust = new SecretWatcher("distrust", settings.distrust(), clock, registry);
    this.pinned = new SecretWatcher("pinned", settings.distrust(), clock, registry);
    this.pins = new PinnedSlots(pinned, PIN_LEASE, ACCEPTED_WITHIN, clock, random, registry);
    this.rootsSecret = new RootsSecret(trusted, clock, random, registry);
    rootsSecret.roots(roots.without(custodian.standing().own()));
    this.proxySecret = new ProxySecret(trusted, minter, clock);
    this.clients =
        new MimickedClients(
            trusted,
            () ->
                ClientMinter.open(
                    settings.authority().forClients(), settings.crypto(), clock, random),
            PIN_LEASE,
            MimickedClients.CLIENTS_MAX,
            clock,
            random,
            registry);
    registry.gauge(
        "menura.certificates.authority.left",
        custodian,
        keeper ->
            Duration.between(
                    clock.instant(), keeper.standing().certificate().getNotAfter().toInstant())
                .toSeconds());
    custodian.onChange(this::changed);
    LOG.atInfo()
        .addKeyValue("authority", authority().certificate().getSubjectX500Principal().getName())
        .addKeyValue("fingerprint", authority().fingerprint())
        .addKeyValue("not-after", authority().certificate().getNotAfter().toInstant())
        .addKeyValue("crypto", settings.crypto().name())
        .addKeyValue("roots", roots.certificates().size())
        .log("certificate provider opened");
    var _ =
        sweeper.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
  }

  /// Opens the authority, or makes it at the first start.
  ///
  /// @param roots what origins are validated against; [#roots] replaces them later
  /// @throws AuthorityException where the authority's files cannot be used; for the operator
  public static CertificateProvider open(
      Settings settings, Roots roots, Clock clock, SecureRandom random, MeterRegistry registry)
      throws AuthorityException {
    return open(settings, roots, clock, Ticker.systemTicker(), random, registry);
  }

  static CertificateProvider open(
      Settings settings,
      Roots roots,
      Clock clock,
      Ticker ticker,
      SecureRandom random,
      MeterRegistry registry)
      throws AuthorityException {
    var custodian =
        LocalCustodian.open(
            settings.authority(), settings.mint(), settings.crypto(), clock, random, registry);
    return new CertificateProvider(custodian, settings, roots, clock, ticker, random, registry);
  }

  /// As [#open(Settings, Roots, Clock, SecureRandom, MeterRegistry)], with an authority that is
  /// kept elsewhere. The custodian is closed with the provider.
  public static CertificateProvider open(
      Settings settings,
      Custodian custodian,
      Roots roots,
      Clock clock,
      SecureRandom random,
      MeterRegistry registry) {
    return new CertificateProvider(
        custodian, settings, roots, clock, Ticker.systemTicker(), random, registry);
  }

  /// Looks at the certificate of an origin, or remembers a recent look. Blocks for a bounded time:
  /// to be called on virtual threads. What Envoy needs to find the same chain valid, it has then;
  /// where it does not, the chain counts as incomplete.
  ///
  /// @param name the name that is expected there: a DNS name or an address
  /// @throws IllegalArgumentException where the name is neither, or the address is not resolved
  public Look peek(String name, InetSocketAddress address) {
    if (address.isUnresolved() || address.getPort() == 0) {
      throw new IllegalArgumentException("expected an IP address and a port");
    }
    Look look = peeks.peek(OriginName.of(name), address);
    return look instanceof Seen seen
            && seen.verdict().isValid()
            && !rootsSecret.supply(seen.verdict().supplied())
        ? new Seen(seen.chain(), seen.tlsVersion(), seen.alpn(), NOT_SUPPLIED, seen.request())
        : look;
  }

  /// Makes the mimic of a certificate available for handshakes under this name. The chain is judged
  /// again, whatever its finder made of it, unless its mimic is there already. Blocks for a bounded
  /// time where Envoy has another leaf of the name.
  ///
  /// @throws IllegalStateException where the chain is not valid for the name: it is never mimicked
  /// @throws IllegalArgumentException where the name is neither a DNS name nor an address
  public void admit(String name, List<X509Certificate> chain) {
    admit(name, chain, Adaptation.NONE);
  }

  /// As [#admit(String, List)], with what a rule wants otherwise in the mimic.
  public void admit(String name, List<X509Certificate> chain, Adaptation adaptation) {
    admit(name, new Seen(chain, "", "", Verdict.VALID), adaptation);
  }

  /// As [#admit(String, List)], with what a rule wants otherwise in the mimic.
  public void admit(String name, Seen seen, Adaptation adaptation) {
    var origin = OriginName.of(name);
    put(origin, seen, adaptation);
    awaitCurrent(trusted, origin);
  }

  private void put(OriginName origin, Seen seen, Adaptation adaptation) {
    trust.readLock().lock();
    try {
      String identity = minter.identity(seen, adaptation);
      if (trusted.touch(origin, identity)) {
        return;
      }
      Seen judged = judged(origin, seen.chain());
      if (!mayShare(adaptation) || !trusted.share(origin)) {
        trusted.put(origin, identity, minter.mimic(origin, judged, adaptation));
      }
    } finally {
      trust.readLock().unlock();
    }
  }

  /// Waits until Envoy no longer has a former leaf of this name. Where it does not say so in time,
  /// the handshake goes on, at worst with that: a leaf of the same name, once admitted as well.
  private static void awaitCurrent(SecretWatcher secrets, OriginName name) {
    if (!secrets.awaitAccepted(name, ACCEPTED_WITHIN)) {
      LOG.atWarn().addKeyValue("name", name).log("Envoy has not accepted a new leaf in time");
    }
  }

  /// Makes the mimic of a certificate available for one handshake that names no server. Blocks for
  /// a bounded time, until Envoy has it.
  ///
  /// @return the slot that it is available in, empty where none is free
  /// @throws IllegalStateException where the chain is not valid for the name: it is never mimicked
  public OptionalInt admitUnnamed(String name, List<X509Certificate> chain) {
    return admitUnnamed(name, chain, Adaptation.NONE);
  }

  /// As [#admitUnnamed(String, List)], with what a rule wants otherwise in the mimic.
  public OptionalInt admitUnnamed(String name, List<X509Certificate> chain, Adaptation adaptation) {
    var origin = OriginName.of(name);
    trust.readLock().lock();
    try {
      Seen seen = judged(origin, chain);
      return slots.admit(
          origin, minter.identity(seen, adaptation), () -> minter.mimic(origin, seen, adaptation));
    } finally {
      trust.readLock().unlock();
    }
  }

  /// Whether a leaf of another valid chain will do. Not where a rule wants a special one, and not
  /// after the authority has changed, when leaves of the former one are to go.
  private boolean mayShare(Adaptation adaptation) {
    return adaptation.equals(Adaptation.NONE)
        && !clock.instant().isBefore(authorityChanged.plus(shareFor));
  }

  /// As [#admit(String, List)].
  public void admit(String name, Seen seen) {
    if (!seen.verdict().isValid()) {
      throw new IllegalStateException(
          "a certificate with a problem is never mimicked: " + seen.verdict().problem().word());
    }
    admit(name, seen.chain());
  }

  /// A mimic of a chain's leaf, which Envoy is not served.
  Leaf mint(String name, List<X509Certificate> chain) {
    var origin = OriginName.of(name);
    trust.readLock().lock();
    try {
      return minter.mimic(origin, judged(origin, chain));
    } finally {
      trust.readLock().unlock();
    }
  }

  private Seen judged(OriginName origin, List<X509Certificate> chain) {
    Verdict verdict =
        verdicts.get(
            new Judged(origin, Fingerprint.of(chain)), _ -> validator.validate(origin, chain));
    if (!verdict.isValid()) {
      throw new IllegalStateException(
          "a certificate with a problem is never mimicked: " + verdict.problem().word());
    }
    return new Seen(chain, "", "", verdict);
  }

  /// Makes a certificate of the block page available for handshakes under this name.
  ///
  /// @throws IllegalArgumentException where the name is neither a DNS name nor an address
  public void admitBlockPage(String name) {
    var origin = OriginName.of(name);
    String identity = minter.pageIdentity();
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
    if (!distrust.touch(origin, identity)) {
      Leaf leaf = minter.distrusted(origin, seen);
      distrust.put(origin, identity, leaf, leaf.renewAt());
    }
    awaitCurrent(distrust, origin);
  }

  /// Makes a mimic that clients trust available for one connection to an origin whose problem a
  /// rule lets through, and holds the origin to its certificate. Blocks for a bounded time, until
  /// Envoy has both.
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

  /// Serves a certificate of the proxy itself under [Wire#PROXY_CERTIFICATE]: one of ours for these
  /// names, which is issued anew in time.
  ///
  /// @throws IllegalArgumentException where there is no name, or one is neither a DNS name nor an
  ///   address
  public void issueForProxy(List<String> names) {
    proxySecret.issue(names.stream().map(OriginName::of).distinct().toList());
  }

  /// As [#issueForProxy], with the operator's own certificate.
  ///
  /// @param chainPem the proxy's certificate, and what leads from it to one that clients know
  /// @param keyPem its key
  public void presentForProxy(String chainPem, String keyPem) {
    proxySecret.present(chainPem, keyPem);
  }

  /// Has Envoy judge the certificates that clients present to the proxy by these roots from now on,
  /// which it is served under [Wire#CLIENT_ROOTS].
  ///
  /// @throws IllegalArgumentException where there is none: Envoy would then take any certificate
  public void trustClients(List<X509Certificate> authorities) {
    if (authorities.isEmpty()) {
      throw new IllegalArgumentException("expected a root of clients' certificates");
    }
    trusted.pin(RootsSecret.of(Wire.CLIENT_ROOTS, authorities), Fingerprint.of(authorities));
  }

  /// Serves a certificate that is presented to origins, under [Wire#clientSecret]. Another one of
  /// the same name takes its place.
  public void storeForOrigins(String name, String chainPem, String keyPem) {
    trusted.pin(
        ProxySecret.of(Wire.clientSecret(name), chainPem, keyPem),
        Fingerprint.of((chainPem + keyPem).getBytes(StandardCharsets.US_ASCII)));
  }

  /// Takes a certificate of [#storeForOrigins] back, from every Envoy too.
  public void forgetForOrigins(String name) {
    trusted.unpin(Wire.clientSecret(name));
  }

  /// Issues certificates that say to origins who is asking, from now on. Their authority is made
  /// where there is none.
  ///
  /// @throws AuthorityException where its files cannot be used; for the operator. It is tried again
  ///   at each [#admitClient]
  public void mimicClients() throws AuthorityException {
    clients.enable();
  }

  /// Issues none from now on, and takes those back that there are, from every Envoy too.
  public void forgetClients() {
    clients.disable();
  }

  /// Makes a certificate available that names this client to origins, one for all of them.
  ///
  /// @return the name of its secret
  /// @throws CannotSignException where it cannot be issued now
  public String admitClient(ClientSubject client) {
    return clients.admit(client);
  }

  /// What origins are to be given to know those certificates by; empty where none are issued.
  public List<X509Certificate> clientAuthorities() {
    return clients.published();
  }

  /// Judges by these roots from now on, here and in Envoy. What rested on the former ones is
  /// dropped: looks, and mimics in Envoy too.
  public void roots(Roots roots) {
    trust.writeLock().lock();
    try {
      this.roots = roots;
      trusted.clear();
      slots.clear();
      pins.clear();
      distrust.clear();
      judgeAnew();
    } finally {
      trust.writeLock().unlock();
    }
    LOG.atInfo().addKeyValue("roots", roots.certificates().size()).log("upstream roots replaced");
  }

  /// Judges by the roots and authorities as they are now.
  private void judgeAnew() {
    validator = newValidator();
    verdicts.invalidateAll();
    peeks.trust(validator);
    rootsSecret.roots(roots.without(custodian.standing().own()));
  }

  private Validator newValidator() {
    return new Validator(roots, custodian.standing().own(), clock, knowledge);
  }

  /// Takes over what the operator has changed of the authorities. Leaves of the former one stay in
  /// Envoy until their names are admitted again: clients trust both.
  ///
  /// @return whether anything was changed
  /// @throws AuthorityException where what is there now cannot be used; the former ones stay
  public boolean refreshAuthorities() throws AuthorityException {
    trust.writeLock().lock();
    try {
      String before = authority().fingerprint();
      if (!custodian.refresh()) {
        return false;
      }
      if (!authority().fingerprint().equals(before)) {
        authorityChanged = clock.instant();
      }
      judgeAnew();
    } finally {
      trust.writeLock().unlock();
    }
    publish();
    proxySecret.keep();
    LOG.atInfo()
        .addKeyValue("active", authority().fingerprint())
        .addKeyValue("published", authority().published().size())
        .log("authorities changed");
    return true;
  }

  /// Takes the certificates that clients are to trust, in PEM.
  public interface Publication {
    void accept(String pem) throws IOException;
  }

  /// Hands over the certificates that clients are to trust now, and again whenever they change.
  ///
  /// @throws IOException what the first handing over throws; later ones are logged
  public void publishTo(Publication sink) throws IOException {
    sink.accept(authority().publishedPem());
    publication = sink;
  }

  private void publish() {
    try {
      publication.accept(authority().publishedPem());
    } catch (IOException e) {
      LOG.atError().setCause(e).log("certificates for clients cannot be published");
    }
  }

  /// Called on any thread.
  private void changed() {
    try {
      sweeper.execute(this::watchAuthorities);
    } catch (RejectedExecutionException e) {
      LOG.atDebug().log("authorities changed while the provider was closed");
    }
  }

  private void watchAuthorities() {
    try {
      refreshAuthorities();
      Instant now = clock.instant();
      Optional<String> warning = custodian.warning();
      if (warning.isPresent() && now.isAfter(warned.plus(WARN_EVERY))) {
        warned = now;
        custodian.prepareRenewal();
        LOG.atWarn().log(warning.get());
      }
    } catch (AuthorityException e) {
      LOG.atError().addKeyValue("reason", e.getMessage()).log("authorities cannot be taken over");
    }
  }

  /// Asks issuers, from now on, for certificates that origins do not send, and whether those that
  /// they send were revoked. Until this is called nobody is asked.
  ///
  /// @param addresses where the provider may connect to for this
  public void ask(AllowedAddresses addresses, RevocationMode mode) {
    peeks.ask(addresses);
    revocation(mode);
  }

  /// What is done, from now on, where nothing can be learnt about revocation.
  public void revocation(RevocationMode mode) {
    knowledge.revocation(mode);
    peeks.forget();
    verdicts.invalidateAll();
  }

  /// The authority that signs now, and those that clients are to trust, during a rotation two.
  public Standing authority() {
    return custodian.standing();
  }

  /// Why no certificate can be signed for further names now, as far as that is known.
  public Optional<String> problem() {
    return custodian.problem();
  }

  /// Serves mimics, and [#UPSTREAM_ROOTS], inside ADS.
  public SecretWatcher secretWatcher() {
    return trusted;
  }

  /// Serves certificates of the block page, to SDS streams of class `block` alone.
  public SecretWatcher blockSecretWatcher() {
    return block;
  }

  /// Serves mimics that no client trusts, to SDS streams of class `distrust` alone.
  public SecretWatcher distrustSecretWatcher() {
    return distrust;
  }

  /// Serves what belongs to origins whose problem a rule lets through, to SDS streams of class
  /// `pinned` alone.
  public SecretWatcher pinnedSecretWatcher() {
    return pinned;
  }

  /// The file with the authority's certificate.
  public static Path certificateFile(Settings settings) {
    return settings.authority().certificateFile();
  }

  private void sweep() {
    try {
      watchAuthorities();
      proxySecret.keep();
      clients.sweep();
      trusted.sweep();
      block.sweep();
      distrust.sweep();
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("sweeping secrets failed");
    }
  }

  @Override
  public void close() {
    sweeper.shutdownNow();
    peeks.close();
    minter.close();
    custodian.close();
  }
}

package dev.menura.certificates;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.authority.CertificateAuthority;
import dev.menura.certificates.authority.Leaf;
import dev.menura.certificates.authority.Minter;
import dev.menura.certificates.secrets.SecretWatcher;
import dev.menura.certificates.upstream.AllowedAddresses;
import dev.menura.certificates.upstream.Knowledge;
import dev.menura.certificates.upstream.Look;
import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Peeks;
import dev.menura.certificates.upstream.RevocationMode;
import dev.menura.certificates.upstream.Roots;
import dev.menura.certificates.upstream.Validator;
import dev.menura.certificates.upstream.Verdict;
import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.OriginName;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The whole certificate provider: looks at origins, mints mimics of what is valid, and serves them
/// to the Envoys that ask. Thread-safe; [#peek] blocks on the network, the rest does not.
public final class CertificateProvider implements AutoCloseable {
  /// The name of the pinned secret with the roots that origins are validated against.
  public static final String UPSTREAM_ROOTS = RootsSecret.NAME;

  private static final Logger LOG = LoggerFactory.getLogger(CertificateProvider.class);
  private static final String BLOCK_PAGE = "block-page";
  private static final int VERDICTS_MAX = 4_096;
  private static final Duration VERDICTS_FOR = Duration.ofMinutes(1);
  private static final int SWEEP_SECONDS = 10;

  private final CertificateAuthority authority;
  private final Clock clock;
  private final SecureRandom random;
  private final Peeks peeks;
  private final Minter minter;
  private final SecretWatcher trusted;
  private final SecretWatcher block;
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("secret-sweeper").daemon().factory());

  /// Held for writing while the roots change, so that nothing is minted by former ones afterwards.
  private final ReentrantReadWriteLock trust = new ReentrantReadWriteLock();

  private final Knowledge knowledge = new Knowledge(RevocationMode.OFF);
  private Validator validator;
  private final Cache<Judged, Verdict> verdicts;

  private record Judged(OriginName name, String chain) {}

  private CertificateProvider(
      CertificateAuthority authority,
      Settings settings,
      Roots roots,
      Clock clock,
      Ticker ticker,
      SecureRandom random,
      MeterRegistry registry) {
    this.authority = authority;
    this.clock = clock;
    this.random = random;
    this.validator = new Validator(roots, authority.certificate(), clock, knowledge);
    this.verdicts =
        Caffeine.newBuilder()
            .ticker(ticker)
            .maximumSize(VERDICTS_MAX)
            .expireAfterWrite(VERDICTS_FOR)
            .build();
    this.peeks = new Peeks(settings.peek(), validator, clock, ticker, registry);
    this.minter =
        new Minter(authority, settings.mint(), settings.crypto(), clock, random, registry);
    this.trusted = new SecretWatcher("trusted", settings.trusted(), clock, registry);
    this.block = new SecretWatcher("block", settings.block(), clock, registry);
    RootsSecret.pin(trusted, roots.without(authority.certificate().getPublicKey()), clock, random);
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
    var authority =
        CertificateAuthority.open(settings.authority(), settings.crypto(), clock, random);
    LOG.atInfo()
        .addKeyValue("authority", authority.certificate().getSubjectX500Principal().getName())
        .addKeyValue("fingerprint", authority.fingerprint())
        .addKeyValue("not-after", authority.certificate().getNotAfter().toInstant())
        .addKeyValue("crypto", settings.crypto().name())
        .addKeyValue("roots", roots.certificates().size())
        .log("certificate provider opened");
    return new CertificateProvider(authority, settings, roots, clock, ticker, random, registry);
  }

  /// Looks at the certificate of an origin, or remembers a recent look. Blocks for a bounded time:
  /// to be called on virtual threads.
  ///
  /// @param name the name that is expected there: a DNS name or an address
  /// @throws IllegalArgumentException where the name is neither, or the address is not resolved
  public Look peek(String name, InetSocketAddress address) {
    if (address.isUnresolved() || address.getPort() == 0) {
      throw new IllegalArgumentException("expected an IP address and a port");
    }
    return peeks.peek(OriginName.of(name), address);
  }

  /// Makes the mimic of a certificate available for handshakes under this name. The chain is judged
  /// again, whatever its finder made of it, unless its mimic is there already.
  ///
  /// @throws IllegalStateException where the chain is not valid for the name: it is never mimicked
  /// @throws IllegalArgumentException where the name is neither a DNS name nor an address
  public void admit(String name, List<X509Certificate> chain) {
    var origin = OriginName.of(name);
    String original = Fingerprint.of(chain);
    trust.readLock().lock();
    try {
      if (trusted.touch(origin, original)) {
        return;
      }
      check(origin, original, chain);
      if (!trusted.share(origin)) {
        trusted.put(origin, original, minter.mimic(origin, new Seen(chain, "", "", Verdict.VALID)));
      }
    } finally {
      trust.readLock().unlock();
    }
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
      check(origin, Fingerprint.of(chain), chain);
      return minter.mimic(origin, new Seen(chain, "", "", Verdict.VALID));
    } finally {
      trust.readLock().unlock();
    }
  }

  private void check(OriginName origin, String original, List<X509Certificate> chain) {
    Verdict verdict =
        verdicts.get(new Judged(origin, original), _ -> validator.validate(origin, chain));
    if (!verdict.isValid()) {
      throw new IllegalStateException(
          "a certificate with a problem is never mimicked: " + verdict.problem().word());
    }
  }

  /// Makes a certificate of the block page available for handshakes under this name.
  ///
  /// @throws IllegalArgumentException where the name is neither a DNS name nor an address
  public void admitBlockPage(String name) {
    var origin = OriginName.of(name);
    if (!block.touch(origin, BLOCK_PAGE)) {
      block.put(origin, BLOCK_PAGE, minter.blockPage(origin));
    }
  }

  /// Judges by these roots from now on, here and in Envoy. What rested on the former ones is
  /// dropped: looks, and mimics in Envoy too.
  public void roots(Roots roots) {
    trust.writeLock().lock();
    try {
      validator = new Validator(roots, authority.certificate(), clock, knowledge);
      verdicts.invalidateAll();
      peeks.trust(validator);
      trusted.clear();
      RootsSecret.pin(
          trusted, roots.without(authority.certificate().getPublicKey()), clock, random);
    } finally {
      trust.writeLock().unlock();
    }
    LOG.atInfo().addKeyValue("roots", roots.certificates().size()).log("upstream roots replaced");
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

  /// The authority that clients are to trust.
  public CertificateAuthority authority() {
    return authority;
  }

  /// Serves mimics, and [#UPSTREAM_ROOTS], inside ADS.
  public SecretWatcher secretWatcher() {
    return trusted;
  }

  /// Serves certificates of the block page, to SDS streams of class `block` alone.
  public SecretWatcher blockSecretWatcher() {
    return block;
  }

  /// The file with the authority's certificate.
  public static Path certificateFile(Settings settings) {
    return settings.authority().resolve("ca.pem");
  }

  private void sweep() {
    try {
      trusted.sweep();
      block.sweep();
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("sweeping secrets failed");
    }
  }

  @Override
  public void close() {
    sweeper.shutdownNow();
    peeks.close();
    minter.close();
  }
}

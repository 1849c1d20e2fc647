package dev.menura.certificates;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.authority.ClientMinter;
import dev.menura.certificates.authority.Custodian;
import dev.menura.certificates.authority.LocalCustodian;
import dev.menura.certificates.authority.Minter;
import dev.menura.certificates.authority.Standing;
import dev.menura.certificates.secrets.SecretWatcher;
import dev.menura.certificates.upstream.AllowedAddresses;
import dev.menura.certificates.upstream.Look;
import dev.menura.certificates.upstream.RevocationMode;
import dev.menura.certificates.upstream.Roots;
import dev.menura.certificates.x509.OriginName;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The whole certificate provider: looks at origins, mints mimics of what is valid, and serves them
/// to the Envoys that ask. Thread-safe; [#peek] blocks on the network, the rest does not.
public final class CertificateProvider implements AutoCloseable {
  /// The name of the pinned secret with the roots that origins are validated against.
  public static final String UPSTREAM_ROOTS = RootsSecret.NAME;

  private static final Logger LOG = LoggerFactory.getLogger(CertificateProvider.class);
  private static final int SWEEP_SECONDS = 10;

  private final Custodian custodian;
  private final Watchers watchers;
  private final Trust trust;
  private final Minter minter;
  private final Mimics mimics;
  private final GatewaySecrets own;
  private final AuthorityWatch authorities;
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("secret-sweeper").daemon().factory());

  private CertificateProvider(
      Custodian custodian,
      Settings settings,
      Roots roots,
      Clock clock,
      Ticker ticker,
      SecureRandom random,
      MeterRegistry registry) {
    this.custodian = custodian;
    this.watchers = Watchers.of(settings, clock, registry);
    var trusted = watchers.trusted();
    this.trust = new Trust(custodian, settings, roots, trusted, clock, ticker, random, registry);
    this.minter =
        new Minter(custodian, settings.mint(), settings.crypto(), clock, random, registry);
    minter.fill();
    this.mimics =
        new Mimics(trust, minter, watchers, settings.trusted().shareFor(), clock, random, registry);
    var clients =
        new MimickedClients(
            trusted,
            () ->
                ClientMinter.open(
                    settings.authority().forClients(), settings.crypto(), clock, random),
            Mimics.PIN_LEASE,
            MimickedClients.CLIENTS_MAX,
            clock,
            random,
            registry);
    this.own = new GatewaySecrets(trusted, new ProxySecret(trusted, minter, clock), clients);
    this.authorities = new AuthorityWatch(custodian, trust, mimics, own, clock, registry);
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
    return trust.peek(OriginName.of(name), address);
  }

  /// The certificates that clients are shown in place of origins'.
  public Mimics mimics() {
    return mimics;
  }

  /// What the gateway needs for TLS in its own name.
  public GatewaySecrets own() {
    return own;
  }

  /// Judges by these roots from now on, here and in Envoy. What rested on the former ones is
  /// dropped: looks, and mimics in Envoy too.
  public void roots(Roots roots) {
    trust.roots(roots, mimics::clear);
    LOG.atInfo().addKeyValue("roots", roots.certificates().size()).log("upstream roots replaced");
  }

  /// Takes over what the operator has changed of the authorities. Leaves of the former one stay in
  /// Envoy until their names are admitted again: clients trust both.
  ///
  /// @return whether anything was changed
  /// @throws AuthorityException where what is there now cannot be used; the former ones stay
  public boolean refreshAuthorities() throws AuthorityException {
    return authorities.refresh();
  }

  /// Takes the certificates that clients are to trust, in PEM.
  public interface Publication {
    void accept(String pem) throws IOException;
  }

  /// Hands over the certificates that clients are to trust now, and again whenever they change.
  ///
  /// @throws IOException what the first handing over throws; later ones are logged
  public void publishTo(Publication sink) throws IOException {
    authorities.publishTo(sink);
  }

  /// Asks issuers, from now on, for certificates that origins do not send, and whether those that
  /// they send were revoked. Until this is called nobody is asked.
  ///
  /// @param addresses where the provider may connect to for this
  public void ask(AllowedAddresses addresses, RevocationMode mode) {
    trust.ask(addresses, mode);
  }

  /// What is done, from now on, where nothing can be learnt about revocation.
  public void revocation(RevocationMode mode) {
    trust.revocation(mode);
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
    return watchers.trusted();
  }

  /// Serves certificates of the block page, to SDS streams of class `block` alone.
  public SecretWatcher blockSecretWatcher() {
    return watchers.block();
  }

  /// Serves mimics that no client trusts, to SDS streams of class `distrust` alone.
  public SecretWatcher distrustSecretWatcher() {
    return watchers.distrust();
  }

  /// Serves what belongs to origins whose problem a rule lets through, to SDS streams of class
  /// `pinned` alone.
  public SecretWatcher pinnedSecretWatcher() {
    return watchers.pinned();
  }

  /// Called on any thread.
  private void changed() {
    try {
      sweeper.execute(authorities::look);
    } catch (RejectedExecutionException e) {
      LOG.atDebug().log("authorities changed while the provider was closed");
    }
  }

  private void sweep() {
    try {
      authorities.look();
      own.sweep();
      watchers.sweep();
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("sweeping secrets failed");
    }
  }

  @Override
  public void close() {
    sweeper.shutdownNow();
    trust.close();
    minter.close();
    custodian.close();
  }
}

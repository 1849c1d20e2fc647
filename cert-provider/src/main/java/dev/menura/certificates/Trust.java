package dev.menura.certificates;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.menura.certificates.authority.Custodian;
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
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/// What origins are judged by: the roots, our own authorities, and what is known of issuers. Envoy
/// is given the same roots. Thread-safe; [#peek] blocks on the network.
final class Trust implements AutoCloseable {
  private static final Verdict NOT_SUPPLIED =
      new Verdict(
          Problem.INCOMPLETE_CHAIN,
          "the origin does not send all intermediates, and Envoy has not accepted those that were"
              + " fetched");
  private static final int VERDICTS_MAX = 4_096;
  private static final Duration VERDICTS_FOR = Duration.ofMinutes(1);

  private record Judged(OriginName name, String chain) {}

  /// Changes what is judged by.
  interface Change<E extends Exception> {
    /// @return whether anything was changed
    boolean make() throws E;
  }

  private final Custodian custodian;
  private final Clock clock;
  private final Peeks peeks;
  private final RootsSecret rootsSecret;
  private final Knowledge knowledge = new Knowledge(RevocationMode.OFF);
  private final Cache<Judged, Verdict> verdicts;

  /// Held for writing while the roots change, so that nothing is minted by former ones afterwards.
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  private Roots roots;
  private Validator validator;

  /// @param trusted what serves the roots to Envoy
  Trust(
      Custodian custodian,
      Settings settings,
      Roots roots,
      SecretWatcher trusted,
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
    this.rootsSecret = new RootsSecret(trusted, clock, random, registry);
    rootsSecret.roots(roots.without(custodian.standing().own()));
  }

  /// Looks at the certificate of an origin, or remembers a recent look. What Envoy needs to find
  /// the same chain valid, it has then; where it does not, the chain counts as incomplete.
  Look peek(OriginName name, InetSocketAddress address) {
    Look look = peeks.peek(name, address);
    return look instanceof Seen seen
            && seen.verdict().isValid()
            && !rootsSecret.supply(seen.verdict().supplied())
        ? new Seen(seen.chain(), seen.tlsVersion(), seen.alpn(), NOT_SUPPLIED, seen.request())
        : look;
  }

  /// Does what rests on [#judged], while nothing changes.
  <T> T steadily(Supplier<T> work) {
    lock.readLock().lock();
    try {
      return work.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  /// Judges a chain, or remembers a recent verdict; to be called inside [#steadily].
  ///
  /// @throws IllegalStateException where the chain is not valid for the name
  Seen judged(OriginName origin, List<X509Certificate> chain) {
    Verdict verdict =
        verdicts.get(
            new Judged(origin, Fingerprint.of(chain)), _ -> validator.validate(origin, chain));
    refuseProblem(verdict);
    return new Seen(chain, "", "", verdict);
  }

  /// @throws IllegalStateException where there is a problem
  static void refuseProblem(Verdict verdict) {
    if (!verdict.isValid()) {
      throw new IllegalStateException(
          "a certificate with a problem is never mimicked: " + verdict.problem().word());
    }
  }

  /// Judges by these roots from now on, here and in Envoy.
  ///
  /// @param drop lets go of what rested on the former ones
  void roots(Roots next, Runnable drop) {
    change(() -> {
      roots = next;
      drop.run();
      return true;
    });
  }

  /// Makes a change while nothing is judged, and judges by the authorities as they are then.
  ///
  /// @return whether anything was changed
  <E extends Exception> boolean change(Change<E> change) throws E {
    lock.writeLock().lock();
    try {
      if (!change.make()) {
        return false;
      }
      validator = newValidator();
      verdicts.invalidateAll();
      peeks.trust(validator);
      rootsSecret.roots(roots.without(custodian.standing().own()));
      return true;
    } finally {
      lock.writeLock().unlock();
    }
  }

  private Validator newValidator() {
    return new Validator(roots, custodian.standing().own(), clock, knowledge);
  }

  /// Asks issuers from now on.
  void ask(AllowedAddresses addresses, RevocationMode mode) {
    peeks.ask(addresses);
    revocation(mode);
  }

  /// What is done, from now on, where nothing can be learnt about revocation.
  void revocation(RevocationMode mode) {
    knowledge.revocation(mode);
    peeks.forget();
    verdicts.invalidateAll();
  }

  @Override
  public void close() {
    peeks.close();
  }
}

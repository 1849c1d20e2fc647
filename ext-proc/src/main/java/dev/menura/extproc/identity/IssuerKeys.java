package dev.menura.extproc.identity;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.io.IOException;
import java.net.URI;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The keys of an issuer that are fetched: again when they are old, and sooner where a token names
/// a key that is not among them, but never often. Thread-safe.
final class IssuerKeys implements JWKSource<SecurityContext> {
  private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);

  /// After this they are fetched again.
  static final Duration FRESH_FOR = Duration.ofHours(1);

  /// For so long they are used where they cannot be fetched again.
  static final Duration USABLE_FOR = Duration.ofHours(24);

  /// What lies at least between two attempts.
  static final Duration BETWEEN = Duration.ofMinutes(1);

  private final URI address;
  private final KeyFetch fetch;
  private final Clock clock;
  private final ReentrantLock fetching = new ReentrantLock();
  private volatile @Nullable Fetched fetched;
  private volatile @Nullable Instant attempted;

  private record Fetched(JWKSet keys, Instant at) {}

  IssuerKeys(URI address, KeyFetch fetch, Clock clock) {
    this.address = address;
    this.fetch = fetch;
    this.clock = clock;
  }

  @Override
  public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context)
      throws KeySourceException {
    Fetched now = fetched;
    if (now == null || now.at().plus(FRESH_FOR).isBefore(clock.instant())) {
      now = again();
    }
    List<JWK> found = select(selector, now);
    return found.isEmpty() ? select(selector, again()) : found;
  }

  private List<JWK> select(JWKSelector selector, @Nullable Fetched from) throws KeySourceException {
    if (from == null || from.at().plus(USABLE_FOR).isBefore(clock.instant())) {
      throw new KeySourceException("the issuer's keys cannot be had");
    }
    return selector.select(from.keys());
  }

  /// The newest keys; those that were there where it is too soon, or they cannot be fetched.
  private @Nullable Fetched again() {
    fetching.lock();
    try {
      Instant now = clock.instant();
      Instant last = attempted;
      if (last != null && now.isBefore(last.plus(BETWEEN))) {
        return fetched;
      }
      attempted = now;
      fetched = new Fetched(JWKSet.parse(fetch.from(address)).toPublicJWKSet(), now);
    } catch (IOException | ParseException e) {
      LOG.atWarn()
          .addKeyValue("issuer-host", address.getHost())
          .addKeyValue("reason", e instanceof IOException ? e.getMessage() : "not a key set")
          .log("the keys of a token issuer cannot be fetched");
    } finally {
      fetching.unlock();
    }
    return fetched;
  }
}

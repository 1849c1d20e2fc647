package dev.menura.extproc.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.jwt.proc.ExpiredJWTException;
import dev.menura.extproc.gate.Callers.Reason;
import dev.menura.policy.Clients;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Checks signed tokens (RFC 7519, RFC 8725): by an algorithm of the list below, by a key of the
/// issuer that the policy names, made out to us, and in force. What was right is remembered for a
/// short time, by its fingerprint. Thread-safe.
final class Tokens {
  /// How long a token may be.
  static final int TOKEN_CHARS_MAX = 8 * 1024;

  /// How far the issuer's clock may be from ours.
  static final Duration SKEW_MAX = Duration.ofSeconds(60);

  /// How many right tokens are remembered.
  static final int REMEMBERED_MAX = 10_000;

  static final Duration REMEMBERED_FOR = Duration.ofMinutes(5);

  /// None is symmetric: with such a one the public key would make tokens (RFC 8725 3.1).
  static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private final Clients.Bearer way;
  private final Fingerprints fingerprints;
  private final Clock clock;
  private final DefaultJWTProcessor<SecurityContext> processor;
  private final Cache<String, Right> remembered;

  private record Right(Identity identity, Instant end) {}

  Tokens(Clients.Bearer way, KeyFetch fetch, Fingerprints fingerprints, Clock clock) {
    this.way = way;
    this.fingerprints = fingerprints;
    this.clock = clock;
    this.processor = processor(way, keys(way.keys(), fetch, clock), clock);
    this.remembered =
        Caffeine.newBuilder()
            .maximumSize(REMEMBERED_MAX)
            .expireAfterWrite(REMEMBERED_FOR)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .build();
  }

  /// The question that a client is asked (RFC 6750 3).
  String challenge() {
    return "Bearer realm=\"Menura proxy\"";
  }

  Check check(String token) {
    if (token.length() > TOKEN_CHARS_MAX) {
      return new Check.Failed(Reason.MALFORMED);
    }
    String fingerprint = fingerprints.of(token);
    Right known = remembered.getIfPresent(fingerprint);
    if (known != null) {
      return known.end().isAfter(clock.instant())
          ? new Check.Proved(known.identity())
          : new Check.Failed(Reason.EXPIRED);
    }
    try {
      JWTClaimsSet claims = processor.process(SignedJWT.parse(token), null);
      Optional<Identity> identity = TokenClaims.identity(claims, way);
      if (identity.isEmpty()) {
        return new Check.Failed(Reason.WRONG);
      }
      Instant end = claims.getExpirationTime().toInstant().plus(SKEW_MAX);
      remembered.put(fingerprint, new Right(identity.get(), end));
      return new Check.Proved(identity.get());
    } catch (ParseException _) {
      return new Check.Failed(Reason.MALFORMED);
    } catch (ExpiredJWTException _) {
      return new Check.Failed(Reason.EXPIRED);
    } catch (KeySourceException _) {
      return new Check.Failed(Reason.NO_KEYS);
    } catch (BadJOSEException | JOSEException _) {
      return new Check.Failed(Reason.WRONG);
    }
  }

  private static JWKSource<SecurityContext> keys(Clients.KeySet keys, KeyFetch fetch, Clock clock) {
    return switch (keys) {
      case Clients.KeySet.At(var address) -> new IssuerKeys(address, fetch, clock);
      case Clients.KeySet.InFile(var json) -> {
        try {
          yield new ImmutableJWKSet<>(JWKSet.parse(json));
        } catch (ParseException e) {
          throw new IllegalArgumentException("the policy let a key set through that is none", e);
        }
      }
    };
  }

  private static DefaultJWTProcessor<SecurityContext> processor(
      Clients.Bearer way, JWKSource<SecurityContext> keys, Clock clock) {
    var processor = new DefaultJWTProcessor<SecurityContext>();
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    var verifier =
        new DefaultJWTClaimsVerifier<SecurityContext>(
            way.audiences(),
            new JWTClaimsSet.Builder().issuer(way.issuer()).build(),
            Set.of("exp", "iss", "aud"),
            Set.of()) {
          @Override
          protected Date currentTime() {
            return Date.from(clock.instant());
          }
        };
    verifier.setMaxClockSkew((int) SKEW_MAX.toSeconds());
    processor.setJWTClaimsSetVerifier(verifier);
    return processor;
  }
}

package dev.menura.certificates.authority;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// From when until when a leaf is valid, in whole seconds, and when to renew it.
record Validity(Instant from, Instant until, Instant renewAt) {
  private static final Duration BACKDATING = Duration.ofDays(1);

  /// From a day ago until the limit, renewed when a quarter of that is left.
  static Validity of(Instant now, Duration limit) {
    Instant second = now.truncatedTo(ChronoUnit.SECONDS);
    Instant until = second.plus(limit);
    return new Validity(second.minus(BACKDATING), until, until.minus(limit.dividedBy(4)));
  }

  /// The dates of a certificate, whatever time it is now.
  static Validity as(X509Certificate original, Instant renewAt) {
    return new Validity(
        original.getNotBefore().toInstant(), original.getNotAfter().toInstant(), renewAt);
  }

  /// The part that lies in the dates of this certificate.
  ///
  /// @throws IllegalStateException where nothing is left
  Validity within(X509Certificate bounds) {
    Instant notBefore = bounds.getNotBefore().toInstant();
    Instant notAfter = bounds.getNotAfter().toInstant();
    boolean shorter = notAfter.isBefore(until);
    var narrower =
        new Validity(
            notBefore.isAfter(from) ? notBefore : from,
            shorter ? notAfter : until,
            shorter ? Instant.MAX : renewAt);
    if (!narrower.from.isBefore(narrower.until)) {
      throw new IllegalStateException("no certificate can be issued outside the dates of another");
    }
    return narrower;
  }

  Validity renewedBy(Instant time) {
    return renewAt.isAfter(time) ? new Validity(from, until, time) : this;
  }
}

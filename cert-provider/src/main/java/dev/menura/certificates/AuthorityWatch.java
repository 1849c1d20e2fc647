package dev.menura.certificates;

import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.authority.Custodian;
import dev.menura.certificates.authority.Standing;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes over what changes of the authorities, hands on what clients are to trust, and warns in
/// good time. Thread-safe.
final class AuthorityWatch {
  private static final Logger LOG = LoggerFactory.getLogger(AuthorityWatch.class);
  private static final Duration WARN_EVERY = Duration.ofDays(1);

  private final Custodian custodian;
  private final Trust trust;
  private final Mimics mimics;
  private final GatewaySecrets own;
  private final Clock clock;
  private volatile CertificateProvider.Publication publication = _ -> {};

  /// Of the sweeper's thread alone.
  private Instant warned = Instant.MIN;

  AuthorityWatch(
      Custodian custodian,
      Trust trust,
      Mimics mimics,
      GatewaySecrets own,
      Clock clock,
      MeterRegistry registry) {
    this.custodian = custodian;
    this.trust = trust;
    this.mimics = mimics;
    this.own = own;
    this.clock = clock;
    registry.gauge("menura.certificates.authority.left", this, AuthorityWatch::secondsLeft);
  }

  private double secondsLeft() {
    Instant end = standing().certificate().getNotAfter().toInstant();
    return Duration.between(clock.instant(), end).toSeconds();
  }

  private Standing standing() {
    return custodian.standing();
  }

  /// Takes over what was changed. Leaves of the former authority stay in Envoy until their names
  /// are admitted again: clients trust both.
  ///
  /// @return whether anything was changed
  /// @throws AuthorityException where what is there now cannot be used; the former ones stay
  boolean refresh() throws AuthorityException {
    if (!trust.change(this::takeOver)) {
      return false;
    }
    publish();
    own.renew();
    LOG.atInfo()
        .addKeyValue("active", standing().fingerprint())
        .addKeyValue("published", standing().published().size())
        .log("authorities changed");
    return true;
  }

  private boolean takeOver() throws AuthorityException {
    String before = standing().fingerprint();
    if (!custodian.refresh()) {
      return false;
    }
    if (!standing().fingerprint().equals(before)) {
      mimics.outdate();
    }
    return true;
  }

  /// Hands over what clients are to trust now, and again whenever it changes.
  ///
  /// @throws IOException what the first handing over throws; later ones are logged
  void publishTo(CertificateProvider.Publication sink) throws IOException {
    sink.accept(standing().publishedPem());
    publication = sink;
  }

  private void publish() {
    try {
      publication.accept(standing().publishedPem());
    } catch (IOException e) {
      LOG.atError().setCause(e).log("certificates for clients cannot be published");
    }
  }

  /// Takes over what was changed, and warns once a day where something is to be done.
  void look() {
    try {
      refresh();
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
}

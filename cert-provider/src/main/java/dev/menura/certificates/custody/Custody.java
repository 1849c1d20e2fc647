package dev.menura.certificates.custody;

import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.authority.LocalCustodian;
import dev.menura.certificates.authority.Standing;
import dev.menura.certificates.upstream.Knowledge;
import dev.menura.certificates.upstream.RevocationMode;
import dev.menura.certificates.upstream.Validator;
import dev.menura.certificates.v1.WatchResponse;
import io.grpc.ServerServiceDefinition;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process apart: it keeps the authority's key, signs what it finds worth it, and tells
/// gateways of changes. It connects to nobody. Thread-safe.
public final class Custody implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Custody.class);
  private static final int LOOK_SECONDS = 1;
  private static final Duration WARN_EVERY = Duration.ofDays(1);

  private final LocalCustodian custodian;
  private final Clock clock;
  private final Knowledge knowledge = new Knowledge(RevocationMode.OFF);
  private final CustodyService service;
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("custody-watch").daemon().factory());

  private volatile Judge judge;
  private Bearing bearing;
  private Instant warned = Instant.MIN;

  private Custody(
      LocalCustodian custodian,
      CustodyLimits limits,
      Bearing bearing,
      Clock clock,
      MeterRegistry meters) {
    this.custodian = custodian;
    this.clock = clock;
    this.bearing = bearing;
    this.judge = newJudge();
    this.service = new CustodyService(() -> judge, told(), limits, meters);
    meters.gauge(
        "menura.certificates.authority.left",
        custodian,
        keeper ->
            Duration.between(
                    clock.instant(), keeper.standing().certificate().getNotAfter().toInstant())
                .toSeconds());
    LOG.atInfo()
        .addKeyValue("authority", standing().certificate().getSubjectX500Principal().getName())
        .addKeyValue("fingerprint", standing().fingerprint())
        .addKeyValue("roots", bearing.roots().certificates().size())
        .addKeyValue("excused", bearing.excused())
        .log("custody opened");
    var _ = watch.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
  }

  /// Opens the authority, or makes it at the first start.
  ///
  /// @throws AuthorityException where the authority's files cannot be used; for the operator
  public static Custody open(
      CustodySettings settings,
      Bearing bearing,
      Clock clock,
      SecureRandom random,
      MeterRegistry meters)
      throws AuthorityException {
    return new Custody(
        LocalCustodian.open(
            settings.authority(), settings.mint(), settings.crypto(), clock, random, meters),
        settings.limits(),
        bearing,
        clock,
        meters);
  }

  /// What gateways call. Its methods do not block.
  public ServerServiceDefinition service() {
    return service.bindService();
  }

  public Standing standing() {
    return custodian.standing();
  }

  /// Judges by this from now on.
  public synchronized void judgeBy(Bearing next) {
    bearing = next;
    judge = newJudge();
    LOG.atInfo()
        .addKeyValue("roots", next.roots().certificates().size())
        .addKeyValue("excused", next.excused())
        .log("custody judges anew");
  }

  private Judge newJudge() {
    return new Judge(
        custodian,
        new Validator(bearing.roots(), standing().own(), clock, knowledge),
        bearing.excused());
  }

  private WatchResponse told() {
    Standing standing = standing();
    return WatchResponse.newBuilder()
        .setCertificate(Encoded.certificate(standing.certificate()))
        .addAllPublished(Encoded.certificates(standing.published()))
        .addAllOwn(Encoded.certificates(standing.own()))
        .setWarning(custodian.warning().orElse(""))
        .build();
  }

  /// Takes over what `menura ca` has changed, and tells the gateways.
  void look() {
    try {
      if (takeOver()) {
        LOG.atInfo()
            .addKeyValue("active", standing().fingerprint())
            .addKeyValue("published", standing().published().size())
            .log("authorities changed");
      }
      service.tell(told());
      warn();
    } catch (AuthorityException e) {
      LOG.atError().addKeyValue("reason", e.getMessage()).log("authorities cannot be taken over");
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("authorities not looked at");
    }
  }

  private synchronized boolean takeOver() throws AuthorityException {
    boolean changed = custodian.refresh();
    if (changed) {
      judge = newJudge();
    }
    return changed;
  }

  private void warn() throws AuthorityException {
    Optional<String> warning = custodian.warning();
    Instant now = clock.instant();
    if (warning.isPresent() && now.isAfter(warned.plus(WARN_EVERY))) {
      warned = now;
      custodian.prepareRenewal();
      LOG.atWarn().log(warning.get());
    }
  }

  @Override
  public void close() {
    watch.shutdownNow();
    custodian.close();
  }
}

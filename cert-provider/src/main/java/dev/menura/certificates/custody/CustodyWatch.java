package dev.menura.certificates.custody;

import dev.menura.certificates.authority.Standing;
import dev.menura.certificates.v1.CustodyServiceGrpc;
import dev.menura.certificates.v1.WatchRequest;
import dev.menura.certificates.v1.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The stream over which a custody tells of its authorities, opened again whenever it ends: a
/// custody that comes back is noticed within the pause between two attempts. Thread-safe.
final class CustodyWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CustodyWatch.class);

  private final ManagedChannel channel;
  private final String place;
  private final Duration retryEvery;
  private final CountDownLatch first = new CountDownLatch(1);
  private final ScheduledExecutorService retries =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("custody-retry").daemon().factory());

  private volatile @Nullable Standing latest;
  private volatile String warning = "";
  private volatile String reason = "no answer";
  private volatile boolean connected;
  private volatile Runnable listener = () -> {};

  CustodyWatch(ManagedChannel channel, String place, Duration retryEvery, MeterRegistry meters) {
    this.channel = channel;
    this.place = place;
    this.retryEvery = retryEvery;
    meters.gauge("menura.certificates.custody.connected", this, watch -> watch.connected ? 1 : 0);
  }

  void start() {
    channel.resetConnectBackoff();
    CustodyServiceGrpc.newStub(channel).watch(WatchRequest.getDefaultInstance(), new Told());
  }

  /// What the custody said first; empty where it says nothing within that time.
  Optional<Standing> first(Duration time) throws InterruptedException {
    return first.await(time.toNanos(), TimeUnit.NANOSECONDS)
        ? Optional.of(latest())
        : Optional.empty();
  }

  Standing latest() {
    Standing known = latest;
    if (known == null) {
      throw new IllegalStateException("the custody has said nothing yet");
    }
    return known;
  }

  Optional<String> warning() {
    return Optional.of(warning).filter(text -> !text.isEmpty());
  }

  boolean connected() {
    return connected;
  }

  /// Why the last stream ended.
  String reason() {
    return reason;
  }

  void onChange(Runnable next) {
    listener = next;
  }

  static String words(Status status) {
    Throwable cause = status.getCause();
    String description = status.getDescription();
    return status.getCode()
        + (description == null ? "" : ": " + description)
        + (cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage());
  }

  private void told(WatchResponse response) throws CertificateException {
    var standing =
        new Standing(
            Encoded.certificate(response.getCertificate()),
            Encoded.certificates(response.getPublishedList()),
            Encoded.certificates(response.getOwnList()));
    Standing before = latest;
    latest = standing;
    warning = response.getWarning();
    if (!connected) {
      connected = true;
      LOG.atInfo()
          .addKeyValue("place", place)
          .addKeyValue("authority", standing.fingerprint())
          .log("certificates process reached");
    }
    first.countDown();
    if (!standing.equals(before)) {
      listener.run();
    }
  }

  private void ended(String why) {
    if (retries.isShutdown()) {
      return;
    }
    reason = why;
    if (connected) {
      connected = false;
      LOG.atWarn()
          .addKeyValue("place", place)
          .addKeyValue("reason", why)
          .log("certificates process is gone; names without a certificate are refused");
    }
    try {
      var _ = retries.schedule(this::start, retryEvery.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.atDebug().log("watch of the certificates process closed");
    }
  }

  /// One stream.
  private final class Told implements StreamObserver<WatchResponse> {
    @Override
    public void onNext(WatchResponse response) {
      try {
        told(response);
      } catch (CertificateException | IllegalArgumentException e) {
        LOG.atError()
            .addKeyValue("place", place)
            .setCause(e)
            .log("what the certificates process says of its authorities cannot be read");
      }
    }

    @Override
    public void onError(Throwable cause) {
      ended(words(Status.fromThrowable(cause)));
    }

    @Override
    public void onCompleted() {
      ended("it ended the stream");
    }
  }

  @Override
  public void close() {
    retries.shutdownNow();
  }
}

package dev.menura.certificates.custody;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import dev.menura.certificates.authority.Adaptation;
import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.authority.CannotSignException;
import dev.menura.certificates.authority.Custodian;
import dev.menura.certificates.authority.LeafCertificate;
import dev.menura.certificates.authority.Standing;
import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.v1.BlockPage;
import dev.menura.certificates.v1.CustodyServiceGrpc;
import dev.menura.certificates.v1.Exception;
import dev.menura.certificates.v1.Mimic;
import dev.menura.certificates.v1.Proxy;
import dev.menura.certificates.v1.SignRequest;
import dev.menura.certificates.v1.SignResponse;
import dev.menura.certificates.x509.OriginName;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// The gateway's end of the wire to a custody. While the other end is gone nothing is signed; it is
/// reached again as soon as it is back. Thread-safe.
public final class RemoteCustodian implements Custodian {
  private final ManagedChannel channel;
  private final String place;
  private final CustodyLimits limits;
  private final CustodyWatch watch;
  private final AtomicReference<Known> known;

  /// What was taken over, with what is asked for often.
  private record Known(Standing standing, String keyIdentifier) {
    static Known of(Standing standing) {
      return new Known(standing, standing.keyIdentifier());
    }
  }

  private RemoteCustodian(
      ManagedChannel channel,
      String place,
      CustodyLimits limits,
      CustodyWatch watch,
      Standing standing) {
    this.channel = channel;
    this.place = place;
    this.limits = limits;
    this.watch = watch;
    this.known = new AtomicReference<>(Known.of(standing));
  }

  /// Waits until the custody answers.
  ///
  /// @param channel is closed with the custodian, also where this fails
  /// @param place where the custody is, for messages
  /// @throws AuthorityException where it does not answer in time; for the operator
  public static RemoteCustodian connect(
      ManagedChannel channel, String place, CustodyLimits limits, MeterRegistry meters)
      throws AuthorityException {
    var watch = new CustodyWatch(channel, place, limits.retryEvery(), meters);
    watch.start();
    try {
      Optional<Standing> first = watch.first(limits.startWithin());
      if (first.isPresent()) {
        return new RemoteCustodian(channel, place, limits, watch, first.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    watch.close();
    channel.shutdownNow();
    throw new AuthorityException(
        "the certificates process at "
            + place
            + " does not answer ("
            + watch.reason()
            + "); start it with: menura run --role certificates");
  }

  @Override
  public Standing standing() {
    return known.get().standing();
  }

  @Override
  public boolean refresh() {
    Standing latest = watch.latest();
    if (latest.equals(standing())) {
      return false;
    }
    known.set(Known.of(latest));
    return true;
  }

  @Override
  public void onChange(Runnable listener) {
    watch.onChange(listener);
  }

  @Override
  public Optional<String> warning() {
    return watch.warning();
  }

  /// The custody does that.
  @Override
  public void prepareRenewal() {}

  @Override
  public Optional<String> problem() {
    return watch.connected()
        ? Optional.empty()
        : Optional.of("the certificates process at " + place + " does not answer");
  }

  @Override
  public String keyIdentifier() {
    return known.get().keyIdentifier();
  }

  @Override
  public LeafCertificate mimic(OriginName name, Seen seen, Adaptation adaptation, PublicKey key) {
    var mimic =
        Mimic.newBuilder()
            .addAllChain(Encoded.certificates(seen.chain()))
            .addAllSupplied(Encoded.certificates(seen.verdict().supplied()));
    adaptation
        .validFor()
        .ifPresent(time ->
            mimic.setValidFor(Duration.newBuilder().setSeconds(Math.max(1, time.toSeconds()))));
    return sign(request(name, key).setMimic(mimic));
  }

  @Override
  public LeafCertificate excepted(OriginName name, Seen seen, PublicKey key) {
    return sign(
        request(name, key)
            .setException(
                Exception.newBuilder()
                    .addAllChain(Encoded.certificates(seen.chain()))
                    .setProblem(seen.verdict().problem().word())));
  }

  @Override
  public LeafCertificate blockPage(OriginName name, PublicKey key) {
    return sign(request(name, key).setBlockPage(BlockPage.getDefaultInstance()));
  }

  @Override
  public LeafCertificate proxy(List<OriginName> names, PublicKey key) {
    var further = names.stream().skip(1).map(OriginName::text).toList();
    return sign(
        request(names.getFirst(), key).setProxy(Proxy.newBuilder().addAllFurtherNames(further)));
  }

  private static SignRequest.Builder request(OriginName name, PublicKey key) {
    return SignRequest.newBuilder()
        .setName(name.text())
        .setPublicKey(ByteString.copyFrom(key.getEncoded()));
  }

  private LeafCertificate sign(SignRequest.Builder request) {
    try {
      SignResponse response =
          CustodyServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(limits.signWithin().toNanos(), TimeUnit.NANOSECONDS)
              .sign(request.build());
      return new LeafCertificate(
          response.getCertificate().toByteArray(),
          Encoded.certificates(response.getSentAlongList()),
          Encoded.time(response.getNotAfter()),
          response.hasRenewAt() ? Encoded.time(response.getRenewAt()) : Instant.MAX);
    } catch (StatusRuntimeException e) {
      throw new CannotSignException(
          "the certificates process at "
              + place
              + (e.getStatus().getCode() == Status.Code.FAILED_PRECONDITION
                  ? " refuses: "
                  : " does not sign: ")
              + CustodyWatch.words(e.getStatus()),
          e);
    } catch (CertificateException e) {
      throw new CannotSignException("the certificates process at " + place + " sent no leaf", e);
    }
  }

  @Override
  public void close() {
    watch.close();
    channel.shutdownNow();
  }
}

package dev.menura.certificates.custody;

import com.google.protobuf.ByteString;
import dev.menura.certificates.authority.Adaptation;
import dev.menura.certificates.authority.LeafCertificate;
import dev.menura.certificates.upstream.Problem;
import dev.menura.certificates.v1.CustodyServiceGrpc.CustodyServiceImplBase;
import dev.menura.certificates.v1.Mimic;
import dev.menura.certificates.v1.Proxy;
import dev.menura.certificates.v1.SignRequest;
import dev.menura.certificates.v1.SignResponse;
import dev.menura.certificates.v1.WatchRequest;
import dev.menura.certificates.v1.WatchResponse;
import dev.menura.certificates.x509.OriginName;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The wire's end at the key: reads requests, has the judge decide, and tells gateways of changes.
/// Each signature runs on a virtual thread of its own; more than allowed at once fail.
final class CustodyService extends CustodyServiceImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(CustodyService.class);
  private static final Duration VALID_FOR_MAX = Duration.ofDays(3650);

  /// Names of the proxy beside the first.
  private static final int PROXY_NAMES_MAX = 100;

  private final Supplier<Judge> judge;
  private final CustodyLimits limits;
  private final MeterRegistry meters;
  private final Semaphore calls;
  private final Set<StreamObserver<WatchResponse>> watchers = new LinkedHashSet<>();
  private WatchResponse told;

  /// @param judge the one in office now
  /// @param told what gateways are told first
  CustodyService(
      Supplier<Judge> judge, WatchResponse told, CustodyLimits limits, MeterRegistry meters) {
    this.judge = judge;
    this.told = told;
    this.limits = limits;
    this.meters = meters;
    this.calls = new Semaphore(limits.callsMax());
    meters.gauge("menura.certificates.custody.gateways", watchers, this::count);
  }

  private double count(Set<StreamObserver<WatchResponse>> all) {
    synchronized (watchers) {
      return all.size();
    }
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<WatchResponse> observer) {
    synchronized (watchers) {
      if (watchers.size() >= limits.watchersMax()) {
        observer.onError(
            Status.RESOURCE_EXHAUSTED.withDescription("too many gateways").asException());
        return;
      }
      ((ServerCallStreamObserver<WatchResponse>) observer)
          .setOnCancelHandler(() -> leave(observer));
      watchers.add(observer);
      observer.onNext(told);
    }
  }

  private void leave(StreamObserver<WatchResponse> observer) {
    synchronized (watchers) {
      watchers.remove(observer);
    }
  }

  /// Tells all gateways, unless it is what they were told last.
  void tell(WatchResponse next) {
    synchronized (watchers) {
      if (!next.equals(told)) {
        told = next;
        watchers.forEach(each -> each.onNext(next));
      }
    }
  }

  @Override
  public void sign(SignRequest request, StreamObserver<SignResponse> observer) {
    if (!calls.tryAcquire()) {
      count(request, "busy");
      observer.onError(
          Status.RESOURCE_EXHAUSTED.withDescription("too many signatures at once").asException());
      return;
    }
    Thread.ofVirtual()
        .name("custody")
        .start(() -> {
          try {
            answer(request, observer);
          } finally {
            calls.release();
          }
        });
  }

  private void answer(SignRequest request, StreamObserver<SignResponse> observer) {
    SignResponse response;
    try {
      response = response(signed(request));
      count(request, "signed");
    } catch (StatusException e) {
      count(request, "refused");
      LOG.atWarn()
          .addKeyValue("leaf", kind(request))
          .addKeyValue("name", OriginName.parse(request.getName()).map(OriginName::text).orElse(""))
          .addKeyValue("reason", e.getStatus().getDescription())
          .log("leaf not signed");
      observer.onError(e);
      return;
    } catch (RuntimeException e) {
      // The edge: whatever goes wrong, nothing is signed.
      count(request, "failed");
      LOG.atError().setCause(e).log("leaf cannot be signed");
      observer.onError(Status.UNAVAILABLE.withDescription("the key does not sign").asException());
      return;
    }
    try {
      observer.onNext(response);
      observer.onCompleted();
    } catch (StatusRuntimeException | IllegalStateException e) {
      LOG.atDebug().setCause(e).log("gateway is gone");
    }
  }

  private LeafCertificate signed(SignRequest request) throws StatusException {
    OriginName name =
        OriginName.parse(request.getName())
            .orElseThrow(() -> invalid("name: expected a DNS name or an IP address"));
    PublicKey key = key(request.getPublicKey());
    Judge now = judge.get();
    return switch (request.getLeafCase()) {
      case MIMIC -> mimic(now, name, request.getMimic(), key);
      case EXCEPTION -> {
        var asked = request.getException();
        Problem claimed =
            Arrays.stream(Problem.values())
                .filter(each -> each.word().equals(asked.getProblem()))
                .findFirst()
                .orElseThrow(() -> invalid("exception.problem: expected a problem"));
        List<X509Certificate> chain = chain("exception.chain", asked.getChainList());
        yield judged(() -> now.excepted(name, chain, claimed, key));
      }
      case BLOCK_PAGE -> now.blockPage(name, key);
      case PROXY -> now.proxy(proxyNames(name, request.getProxy()), key);
      case LEAF_NOT_SET -> throw invalid("leaf: expected one");
    };
  }

  private LeafCertificate mimic(Judge now, OriginName name, Mimic asked, PublicKey key)
      throws StatusException {
    List<X509Certificate> chain = chain("mimic.chain", asked.getChainList());
    List<X509Certificate> supplied =
        asked.getSuppliedCount() == 0
            ? List.of()
            : chain("mimic.supplied", asked.getSuppliedList());
    Adaptation adaptation = Adaptation.NONE;
    if (asked.hasValidFor()) {
      long seconds = asked.getValidFor().getSeconds();
      if (seconds < 1 || seconds > VALID_FOR_MAX.toSeconds()) {
        throw invalid("mimic.valid_for: expected from one second to ten years");
      }
      adaptation = Adaptation.validFor(Duration.ofSeconds(seconds));
    }
    Adaptation wanted = adaptation;
    return judged(() -> now.mimic(name, chain, supplied, wanted, key));
  }

  private static List<OriginName> proxyNames(OriginName first, Proxy asked) throws StatusException {
    if (asked.getFurtherNamesCount() > PROXY_NAMES_MAX) {
      throw invalid("proxy.further_names: expected at most " + PROXY_NAMES_MAX);
    }
    var names = new ArrayList<>(List.of(first));
    for (String further : asked.getFurtherNamesList()) {
      names.add(
          OriginName.parse(further)
              .orElseThrow(() -> invalid("proxy.further_names: expected DNS names or addresses")));
    }
    return names;
  }

  private interface Judged {
    LeafCertificate run();
  }

  /// What the judge says no to is the gateway's fault, or that of who has got hold of it.
  private static LeafCertificate judged(Judged call) throws StatusException {
    try {
      return call.run();
    } catch (RefusedException e) {
      throw Status.FAILED_PRECONDITION.withDescription(e.getMessage()).asException();
    }
  }

  private static PublicKey key(ByteString der) throws StatusException {
    try {
      return Encoded.leafKey(der);
    } catch (GeneralSecurityException e) {
      throw invalid("public_key: " + e.getMessage());
    }
  }

  private static List<X509Certificate> chain(String field, List<ByteString> encoded)
      throws StatusException {
    try {
      List<X509Certificate> chain = Encoded.certificates(encoded);
      if (chain.isEmpty()) {
        throw invalid(field + ": expected at least the leaf");
      }
      return chain;
    } catch (CertificateException e) {
      throw invalid(field + ": a certificate cannot be read");
    }
  }

  private static StatusException invalid(String text) {
    return Status.INVALID_ARGUMENT.withDescription(text).asException();
  }

  private static SignResponse response(LeafCertificate leaf) {
    var response =
        SignResponse.newBuilder()
            .setCertificate(ByteString.copyFrom(leaf.der()))
            .addAllSentAlong(Encoded.certificates(leaf.sentAlong()))
            .setNotAfter(Encoded.time(leaf.notAfter()));
    if (leaf.renewAt().isBefore(Instant.MAX)) {
      response.setRenewAt(Encoded.time(leaf.renewAt()));
    }
    return response.build();
  }

  private static String kind(SignRequest request) {
    return request.getLeafCase().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void count(SignRequest request, String result) {
    meters
        .counter("menura.certificates.custody.leaves", "leaf", kind(request), "result", result)
        .increment();
  }
}

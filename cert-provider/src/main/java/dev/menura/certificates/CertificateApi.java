package dev.menura.certificates;

import com.google.protobuf.ByteString;
import dev.menura.certificates.authority.Leaf;
import dev.menura.certificates.upstream.Look;
import dev.menura.certificates.upstream.Look.Reason;
import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Look.Unreachable;
import dev.menura.certificates.v1.CertificateServiceGrpc.CertificateServiceImplBase;
import dev.menura.certificates.v1.MintRequest;
import dev.menura.certificates.v1.MintResponse;
import dev.menura.certificates.v1.Origin;
import dev.menura.certificates.v1.PeekRequest;
import dev.menura.certificates.v1.PeekResponse;
import dev.menura.certificates.x509.OriginName;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Peek and mint for other programs, over gRPC. Each call runs on a virtual thread of its own; more
/// calls than allowed at once fail with RESOURCE_EXHAUSTED.
public final class CertificateApi extends CertificateServiceImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateApi.class);
  private static final int CALLS_MAX = 64;
  private static final int PORT_MAX = 65_535;

  private final CertificateProvider provider;
  private final Predicate<InetAddress> allowed;
  private final Semaphore calls;

  /// @param allowed which addresses callers may have dialled
  public CertificateApi(CertificateProvider provider, Predicate<InetAddress> allowed) {
    this(provider, allowed, CALLS_MAX);
  }

  CertificateApi(CertificateProvider provider, Predicate<InetAddress> allowed, int callsMax) {
    this.provider = provider;
    this.allowed = allowed;
    this.calls = new Semaphore(callsMax);
  }

  @Override
  public void peek(PeekRequest request, StreamObserver<PeekResponse> observer) {
    answer(observer, () -> peek(request.getOrigin()));
  }

  @Override
  public void mint(MintRequest request, StreamObserver<MintResponse> observer) {
    answer(observer, () -> mint(request.getOrigin()));
  }

  private interface Call<T> {
    T run() throws StatusException;
  }

  private <T> void answer(StreamObserver<T> observer, Call<T> call) {
    if (!calls.tryAcquire()) {
      observer.onError(
          Status.RESOURCE_EXHAUSTED.withDescription("too many calls at once").asException());
      return;
    }
    Thread.ofVirtual()
        .name("certificate-api")
        .start(() -> {
          try {
            T answer = released(call);
            observer.onNext(answer);
            observer.onCompleted();
          } catch (StatusException e) {
            observer.onError(e);
          } catch (StatusRuntimeException e) {
            LOG.atDebug().setCause(e).log("caller is gone");
          } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("call failed");
            observer.onError(Status.INTERNAL.asException());
          }
        });
  }

  /// Lets the next call in before this one is answered: who has the answer may call at once.
  private <T> T released(Call<T> call) throws StatusException {
    try {
      return call.run();
    } finally {
      calls.release();
    }
  }

  private PeekResponse peek(Origin origin) throws StatusException {
    Seen seen = look(origin);
    return PeekResponse.newBuilder()
        .addAllChain(encoded(seen.chain()))
        .setProblem(seen.verdict().problem().word())
        .setDetail(seen.verdict().detail())
        .setTlsVersion(seen.tlsVersion())
        .setApplicationProtocol(seen.alpn())
        .build();
  }

  private MintResponse mint(Origin origin) throws StatusException {
    Seen seen = look(origin);
    if (!seen.verdict().isValid()) {
      throw Status.FAILED_PRECONDITION
          .withDescription(seen.verdict().problem().word() + ": " + seen.verdict().detail())
          .asException();
    }
    Leaf leaf;
    try {
      leaf = provider.mimics().mint(origin.getName(), seen.chain());
    } catch (IllegalStateException e) {
      throw Status.FAILED_PRECONDITION.withDescription(e.getMessage()).asException();
    }
    return MintResponse.newBuilder()
        .addAllChain(encoded(leaf.chain()))
        .addAllChain(encoded(List.of(provider.authority().anchor())))
        .build();
  }

  private Seen look(Origin origin) throws StatusException {
    if (OriginName.parse(origin.getName()).isEmpty()) {
      throw invalid("origin.name: expected a DNS name or an IP address");
    }
    if (origin.getPort() < 1 || origin.getPort() > PORT_MAX) {
      throw invalid("origin.port: expected a number from 1 to 65535");
    }
    InetAddress address =
        OriginName.parse(origin.getAddress())
            .filter(OriginName::isAddress)
            .map(OriginName::address)
            .orElseThrow(() -> invalid("origin.address: expected an IP address"));
    if (!allowed.test(address)) {
      throw Status.PERMISSION_DENIED
          .withDescription("origin.address: this address may not be dialled")
          .asException();
    }
    Look look = provider.peek(origin.getName(), new InetSocketAddress(address, origin.getPort()));
    return switch (look) {
      case Seen seen -> seen;
      case Unreachable gone -> throw unreachable(gone);
    };
  }

  private static StatusException invalid(String text) {
    return Status.INVALID_ARGUMENT.withDescription(text).asException();
  }

  private static StatusException unreachable(Unreachable gone) {
    Status status = gone.reason() == Reason.TIMEOUT ? Status.DEADLINE_EXCEEDED : Status.UNAVAILABLE;
    return status.withDescription(gone.reason().word() + ": " + gone.detail()).asException();
  }

  private static List<ByteString> encoded(List<X509Certificate> chain) {
    return chain.stream().map(CertificateApi::encoded).toList();
  }

  private static ByteString encoded(X509Certificate certificate) {
    try {
      return ByteString.copyFrom(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a parsed certificate has no encoding", e);
    }
  }
}

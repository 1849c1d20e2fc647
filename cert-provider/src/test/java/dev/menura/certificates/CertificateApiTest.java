package dev.menura.certificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.menura.certificates.testing.TestClock;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.testing.TestServer;
import dev.menura.certificates.upstream.Roots;
import dev.menura.certificates.v1.CertificateServiceGrpc;
import dev.menura.certificates.v1.CertificateServiceGrpc.CertificateServiceBlockingStub;
import dev.menura.certificates.v1.MintRequest;
import dev.menura.certificates.v1.Origin;
import dev.menura.certificates.v1.PeekRequest;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateApiTest {
  private final TestClock clock = new TestClock();
  private final TestRoot root = TestRoot.create("Root");

  @TempDir Path data;
  private CertificateProvider provider;
  private Server server;
  private ManagedChannel channel;
  private CertificateServiceBlockingStub client;

  @BeforeEach
  void open() throws Exception {
    provider =
        CertificateProvider.open(
            Settings.in(data),
            Roots.of(List.of(root.pem())),
            clock,
            clock,
            new SecureRandom(),
            new SimpleMeterRegistry());
    String name = InProcessServerBuilder.generateName();
    server =
        InProcessServerBuilder.forName(name)
            .directExecutor()
            .addService(new CertificateApi(provider, InetAddress::isLoopbackAddress, 1))
            .build()
            .start();
    channel = InProcessChannelBuilder.forName(name).build();
    client = CertificateServiceGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void close() {
    channel.shutdownNow();
    server.shutdownNow();
    provider.close();
  }

  private static Origin origin(String name, InetSocketAddress address) {
    return Origin.newBuilder()
        .setName(name)
        .setAddress(address.getAddress().getHostAddress())
        .setPort(address.getPort())
        .build();
  }

  private Status peekFailure(Origin origin) {
    var request = PeekRequest.newBuilder().setOrigin(origin).build();
    return catchThrowableOfType(StatusRuntimeException.class, () -> client.peek(request))
        .getStatus();
  }

  private static X509Certificate parsed(ByteString der) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(der.toByteArray()));
  }

  @Test
  void reportsWhatAnOriginPresents() throws Exception {
    var certificate = root.intermediate("Between").leaf("a.test");
    try (var origin = TestServer.presenting(certificate)) {
      var valid =
          client.peek(
              PeekRequest.newBuilder().setOrigin(origin("a.test", origin.address())).build());
      var wrong =
          client.peek(
              PeekRequest.newBuilder().setOrigin(origin("b.test", origin.address())).build());

      assertThat(valid.getChainList()).hasSize(2);
      assertThat(parsed(valid.getChain(0))).isEqualTo(certificate.certificate());
      assertThat(valid.getProblem()).isEmpty();
      assertThat(valid.getTlsVersion()).isEqualTo("TLSv1.3");
      assertThat(wrong.getProblem()).isEqualTo("wrong-host");
      assertThat(wrong.getDetail()).isEqualTo("the certificate 'CN=a.test' is not for b.test");
    }
  }

  @Test
  void mintsAMimicAndKeepsItsKey() throws Exception {
    try (var origin = TestServer.presenting(root.leaf("a.test"))) {
      var minted =
          client.mint(
              MintRequest.newBuilder().setOrigin(origin("a.test", origin.address())).build());

      assertThat(minted.getChainList()).hasSize(2);
      parsed(minted.getChain(0)).verify(provider.authority().certificate().getPublicKey());
      assertThat(parsed(minted.getChain(1))).isEqualTo(provider.authority().certificate());
    }
  }

  @Test
  void mintsNoMimicOfAnInvalidCertificate() throws Exception {
    try (var origin = TestServer.presenting(root.leaf("b.test"))) {
      var request = MintRequest.newBuilder().setOrigin(origin("a.test", origin.address())).build();
      var status =
          catchThrowableOfType(StatusRuntimeException.class, () -> client.mint(request))
              .getStatus();

      assertThat(status.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
      assertThat(status.getDescription()).startsWith("wrong-host: ");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "*.a.test,127.0.0.1,443,origin.name",
    "'',127.0.0.1,443,origin.name",
    "a.test,localhost,443,origin.address",
    "a.test,127.1,443,origin.address",
    "a.test,'',443,origin.address",
    "a.test,127.0.0.1,0,origin.port",
    "a.test,127.0.0.1,65536,origin.port",
    "a.test,127.0.0.1,-1,origin.port"
  })
  void refusesOriginsThatAreNone(String name, String address, int port, String field) {
    var origin = Origin.newBuilder().setName(name).setAddress(address).setPort(port).build();
    Status status = peekFailure(origin);

    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).startsWith(field + ": expected ");
  }

  @Test
  void dialsOnlyAddressesThatAreAllowed() {
    var origin = Origin.newBuilder().setName("a.test").setAddress("192.0.2.1").setPort(443).build();

    assertThat(peekFailure(origin).getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
  }

  @Test
  void saysWhyAnOriginCannotBeReached() throws Exception {
    try (var origin = TestServer.of(connection -> {})) {
      Status status = peekFailure(origin("a.test", origin.address()));

      assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(status.getDescription()).startsWith("reset: ");
    }
  }

  @Test
  void refusesMoreCallsAtOnceThanAllowed() throws Exception {
    var arrived = new CountDownLatch(1);
    var over = new CountDownLatch(1);
    try (var silent =
        TestServer.of(_ -> {
          arrived.countDown();
          over.await();
        })) {
      var first =
          CertificateServiceGrpc.newFutureStub(channel)
              .peek(PeekRequest.newBuilder().setOrigin(origin("a.test", silent.address())).build());
      arrived.await();

      assertThat(peekFailure(origin("a.test", silent.address())).getCode())
          .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      first.cancel(true);
      over.countDown();
    }
  }
}

package dev.menura.certificates.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.CertificateShape.KeyType;
import dev.menura.certificates.x509.Pem;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TestRootTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  @ParameterizedTest
  @EnumSource(names = {"P256", "P384", "P521", "ED25519", "RSA_2048"})
  void servesAHandshakeThatAClientWithTheRootAccepts(KeyType key) throws Exception {
    TestRoot root = TestRoot.create("Root");
    TestCertificate leaf =
        root.intermediate("Between")
            .leaf(CertificateShape.forNames("localhost", "127.0.0.1").key(key));

    assertThat(handshake(root, leaf)).isEqualTo(leaf.certificate());
  }

  @Test
  void makesDatesAndSelfSignedCertificatesAsAsked() throws Exception {
    var until = Instant.parse("2020-01-02T00:00:00Z");
    var shape = CertificateShape.forNames("a.test").validFrom(until.minusSeconds(60));
    var leaf = TestRoot.selfSigned(shape.validUntil(until), Clock.systemUTC()).certificate();

    assertThat(leaf.getNotAfter().toInstant()).isEqualTo(until);
    leaf.verify(leaf.getPublicKey());
  }

  @Test
  void writesPemThatIsReadBack() throws Exception {
    TestCertificate leaf = TestRoot.create("Root").intermediate("Between").leaf("a.test");

    assertThat(Pem.readCertificates(leaf.chainPem())).isEqualTo(leaf.chain()).hasSize(2);
    assertThat(Pem.readPrivateKey(leaf.keyPem(), "EC")).isEqualTo(leaf.privateKey());
  }

  private static X509Certificate handshake(TestRoot root, TestCertificate leaf) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var server =
            (SSLServerSocket)
                leaf.serverContext().getServerSocketFactory().createServerSocket(0, 1, LOOPBACK);
        var client =
            (SSLSocket)
                root.clientContext()
                    .getSocketFactory()
                    .createSocket(LOOPBACK, server.getLocalPort())) {
      client.setSoTimeout(10_000);
      var parameters = client.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      client.setSSLParameters(parameters);
      var served =
          threads.submit(() -> {
            try (var accepted = (SSLSocket) server.accept()) {
              accepted.startHandshake();
              return accepted.getInputStream().read();
            }
          });
      client.startHandshake();
      client.getOutputStream().write(1);
      assertThat(served.get()).isEqualTo(1);
      return (X509Certificate) client.getSession().getPeerCertificates()[0];
    }
  }
}

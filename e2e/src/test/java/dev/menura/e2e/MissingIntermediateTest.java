package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.menura.certificates.testing.CertificateShape;
import dev.menura.certificates.testing.TestCertificate;
import dev.menura.certificates.testing.TestRoot;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Origins that do not send the intermediate that vouches for them, as many do.
@ExtendWith(Failures.class)
class MissingIntermediateTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";
  private static final String AUTHORITY_INFO_ACCESS = "1.3.6.1.5.5.7.1.1";

  @TempDir private Path folder;
  private HttpServer issuer;

  @BeforeEach
  void start() throws Exception {
    issuer =
        HttpServer.create(
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), /* backlog= */ 0);
    issuer.start();
  }

  @AfterEach
  void stop() {
    issuer.stop(0);
  }

  /// A leaf below an intermediate that is fetched from the issuer alone.
  private TestCertificate leaf(TestRoot root, String host) throws Exception {
    var between = root.intermediate("Between " + host);
    byte[] der = between.certificate().getEncoded();
    issuer.createContext(
        "/" + host,
        exchange -> {
          exchange.sendResponseHeaders(200, der.length);
          exchange.getResponseBody().write(der);
          exchange.close();
        });
    var address = "http://127.0.0.1:" + issuer.getAddress().getPort() + "/" + host;
    return between
        .leaf(
            CertificateShape.forNames(host)
                .extension(AUTHORITY_INFO_ACCESS, false, issuedBy(address)))
        .sentWith(List.of());
  }

  /// RFC 5280 4.2.2.1, with one address of the issuer's certificate.
  private static byte[] issuedBy(String address) {
    byte[] method = {0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02};
    byte[] location = tagged(0x86, address.getBytes(StandardCharsets.US_ASCII));
    var description = new ByteArrayOutputStream();
    description.writeBytes(method);
    description.writeBytes(location);
    return tagged(0x30, tagged(0x30, description.toByteArray()));
  }

  private static byte[] tagged(int tag, byte[] content) {
    var out = new ByteArrayOutputStream();
    out.write(tag);
    out.write(content.length);
    out.writeBytes(content);
    return out.toByteArray();
  }

  @Test
  void areReachedWithTheIntermediateThatTheirIssuerGives() throws Exception {
    try (var lab = Lab.start(folder, ALLOW);
        var one = Origin.tls(folder, leaf(lab.root, "one.test"));
        var two = Origin.tls(folder, leaf(lab.root, "two.test"))) {
      var first = Curl.through(lab, one.url("one.test", "/"));
      assertThat(first.status()).as(first.log()).isEqualTo(200);
      assertThat(first.issuer()).contains("Menura CA");
      assertThat(Curl.through(lab, two.url("two.test", "/")).status()).isEqualTo(200);
      assertThat(Curl.through(lab, one.url("one.test", "/")).status()).isEqualTo(200);
      assertThat(lab.meters.get("menura.certificates.intermediates").gauge().value()).isEqualTo(2);
    }
  }

  @Test
  void areRefusedWhereTheirIssuerGivesNone() throws Exception {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, leaf(lab.root, "shop.test"))) {
      issuer.removeContext("/shop.test");
      var answer = Curl.through(lab, origin.url("shop.test", "/"));
      assertThat(answer.status()).as(answer.log()).isEqualTo(403);
      assertThat(answer.body()).contains("certificate-incomplete-chain");
      assertThat(origin.requests()).isZero();
    }
  }
}

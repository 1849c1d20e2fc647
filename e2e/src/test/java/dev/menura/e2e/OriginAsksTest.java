package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.CertificateShape;
import dev.menura.certificates.testing.CertificateShape.Purpose;
import dev.menura.certificates.testing.TestRoot;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Origins that ask clients for a certificate, where no rule has one presented, through the real
/// Envoy.
@ExtendWith(Failures.class)
class OriginAsksTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}\n";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"1.2", "1.3"})
  void b12AnOriginThatAsksForACertificateIsNeverPassedThroughByItself(String version) {
    var clients = TestRoot.create("The origin's clients");
    var own =
        clients.leaf(
            CertificateShape.forNames().subject("CN=the client itself").purpose(Purpose.CLIENT));
    try (var lab = Lab.start(folder, ALLOW);
        var origin =
            Origin.tls(
                folder,
                lab.root.leaf("bank.test"),
                "-highest",
                version,
                "-client-roots",
                Origin.file(folder, clients.pem()))) {
      var url = origin.url("bank.test", "/");
      for (int i = 0; i < 2; i++) {
        assertThat(Curl.through(lab, url).status()).isBetween(500, 599);
        var event = lab.awaitConnection("bank.test");
        assertThat(event.common().verdict()).isEqualTo("allow");
        assertThat(event.tls().connectionClass()).isEqualTo("trusted");
        assertThat(event.tls().clientCertificate()).isEqualTo("asked");
        assertThat(event.tls().hint())
            .contains("{name: own-certificate, when: host.name == 'bank.test', then: passthrough}");
      }
      assertThat(origin.requests()).isZero();

      lab.rules(
          "- {name: own-certificate, when: host.name == 'bank.test', then: passthrough}\n" + ALLOW);
      var through =
          Curl.through(
              lab,
              url,
              "--cacert",
              lab.originRoot().toString(),
              "--cert",
              Origin.file(folder, own.chainPem()),
              "--key",
              Origin.file(folder, own.keyPem()));
      assertThat(through.status()).as(through.log()).isEqualTo(200);
      assertThat(origin.await("request").get("client").getAsString())
          .isEqualTo("CN=the client itself");
      assertThat(lab.awaitConnection("bank.test").tls().hint()).isNull();
    }
  }

  @Test
  void b12ARuleMayAskWhetherTheOriginAsks() {
    var rules =
        "- {name: own, when: upstream.tls.client_certificate == 'asked', then: passthrough}\n"
            + ALLOW;
    try (var lab = Lab.start(folder, rules);
        var asks =
            Origin.tls(
                folder,
                lab.root.leaf("bank.test"),
                "-client-roots",
                Origin.file(folder, TestRoot.create("Clients").pem()));
        var other = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      var passed =
          Curl.through(lab, asks.url("bank.test", "/"), "--cacert", lab.originRoot().toString());
      assertThat(passed.status()).as(passed.log()).isZero();
      assertThat(lab.awaitConnection("bank.test").common().rule()).isEqualTo("own");
      assertThat(lab.awaitConnection("bank.test").common().verdict()).isEqualTo("passthrough");
      assertThat(Curl.through(lab, other.url("shop.test", "/")).status()).isEqualTo(200);
      assertThat(lab.awaitConnection("shop.test").tls().clientCertificate()).isNull();
    }
  }
}

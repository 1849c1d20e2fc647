package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.TestCertificate;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Origins that present what is not theirs, or is no longer, under a name whose mimic is kept.
@ExtendWith(Failures.class)
class PoisonedNameTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";

  @TempDir private Path folder;

  @Test
  void k3AnotherOriginCannotTouchTheMimicOfAName() {
    try (var lab = Lab.start(folder, ALLOW);
        var bank = Origin.tls(folder, lab.root.leaf("bank.test"));
        var evil = Origin.tls(folder, lab.root.leaf("evil.test"))) {
      var target = "bank.test:" + bank.port();
      var serial = Optional.<java.math.BigInteger>empty();
      for (String attack : List.of("none", "server-name", "address")) {
        switch (attack) {
          case "server-name" -> refused(lab, "evil.test:" + evil.port());
          case "address" -> refused(lab, "bank.test:" + evil.port());
          default -> assertThat(evil.requests()).isZero();
        }
        try (var client = RawClient.tls(lab, target, "http/1.1")) {
          var shown = client.certificate().getSerialNumber();
          assertThat(shown).as(attack).isEqualTo(serial.orElse(shown));
          serial = Optional.of(shown);
          assertThat(client.get(target, "/").status()).isEqualTo(200);
        }
      }
      assertThat(evil.requests()).isZero();
    }
  }

  private static void refused(Lab lab, String target) {
    var tls =
        RawClient.tunnel(lab, target)
            .handshake(Optional.of(RawClient.latin1("bank.test")), "http/1.1");
    if (tls.isPresent()) {
      try (var client = tls.get()) {
        assertThat(client.certificate().getSubjectX500Principal().getName())
            .contains("Menura block page");
        assertThat(client.get(target, "/").status()).isEqualTo(403);
      }
    }
  }

  @Test
  void k2AnOriginWhoseCertificateHasTurnedBadIsSentNothingUnderTheMimicThatIsKept() {
    try (var lab = Lab.start(folder, ALLOW)) {
      var good = lab.root.leaf("shop.test");
      for (TestCertificate then :
          List.of(FlawedOriginTest.selfSigned("shop.test"), lab.root.leaf("other.test"))) {
        int port;
        try (var origin = Origin.tls(folder, good)) {
          port = origin.port();
          assertThat(Curl.through(lab, origin.url("shop.test", "/")).status()).isEqualTo(200);
        }
        try (var origin = Origin.tls(folder, then, "-address", "127.0.0.1:" + port)) {
          var answer =
              Curl.through(lab, origin.url("shop.test", "/"), "-d", "a secret", "--http1.1");
          assertThat(answer.status()).as(answer.log()).isEqualTo(502);
          assertThat(origin.requests()).isZero();
        }
      }
    }
  }
}

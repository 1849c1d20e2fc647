package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What must be refused with a clear answer, with nothing sent to an origin.
@ExtendWith(Failures.class)
class BadInputTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";

  @TempDir private Path folder;

  @Test
  void refusesAPrivateAddress() {
    try (var lab = Lab.start(folder, ALLOW)) {
      var answer = Curl.through(lab, "https://10.0.0.1/");
      assertThat(answer.log()).contains("HTTP/1.1 403");
      assertThat(lab.awaitConnection("10.0.0.1").common().reason()).isEqualTo("address-refused");
    }
  }

  @Test
  void refusesItsOwnListenerWhateverIsAllowed() {
    try (var lab = Lab.start(folder, ALLOW)) {
      var answer = Curl.through(lab, "https://127.0.0.1:" + lab.proxyPort() + "/");
      assertThat(answer.log()).contains("HTTP/1.1 403");
      assertThat(lab.awaitConnection("127.0.0.1").common().reason()).isEqualTo("address-refused");
    }
  }

  @Test
  void refusesAServerNameThatIsNotTheConnectHost() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"));
        var client =
            GoClient.to(lab, origin.url("shop.test", "/")).with("-sni", "bank.test").start()) {
      assertThat(client.await("response").get("status").getAsInt()).isEqualTo(403);
      assertThat(lab.awaitConnection("shop.test").common().reason()).isEqualTo("sni-host-mismatch");
      assertThat(origin.requests()).isZero();
    }
  }

  @Test
  void answers421ToAHostThatIsNotTheTunnels() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      var answer = Curl.through(lab, origin.url("shop.test", "/"), "-H", "Host: bank.test");
      assertThat(answer.status()).as(answer.log()).isEqualTo(421);
      assertThat(origin.requests()).isZero();
    }
  }

  @Test
  void saysThatANameDoesNotResolve() {
    try (var lab = Lab.start(folder, ALLOW)) {
      var answer = Curl.through(lab, "https://no-such-name.invalid/");
      assertThat(answer.log()).contains("HTTP/1.1 502");
      assertThat(lab.awaitConnection("no-such-name.invalid").common().reason())
          .isEqualTo("name-not-resolved");
    }
  }

  @Test
  void saysThatAnOriginRefusesConnections() {
    try (var lab = Lab.start(folder, ALLOW)) {
      // Port 1 of the loopback: nothing listens there.
      var answer = Curl.through(lab, "https://gone.test:1/");
      assertThat(answer.status()).as(answer.log()).isEqualTo(502);
      assertThat(answer.body()).contains("origin-refused");
    }
  }
}

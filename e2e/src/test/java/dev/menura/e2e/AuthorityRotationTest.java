package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.authority.AuthorityChanges;
import dev.menura.certificates.authority.AuthoritySettings;
import dev.menura.certificates.authority.Crypto;
import dev.menura.certificates.x509.Pem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// K11: the authority is replaced while clients connect, and none of them notices.
@ExtendWith(Failures.class)
class AuthorityRotationTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";

  @TempDir private Path folder;

  private Path file(String name, List<X509Certificate> certificates) throws Exception {
    return Files.writeString(folder.resolve(name), Pem.certificates(certificates));
  }

  @Test
  void k11NoHandshakeFailsWhileTheAuthorityIsReplaced() throws Exception {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("*.shop.test"))) {
      var provider = lab.sidecar().certificates();
      var operator =
          AuthorityChanges.of(
              AuthoritySettings.in(lab.data.resolve("ca")),
              Crypto.preferred(),
              Clock.systemUTC(),
              new SecureRandom());
      Path former = file("former.pem", operator.published());
      var failures = new ConcurrentLinkedQueue<String>();
      var requests = new AtomicInteger();
      var over = new AtomicBoolean();

      operator.rotate();
      provider.refreshAuthorities();
      Path both = file("both.pem", operator.published());
      Path successor = file("successor.pem", operator.published().subList(1, 2));
      Thread load =
          Thread.ofVirtual()
              .start(() -> {
                while (!over.get()) {
                  // A name that is known, then one that is not.
                  int number = requests.getAndIncrement();
                  String host = (number % 2 == 0 ? "hot" : "cold" + number) + ".shop.test";
                  var answer =
                      Curl.through(lab, origin.url(host, "/"), "--cacert", both.toString());
                  if (answer.status() != 200) {
                    failures.add(answer.log());
                  }
                }
              });
      try {
        assertThat(status(lab, origin, former)).isEqualTo(200);
        assertThat(status(lab, origin, successor)).isEqualTo(200);
        operator.activate();
        provider.refreshAuthorities();
        assertThat(status(lab, origin, former)).isEqualTo(200);
        assertThat(status(lab, origin, successor)).isEqualTo(200);
        operator.retire(Optional.empty());
        provider.refreshAuthorities();
        assertThat(status(lab, origin, successor)).isEqualTo(200);
        int before = requests.get();
        while (requests.get() < before + 4) {
          assertThat(status(lab, origin, successor)).isEqualTo(200);
        }
      } finally {
        over.set(true);
        load.join();
      }
      assertThat(failures).isEmpty();
      assertThat(requests.get()).isGreaterThan(4);
    }
  }

  private static int status(Lab lab, Origin origin, Path trusted) {
    return Curl.through(lab, origin.url("hot.shop.test", "/"), "--cacert", trusted.toString())
        .status();
  }
}

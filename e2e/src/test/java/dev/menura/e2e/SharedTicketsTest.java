package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.TestCertificate;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An origin whose sessions are good under each of its names: what was validated under one name
/// says nothing of another.
@ExtendWith(Failures.class)
class SharedTicketsTest {
  @TempDir private Path folder;

  @ParameterizedTest(name = "TLS {0}")
  @ValueSource(strings = {"1.2", "1.3"})
  void u16ASessionOfOneHostIsNotResumedForAnother(String version) {
    try (var lab = Lab.start(folder, "- {name: all, when: true, then: allow}\n")) {
      TestCertificate good = lab.root.leaf("a.test", "b.test");
      TestCertificate bad = FlawedOriginTest.selfSigned("b.test");
      try (var origin = Origin.changing(folder, good, bad, "b.test", version)) {
        resumesForWhoeverHasATicket(origin, version);
        int before = origin.record().size();
        for (int i = 0; i < 3; i++) {
          assertThat(Curl.through(lab, origin.url("a.test", "/")).status()).isEqualTo(200);
        }
        // The look at b.test is shown a valid certificate, the connection that follows a bad one.
        var answer = Curl.through(lab, origin.url("b.test", "/"), "-d", "a secret", "--http1.1");
        assertThat(answer.status()).as(answer.log()).isEqualTo(502);
        assertThat(answer.issuer()).contains("Menura CA");
        var since = origin.record().subList(before, origin.record().size());
        assertThat(since)
            .filteredOn(line -> line.get("event").getAsString().equals("finished"))
            .isNotEmpty()
            .noneMatch(line -> line.get("resumed").getAsBoolean());
        assertThat(since)
            .filteredOn(line -> line.get("event").getAsString().equals("request"))
            .allMatch(line -> line.get("host").getAsString().startsWith("a.test"));
      }
    }
  }

  /// The origin does what the gateway must not rely on it not to do.
  private void resumesForWhoeverHasATicket(Origin origin, String version) {
    Missing.skipUnlessFound("openssl", "openssl");
    var session = folder.resolve("session-" + version).toString();
    var flag = "-tls" + version.replace('.', '_');
    for (List<String> use :
        List.of(List.of("c.test", "-sess_out"), List.of("d.test", "-sess_in"))) {
      var request = "GET / HTTP/1.1\\r\\nHost: a.test\\r\\nConnection: close\\r\\n\\r\\n";
      var client =
          List.of(
              "printf '" + request + "' | openssl s_client -ign_eof -alpn http/1.1",
              "-connect 127.0.0.1:" + origin.port(),
              "-servername " + use.getFirst(),
              flag,
              use.getLast() + " " + session);
      try (var program = Program.start(folder, "sh", "-c", String.join(" ", client))) {
        program.awaitEnd();
      }
    }
    origin.await(
        "finished",
        line ->
            line.get("sni").getAsString().equals("d.test") && line.get("resumed").getAsBoolean());
  }
}

package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.CertificateShape;
import dev.menura.certificates.testing.CertificateShape.KeyType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What `tls` in the `Gateway` document makes of the handshakes on both sides.
@ExtendWith(Failures.class)
class TlsRulesTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}\n";
  private static final String FIPS = "{restrict: fips}";

  @TempDir private Path folder;

  private Lab with(String tls) {
    return Lab.startWith(folder, Lab.GATEWAY + "  tls: " + tls + "\n", Lab.policy(ALLOW));
  }

  @Test
  void theKeyExchangeIsPostQuantumWhereBothSidesKnowIt() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("pq.test"));
        var client = GoClient.to(lab, origin.url("pq.test", "/")).start()) {
      assertThat(client.await("response").get("curve").getAsString()).isEqualTo("X25519MLKEM768");
      var handshakes =
          origin.record().stream()
              .filter(line -> line.get("event").getAsString().equals("handshake"))
              .toList();
      assertThat(handshakes).as("the look and the forwarded connection").hasSize(2);
      assertThat(handshakes)
          .allMatch(line -> line.get("curve").getAsString().equals("X25519MLKEM768"));
    }
  }

  @Test
  void anOriginBelowTheMinimumIsRefused() {
    try (var lab = with("{upstream-minimum: '1.3'}");
        var old = Origin.tls(folder, lab.root.leaf("old.test"), "-highest", "1.2");
        var current = Origin.tls(folder, lab.root.leaf("new.test"), "-lowest", "1.3")) {
      var answer = Curl.through(lab, old.url("old.test", "/"));
      assertThat(answer.status()).as(answer.log()).isEqualTo(502);
      assertThat(answer.body()).contains("origin-tls-version").contains("offers TLS 1.2");
      assertThat(old.requests()).isZero();
      assertThat(lab.awaitConnection("old.test").common().reason()).isEqualTo("origin-tls-version");
      assertThat(Curl.through(lab, current.url("new.test", "/")).status()).isEqualTo(200);
    }
  }

  @Test
  void aClientBelowTheMinimumIsRefused() {
    try (var lab = with("{client-minimum: '1.3'}");
        var origin = Origin.tls(folder, lab.root.leaf("sound.test"));
        var old = Origin.tls(folder, lab.root.leaf("old.test"), "-highest", "1.2")) {
      assertThat(Curl.through(lab, origin.url("sound.test", "/"), "--tls-max", "1.2").exit())
          .isEqualTo(35);
      assertThat(Curl.through(lab, origin.url("sound.test", "/")).status()).isEqualTo(200);
      var answer = Curl.through(lab, old.url("old.test", "/"));
      assertThat(answer.status()).as(answer.log()).isEqualTo(403);
      assertThat(answer.body()).contains("client-tls-minimum");
      assertThat(old.requests()).isZero();
    }
  }

  @Test
  void aMinimumForClientsLeavesOlderOriginsWhereVersionsMayDiffer() {
    try (var lab = with("{client-minimum: '1.3', client-versions: all}");
        var old = Origin.tls(folder, lab.root.leaf("old.test"), "-highest", "1.2")) {
      var answer = Curl.through(lab, old.url("old.test", "/"));
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      assertThat(answer.log()).contains("SSL connection using TLSv1.3");
    }
  }

  @Test
  void fipsLeavesClientsWithApprovedAlgorithmsAlone() {
    try (var lab = with(FIPS);
        var origin = Origin.tls(folder, lab.root.leaf("sound.test"));
        var old = Origin.tls(folder, lab.root.leaf("old.test"), "-highest", "1.2")) {
      for (String url : List.of(origin.url("sound.test", "/"), old.url("old.test", "/"))) {
        assertThat(Curl.through(lab, url).status()).as(url).isEqualTo(200);
        for (List<String> unapproved :
            List.of(
                List.of("--curves", "X25519"),
                List.of("--curves", "P-521"),
                List.of("--tls-max", "1.2", "--ciphers", "ECDHE-ECDSA-CHACHA20-POLY1305"),
                List.of("--tls-max", "1.2", "--ciphers", "ECDHE-ECDSA-AES128-SHA"),
                List.of("--tlsv1.3", "--tls13-ciphers", "TLS_CHACHA20_POLY1305_SHA256"))) {
          assertThat(Curl.through(lab, url, unapproved.toArray(String[]::new)).exit())
              .as(url + unapproved)
              .isEqualTo(35);
        }
      }
      // Where the versions are restricted to the origin's, the restriction to FIPS leaves them so.
      assertThat(Curl.through(lab, old.url("old.test", "/"), "--tlsv1.3").exit()).isEqualTo(35);
    }
  }

  @Test
  void fipsLeavesOriginsWithApprovedAlgorithmsAlone() {
    try (var lab = with(FIPS)) {
      for (KeyType key : List.of(KeyType.P256, KeyType.P384, KeyType.RSA_2048)) {
        try (var origin =
            Origin.tls(folder, lab.root.leaf(CertificateShape.forNames("sound.test").key(key)))) {
          var answer = Curl.through(lab, origin.url("sound.test", "/"));
          assertThat(answer.status()).as(key + answer.body()).isEqualTo(200);
          assertThat(origin.record())
              .filteredOn(line -> line.get("event").getAsString().equals("handshake"))
              .hasSize(2)
              .allMatch(line -> line.get("curve").getAsString().startsWith("CurveP"))
              .allMatch(line -> line.get("suite").getAsString().contains("_GCM_"));
        }
      }
      for (List<String> unapproved :
          List.of(
              List.of("-groups", "29"),
              List.of("-groups", "25"),
              List.of("-groups", "4588"),
              List.of("-highest", "1.2", "-suites", "cca9", "-alpn", "http/1.1"))) {
        refused(lab, KeyType.P256, unapproved.toArray(String[]::new));
      }
      refused(lab, KeyType.ED25519);
      refused(lab, KeyType.P521);
    }
  }

  private void refused(Lab lab, KeyType key, String... flags) {
    var leaf = lab.root.leaf(CertificateShape.forNames("odd.test").key(key));
    try (var origin = Origin.tls(folder, leaf, flags)) {
      var answer = Curl.through(lab, origin.url("odd.test", "/"));
      assertThat(answer.status()).as(key + " " + List.of(flags) + answer.log()).isEqualTo(502);
      assertThat(answer.body()).contains("FIPS 140");
      assertThat(origin.requests()).isZero();
    }
  }
}

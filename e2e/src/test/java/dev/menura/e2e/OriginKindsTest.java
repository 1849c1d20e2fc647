package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.CertificateShape;
import dev.menura.certificates.testing.CertificateShape.KeyType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Origins of every kind of key, TLS version and protocol that is in use are reached.
@ExtendWith(Failures.class)
class OriginKindsTest {
  /// A key usage of digital signatures and of key encipherment (RFC 5280 4.2.1.3).
  private static final byte[] ENCIPHERS = {0x03, 0x02, 0x05, (byte) 0xa0};

  private static final String ALLOW = "- {name: all, when: true, then: allow}";

  @TempDir private Path folder;

  @Test
  void u14AreReachedWhateverTheirKey() {
    try (var lab = Lab.start(folder, ALLOW)) {
      for (KeyType key :
          List.of(
              KeyType.RSA_2048,
              KeyType.RSA_3072,
              KeyType.RSA_4096,
              KeyType.P256,
              KeyType.P384,
              KeyType.P521,
              KeyType.ED25519)) {
        reached(lab, "k-" + key.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'), key);
        if (key != KeyType.ED25519) {
          reached(
              lab,
              "t-" + key.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'),
              key,
              "-tls12");
        }
      }
    }
  }

  @Test
  void u14AreReachedWhateverTheySpeak() {
    try (var lab = Lab.start(folder, ALLOW)) {
      for (List<String> flags :
          List.of(
              List.of("-tls12"),
              List.of("-lowest", "1.3"),
              List.of("-lowest", "1.2", "-highest", "1.2", "-suites", "cca9", "-alpn", "http/1.1"),
              List.of("-alpn", "h2"),
              List.of("-alpn", "http/1.1"),
              List.of("-tls12", "-alpn", "h2"),
              List.of("-tls12", "-alpn", "http/1.1"))) {
        reached(lab, "s", KeyType.P256, flags.toArray(String[]::new));
      }
    }
  }

  @Test
  void u14AreReachedWithTheLastSuitesOfBrowsersWhichClientsAreNotOffered() {
    try (var lab = Lab.start(folder, ALLOW)) {
      for (String suite : List.of("c013", "c014", "9c", "9d", "2f", "35")) {
        var host = "last-" + suite + ".test";
        var flags = List.of("-highest", "1.2", "-suites", suite, "-alpn", "http/1.1");
        var leaf =
            lab.root.leaf(
                CertificateShape.forNames(host)
                    .key(KeyType.RSA_2048)
                    .extension("2.5.29.15", true, ENCIPHERS));
        try (var origin = Origin.tls(folder, leaf, flags.toArray(String[]::new))) {
          reached(lab, origin, host, flags);
          var alike =
              Curl.through(
                  lab,
                  origin.url(host, "/"),
                  "--tls-max",
                  "1.2",
                  "--ciphers",
                  "ECDHE-RSA-AES128-SHA:AES128-GCM-SHA256:AES128-SHA");
          assertThat(alike.exit()).as(alike.log()).isEqualTo(35);
        }
      }
    }
  }

  /// Neither Envoy nor Chromium speaks `rsa_pss_pss_*` (RFC 8446 4.2.3), which such a key demands.
  @Test
  void areRefusedWithAReasonWhereTheirKeyIsForPssAlone() {
    try (var lab = Lab.start(folder, ALLOW)) {
      var leaf = lab.root.leaf(CertificateShape.forNames("pss.test").key(KeyType.RSA_PSS));
      for (String version : List.of("-tls1_2", "-tls1_3")) {
        try (var server = OpensslServer.start(folder, leaf, "-www", version)) {
          var answer = Curl.through(lab, server.url("pss.test"));
          assertThat(answer.status()).as(answer.body() + answer.log()).isEqualTo(502);
          assertThat(answer.body()).contains("origin-tls-alert");
        }
      }
    }
  }

  private void reached(Lab lab, String label, KeyType key, String... flags) {
    var host = label + ".test";
    var leaf = lab.root.leaf(CertificateShape.forNames(host).key(key));
    try (var origin = Origin.tls(folder, leaf, flags)) {
      reached(lab, origin, host, List.of(flags));
    }
  }

  private static void reached(Lab lab, Origin origin, String host, List<String> flags) {
    for (String client : List.of("--http2", "--http1.1")) {
      var answer = Curl.through(lab, origin.url(host, "/"), client);
      assertThat(answer.status())
          .as(host + " " + flags + " " + client + "\n" + answer.body() + answer.log())
          .isEqualTo(200);
      assertThat(answer.issuer()).contains("Menura CA");
    }
  }
}

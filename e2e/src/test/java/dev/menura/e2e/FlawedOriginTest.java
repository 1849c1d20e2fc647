package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.authority.CertificateAuthority;
import dev.menura.certificates.authority.Crypto;
import dev.menura.certificates.authority.MintLimits;
import dev.menura.certificates.authority.Minter;
import dev.menura.certificates.testing.CertificateShape;
import dev.menura.certificates.testing.TestCertificate;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.x509.OriginName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Origins whose certificate has a problem, under each answer that a policy can give.
@ExtendWith(Failures.class)
class FlawedOriginTest {
  static final String ALLOW = "- {name: all, when: true, then: allow}\n";
  static final String DISTRUST = "- {name: let-them-see, when: true, then: distrust}\n";

  @TempDir private Path folder;

  /// A certificate for each host, named after its problem.
  static Map<String, TestCertificate> flawed(Lab lab) {
    var flawed = new LinkedHashMap<String, TestCertificate>();
    flawed.put("expired", lab.root.leaf(expired("expired.test")));
    flawed.put("self-signed", selfSigned("self-signed.test"));
    flawed.put("wrong-host", lab.root.leaf("other.test"));
    flawed.put("untrusted-root", ofNobody("untrusted-root.test"));
    return flawed;
  }

  static CertificateShape expired(String host) {
    return CertificateShape.forNames(host)
        .validFrom(Instant.now().minus(Duration.ofDays(60)))
        .validUntil(Instant.now().minus(Duration.ofDays(1)));
  }

  static TestCertificate selfSigned(String... names) {
    return TestRoot.selfSigned(CertificateShape.forNames(names), Clock.systemUTC());
  }

  /// Under a root that nobody trusts, and which is sent along.
  private static TestCertificate ofNobody(String host) {
    var root = TestRoot.create("Nobody");
    return root.leaf(host).sentWith(List.of(root.certificate()));
  }

  private static double counted(Lab lab, String problem, String connectionClass) {
    return lab.meters
        .get("menura.gate.certificates")
        .tag("problem", problem)
        .tag("class", connectionClass)
        .counter()
        .count();
  }

  @Test
  void isRefusedWithAPageThatNamesTheProblem() {
    try (var lab = Lab.start(folder, ALLOW)) {
      flawed(lab)
          .forEach((problem, certificate) -> {
            var host = problem + ".test";
            try (var origin = Origin.tls(folder, certificate)) {
              var answer = Curl.through(lab, origin.url(host, "/"));
              assertThat(answer.status()).as(answer.log()).isEqualTo(403);
              assertThat(answer.body())
                  .contains("certificate-" + problem)
                  .contains(
                      problem.equals("untrusted-root")
                          ? "CN=Nobody"
                          : certificate.certificate().getSubjectX500Principal().getName());
              if (problem.equals("expired")) {
                assertThat(answer.body())
                    .contains(
                        certificate
                            .certificate()
                            .getNotAfter()
                            .toInstant()
                            .toString()
                            .substring(0, 10));
              }
              assertThat(origin.requests()).isZero();
              var tls = lab.awaitConnection(host).tls();
              assertThat(tls.problem()).isEqualTo(problem);
              assertThat(tls.connectionClass()).isEqualTo("block");
              assertThat(tls.shown()).isEqualTo("block-page");
              assertThat(counted(lab, problem, "block")).isEqualTo(1);
            }
          });
    }
  }

  @Test
  void k1IsShownToTheClientWithACertificateThatItDoesNotTrust() {
    try (var lab = Lab.start(folder, DISTRUST)) {
      flawed(lab)
          .forEach((problem, certificate) -> {
            var host = problem + ".test";
            try (var origin = Origin.tls(folder, certificate)) {
              var careful = Curl.through(lab, origin.url(host, "/"));
              assertThat(careful.exit()).as(careful.log()).isEqualTo(60);
              assertThat(origin.requests()).isZero();

              var careless = Curl.through(lab, origin.url(host, "/"), "-k");
              assertThat(careless.status()).as(careless.log()).isEqualTo(200);
              assertThat(careless.issuer()).doesNotContain("Menura CA");
              origin.await("request");
              assertThat(origin.requests()).isEqualTo(1);
              if (problem.equals("self-signed")) {
                assertThat(careless.issuer()).isEqualTo("CN=self-signed.test");
              }

              var event = lab.awaitConnection(host);
              assertThat(event.common().verdict()).isEqualTo("distrust");
              assertThat(event.common().rule()).isEqualTo("let-them-see");
              assertThat(event.tls().problem()).isEqualTo(problem);
              assertThat(event.tls().connectionClass()).isEqualTo("distrust");
              assertThat(event.tls().shown()).isEqualTo("untrusted-mimic");
              assertThat(event.tls().upstreamVersion()).isEqualTo("TLSv1.3");
              assertThat(event.tls().clientVersion()).isEqualTo("TLSv1.3");
              assertThat(counted(lab, problem, "distrust")).isEqualTo(2);
            }
          });
    }
  }

  @Test
  void meansAllowToDistrustAnOriginWithoutAProblem() {
    try (var lab = Lab.start(folder, DISTRUST);
        var origin = Origin.tls(folder, lab.root.leaf("sound.test"))) {
      var answer = Curl.through(lab, origin.url("sound.test", "/"));
      assertThat(answer.status()).as(answer.log()).isEqualTo(200);
      assertThat(answer.issuer()).contains("Menura CA");
      assertThat(lab.awaitConnection("sound.test").tls().connectionClass()).isEqualTo("trusted");
    }
  }

  @Test
  void passesWhereARuleNamesHostAndProblem() {
    try (var lab = Lab.start(folder, exceptions() + ALLOW)) {
      flawed(lab)
          .forEach((problem, certificate) -> {
            var host = problem + ".test";
            try (var origin = Origin.tls(folder, certificate)) {
              for (String protocol : List.of("--http1.1", "--http2")) {
                var answer = Curl.through(lab, origin.url(host, "/"), protocol);
                assertThat(answer.status()).as(answer.body() + answer.log()).isEqualTo(200);
                assertThat(answer.issuer()).contains("Menura CA");
              }
              var event = lab.awaitConnection(host);
              assertThat(event.common().verdict()).isEqualTo("allow");
              assertThat(event.tls().exception()).isEqualTo("for-" + problem);
              assertThat(event.tls().connectionClass()).isEqualTo("pinned");
              assertThat(event.tls().problem()).isEqualTo(problem);
              assertThat(counted(lab, problem, "pinned")).isEqualTo(2);
            }
          });
    }
  }

  @Test
  void isRefusedWhereARuleNamesAnotherHostOrAnotherProblem() {
    try (var lab =
            Lab.start(
                folder,
                """
                - name: one
                  when: host.name == 'a.test'
                  then: {allow: {problems: [expired]}}
                - {name: all, when: true, then: allow}
                """);
        var other = Origin.tls(folder, selfSigned("a.test", "b.test"));
        var expired = Origin.tls(folder, lab.root.leaf(expired("b.test")))) {
      assertThat(Curl.through(lab, other.url("a.test", "/")).body())
          .contains("certificate-self-signed");
      assertThat(Curl.through(lab, expired.url("b.test", "/")).body())
          .contains("certificate-expired");
      assertThat(other.requests() + expired.requests()).isZero();
    }
  }

  /// As an appliance that is opened by its address: its client names no server.
  @Test
  void passesByItsAddressWhereARuleSaysSo() {
    try (var lab =
            Lab.start(
                folder,
                "- {name: box, when: \"host.name == '127.0.0.1'\", then: {allow: {problems:"
                    + " [self-signed]}}}\n");
        var origin = Origin.tls(folder, selfSigned("127.0.0.1"))) {
      var answer = Curl.through(lab, origin.url("127.0.0.1", "/"));
      assertThat(answer.status()).as(answer.log()).isEqualTo(200);
      assertThat(answer.issuer()).contains("Menura CA");
    }
  }

  @Test
  void leavesEachRequestToTheWholeList() {
    try (var lab =
            Lab.start(
                folder,
                """
                - {name: secret, when: "request.path == '/secret'", then: block}
                - {name: plain, when: "request.path == '/plain'", then: allow}
                - name: old
                  when: host.name == 'old.test'
                  then: {allow: {problems: [expired]}}
                """);
        var origin = Origin.tls(folder, lab.root.leaf(expired("old.test")))) {
      var open = Curl.through(lab, origin.url("old.test", "/open"));
      assertThat(open.status()).as(open.body()).isEqualTo(200);
      assertThat(Curl.through(lab, origin.url("old.test", "/secret")).body()).contains("secret");
      var plain = Curl.through(lab, origin.url("old.test", "/plain"));
      assertThat(plain.status()).isEqualTo(403);
      assertThat(plain.body()).contains("certificate-expired");
      origin.await("request");
      assertThat(origin.requests()).isEqualTo(1);
      assertThat(lab.awaitConnection("old.test").tls().exception()).isEqualTo("old");
    }
  }

  @Test
  void u15IsSentNothingWhereItTurnsBadAfterTheLook() {
    try (var lab = Lab.start(folder, ALLOW)) {
      var good = lab.root.leaf("race.test");
      var bad = new ArrayList<>(flawed(lab).values());
      bad.set(0, lab.root.leaf(expired("race.test")));
      bad.set(1, selfSigned("race.test"));
      bad.set(3, ofNobody("race.test"));
      for (TestCertificate then : bad) {
        try (var origin = Origin.changing(folder, good, then)) {
          var answer =
              Curl.through(lab, origin.url("race.test", "/"), "-d", "a secret", "--http1.1");
          assertThat(answer.status()).as(answer.log()).isEqualTo(502);
          assertThat(answer.issuer()).contains("Menura CA");
          assertThat(origin.requests()).isZero();
        }
      }
    }
  }

  @Test
  void isHeldToTheCertificateThatWasLookedAt() {
    try (var lab = Lab.start(folder, exceptions())) {
      var first = selfSigned("self-signed.test");
      // One that is faulty in the same way, and one that is sound.
      for (TestCertificate then :
          List.of(selfSigned("self-signed.test"), lab.root.leaf("self-signed.test"))) {
        try (var origin = Origin.changing(folder, first, then)) {
          var answer =
              Curl.through(lab, origin.url("self-signed.test", "/"), "-d", "a secret", "--http1.1");
          assertThat(answer.status()).as(answer.log()).isEqualTo(502);
          assertThat(answer.issuer()).contains("Menura CA");
          assertThat(origin.requests()).isZero();
        }
      }
    }
  }

  @Test
  void u12IsRefusedAlwaysWithACertificateOfOurOwnAuthority() throws Exception {
    var problems =
        "[known-interception, self-signed, incomplete-chain, untrusted-root, untrusted, wrong-host]";
    for (String then : List.of("allow", "distrust", "{allow: {problems: " + problems + "}}")) {
      try (var lab = Lab.start(folder, "- {name: r, when: host.name != '', then: " + then + "}\n");
          var minter =
              new Minter(
                  CertificateAuthority.open(
                      folder.resolve("ca"),
                      Crypto.preferred(),
                      Clock.systemUTC(),
                      new SecureRandom()),
                  MintLimits.DEFAULT,
                  Crypto.preferred(),
                  Clock.systemUTC(),
                  new SecureRandom(),
                  new SimpleMeterRegistry())) {
        var leaf = minter.blockPage(OriginName.of("own.test"));
        try (var origin = Origin.tls(folder, leaf.certificatePem(), leaf.keyPem())) {
          var answer = Curl.through(lab, origin.url("own.test", "/"));
          assertThat(answer.status()).as(then + answer.log()).isEqualTo(403);
          assertThat(answer.body()).contains("certificate-own-ca");
          assertThat(origin.requests()).isZero();
        }
      }
    }
  }

  @Test
  void isNotOutdoneByTheTlsVersionThatClientsAreOffered() {
    try (var lab = Lab.start(folder, exceptions() + DISTRUST)) {
      var tls12 = List.of("sound.test", "expired.test", "untrusted.test", "127.0.0.1");
      var expired = lab.root.leaf(expired("expired.test"));
      var certificates =
          List.of(
              lab.root.leaf("sound.test"),
              expired,
              ofNobody("untrusted.test"),
              lab.root.leaf("127.0.0.1"));
      for (int i = 0; i < tls12.size(); i++) {
        var host = tls12.get(i);
        try (var origin = Origin.tls(folder, certificates.get(i), "-tls12")) {
          var answer = Curl.through(lab, origin.url(host, "/"), "-k");
          assertThat(answer.status()).as(answer.log()).isEqualTo(200);
          assertThat(answer.log()).as(host).contains("SSL connection using TLSv1.2");
          assertThat(Curl.through(lab, origin.url(host, "/"), "-k", "--tlsv1.3").exit())
              .isEqualTo(35);
          var tls = lab.awaitConnection(host).tls();
          assertThat(tls.upstreamVersion()).isEqualTo("TLSv1.2");
          assertThat(tls.clientVersion()).isEqualTo("TLSv1.2");
        }
      }
    }
  }

  @Test
  void isOutdoneByTheTlsVersionWhereTheGatewaySaysSo() {
    try (var lab =
            Lab.startWith(
                folder, Lab.GATEWAY + "  tls: {client-versions: all}\n", Lab.policy(ALLOW));
        var origin = Origin.tls(folder, lab.root.leaf("sound.test"), "-tls12")) {
      var answer = Curl.through(lab, origin.url("sound.test", "/"));
      assertThat(answer.status()).as(answer.log()).isEqualTo(200);
      assertThat(answer.log()).contains("SSL connection using TLSv1.3");
    }
  }

  private static String exceptions() {
    var rules = new StringBuilder();
    for (String problem : List.of("expired", "self-signed", "wrong-host", "untrusted-root")) {
      rules.append(
          "- {name: for-%s, when: \"host.name == '%s.test'\", then: {allow: {problems: [%s]}}}\n"
              .formatted(problem, problem, problem));
    }
    return rules.toString();
  }
}

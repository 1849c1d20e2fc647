package dev.menura.certificates.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.menura.certificates.authority.AuthoritySettings.SignedBy;
import dev.menura.certificates.testing.TestClock;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Verdict;
import dev.menura.certificates.x509.OriginName;
import dev.menura.certificates.x509.Pem;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The root is OpenSSL's, somewhere else; the gateway signs with a short-lived intermediate.
class OfflineRootTest {
  private static final OriginName NAME = OriginName.of("a.test");

  private final TestClock clock = new TestClock();
  private final TestRoot origin = TestRoot.create("Origin root");

  @TempDir Path data;
  @TempDir Path elsewhere;
  private AuthoritySettings settings;
  private AuthorityChanges operator;

  @BeforeEach
  void makeRoot() throws Exception {
    settings =
        new AuthoritySettings(
            data.resolve("ca"),
            KeyPlace.PLAIN_FILES,
            SignedBy.OFFLINE_ROOT,
            new NameScope(List.of(), List.of("corp.internal")),
            Duration.ofDays(14));
    operator = AuthorityChanges.of(settings, Crypto.preferred(), clock, new SecureRandom());
    assertThat(operator.init()).isTrue();
    openssl(
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        file("root-key.pem"),
        "-out",
        file("root.pem"),
        "-days",
        "3650",
        "-subj",
        "/O=Company/CN=Company root",
        "-addext",
        "basicConstraints=critical,CA:TRUE,pathlen:1",
        "-addext",
        "keyUsage=critical,keyCertSign,cRLSign");
  }

  private String file(String name) {
    return elsewhere.resolve(name).toString();
  }

  private static void openssl(String... arguments) throws Exception {
    String output = OpenSsl.run(List.of(arguments));
    assertThat(output).doesNotContain("rror");
  }

  /// What the keeper of the root does with the request.
  private List<X509Certificate> signed(String request, int days) throws Exception {
    Files.writeString(elsewhere.resolve("ca.csr"), request);
    openssl(
        "x509",
        "-req",
        "-in",
        file("ca.csr"),
        "-CA",
        file("root.pem"),
        "-CAkey",
        file("root-key.pem"),
        "-days",
        String.valueOf(days),
        "-copy_extensions",
        "copyall",
        "-out",
        file("ca.crt"));
    // OpenSSL's certificate begins a moment after the test's clock did.
    clock.advance(Duration.ofMinutes(1));
    var all = new ArrayList<>(Pem.readCertificates(Files.readString(elsewhere.resolve("ca.crt"))));
    all.addAll(Pem.readCertificates(Files.readString(elsewhere.resolve("root.pem"))));
    return all;
  }

  private Authorities open() throws AuthorityException {
    return Authorities.open(settings, Crypto.preferred(), clock, new SecureRandom());
  }

  private Leaf leaf(Authorities authorities, String... names) {
    try (var minter =
        new Minter(
            authorities::active,
            MintLimits.DEFAULT,
            Crypto.preferred(),
            clock,
            new SecureRandom(),
            new SimpleMeterRegistry())) {
      return minter.mimic(
          NAME, new Seen(origin.leaf(names).chain(), "TLSv1.3", "h2", Verdict.VALID));
    }
  }

  @Test
  void signsWithAnIntermediateThatIsAskedForAndSentAlong() throws Exception {
    assertThatThrownBy(this::open)
        .isInstanceOf(AuthorityException.class)
        .hasMessageContaining("ca.csr: expected the certificate for this request")
        .hasMessageContaining("menura ca import FILE");
    operator.importCertificate(signed(operator.request(), 60));
    var authorities = open();
    Leaf leaf = leaf(authorities, "a.test");

    X509Certificate intermediate = authorities.active().certificate();
    assertThat(intermediate.getBasicConstraints()).isZero();
    assertThat(intermediate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(leaf.chain()).containsExactly(leaf.certificate(), intermediate);
    assertThat(authorities.published())
        .isEqualTo(Pem.readCertificates(Files.readString(elsewhere.resolve("root.pem"))));
    assertThat(Pem.readCertificates(Files.readString(data.resolve("ca/ca.pem"))))
        .isEqualTo(authorities.published());
    assertThat(OpenSsl.verify(data, authorities.active(), leaf)).endsWith("leaf.pem: OK\n");
    assertThat(data.resolve("ca/ca.csr")).doesNotExist();
  }

  @Test
  void k10KeepsToTheNamesThatItMayVouchFor() throws Exception {
    operator.importCertificate(signed(operator.request(), 60));
    var authorities = open();

    Leaf leaf = leaf(authorities, "a.test", "x.corp.internal");
    assertThat(leaf.certificate().getSubjectAlternativeNames()).hasSize(1);
    assertThat(OpenSsl.verify(data, authorities.active(), leaf)).endsWith("leaf.pem: OK\n");
    try (var minter =
        new Minter(
            authorities::active,
            MintLimits.DEFAULT,
            Crypto.preferred(),
            clock,
            new SecureRandom(),
            new SimpleMeterRegistry())) {
      Leaf outside =
          minter.mimic(
              OriginName.of("x.corp.internal"),
              new Seen(origin.leaf("x.corp.internal").chain(), "TLSv1.3", "", Verdict.VALID));
      assertThat(OpenSsl.verify(data, authorities.active(), outside))
          .contains("excluded subtree violation");
    }
  }

  @Test
  void isRenewedInGoodTimeWithTheSameKey() throws Exception {
    operator.importCertificate(signed(operator.request(), 60));
    var authorities = open();
    assertThat(authorities.warning()).isEmpty();
    clock.advance(Duration.ofDays(50));
    assertThat(authorities.warning())
        .hasValueSatisfying(text -> assertThat(text).contains("menura ca import FILE"));
    authorities.prepareRenewal();
    String request = Files.readString(data.resolve("ca/ca.csr"));
    var key = authorities.active().certificate().getPublicKey();

    operator.importCertificate(signed(request, 120));
    assertThat(authorities.refresh()).isTrue();
    assertThat(authorities.warning()).isEmpty();
    assertThat(authorities.active().certificate().getPublicKey()).isEqualTo(key);
    assertThat(
            OpenSsl.verify(
                data,
                authorities.active(),
                leaf(authorities, "a.test"),
                "-attime",
                String.valueOf(clock.instant().getEpochSecond())))
        .endsWith("leaf.pem: OK\n");
  }

  @Test
  void getsANewKeyWhereItIsRotated() throws Exception {
    operator.importCertificate(signed(operator.request(), 60));
    var authorities = open();
    var key = authorities.active().certificate().getPublicKey();
    operator.rotate();
    authorities.refresh();
    assertThat(authorities.active().certificate().getPublicKey()).isEqualTo(key);
    operator.importCertificate(signed(operator.request(), 60));
    authorities.refresh();

    assertThat(authorities.active().certificate().getPublicKey()).isNotEqualTo(key);
    assertThat(authorities.published()).hasSize(1);
    assertThat(OpenSsl.verify(data, authorities.active(), leaf(authorities, "a.test")))
        .endsWith("leaf.pem: OK\n");
  }

  @Test
  void refusesCertificatesForOtherKeysAndBrokenPaths() throws Exception {
    List<X509Certificate> good = signed(operator.request(), 60);
    var foreign = TestRoot.create("Foreign");

    assertThatThrownBy(() -> operator.importCertificate(List.of(foreign.certificate())))
        .hasMessageContaining("found one for another key");
    assertThatThrownBy(() -> operator.importCertificate(List.of(good.getFirst())))
        .hasMessageContaining("expected the certificates up to the root");
    assertThatThrownBy(() -> operator.importCertificate(List.of()))
        .isInstanceOf(AuthorityException.class);
    assertThatThrownBy(
            () -> operator.importCertificate(List.of(origin.leaf("a.test").certificate())))
        .isInstanceOf(AuthorityException.class);
    operator.importCertificate(good);
    assertThat(open().active()).isNotNull();
  }
}

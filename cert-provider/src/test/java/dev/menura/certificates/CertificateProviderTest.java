package dev.menura.certificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.menura.certificates.testing.CertificateShape;
import dev.menura.certificates.testing.TestCertificate;
import dev.menura.certificates.testing.TestClock;
import dev.menura.certificates.testing.TestEnvoy;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.testing.TestServer;
import dev.menura.certificates.upstream.Look;
import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Problem;
import dev.menura.certificates.upstream.Roots;
import dev.menura.certificates.x509.Pem;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateProviderTest {
  private final TestClock clock = new TestClock();
  private final TestRoot root = TestRoot.create("Root");
  private final TestRoot between = root.intermediate("Between");

  @TempDir Path data;
  private CertificateProvider provider;
  private TestEnvoy.Discovery discovery;
  private TestEnvoy envoy;

  @BeforeEach
  void open() throws Exception {
    provider =
        CertificateProvider.open(
            Settings.in(data),
            Roots.of(List.of(root.pem())),
            clock,
            clock,
            new SecureRandom(),
            new SimpleMeterRegistry());
    discovery = new TestEnvoy.Discovery(provider.secretWatcher());
    envoy = discovery.ads();
  }

  @AfterEach
  void close() {
    envoy.close();
    discovery.close();
    provider.close();
  }

  private Seen peek(String name, TestCertificate certificate) throws Exception {
    try (var server = TestServer.presenting(certificate)) {
      return (Seen) provider.peek(name, server.address());
    }
  }

  private X509Certificate served(String name) throws Exception {
    envoy.subscribe(name);
    Secret secret = TestEnvoy.secret(envoy.acknowledged(), name);
    String pem = secret.getTlsCertificate().getCertificateChain().getInlineBytes().toStringUtf8();
    return Pem.readCertificates(pem).getFirst();
  }

  @Test
  void servesTheMimicOfWhatItSawAtTheOrigin() throws Exception {
    Seen seen = peek("a.test", between.leaf("a.test", "*.a.test"));
    provider.mimics().admit("a.test", seen);
    X509Certificate mimic = served("a.test");

    mimic.verify(provider.authority().certificate().getPublicKey());
    assertThat(mimic.getSubjectX500Principal()).isEqualTo(seen.leaf().getSubjectX500Principal());
    assertThat(mimic.getSubjectAlternativeNames())
        .containsExactlyElementsOf(seen.leaf().getSubjectAlternativeNames());
    assertThat(mimic.getPublicKey()).isNotEqualTo(seen.leaf().getPublicKey());
  }

  @Test
  void neverMimicsACertificateWithAProblem() throws Exception {
    var expired = CertificateShape.forNames("a.test").validUntil(clock.instant().minusSeconds(9));
    Seen seen = peek("a.test", between.leaf(expired));

    assertThat(seen.verdict().problem()).isEqualTo(Problem.EXPIRED);
    assertThatThrownBy(() -> provider.mimics().admit("a.test", seen))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("expired");
    assertThatThrownBy(() -> provider.mimics().admit("a.test", seen.chain()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("expired");
    envoy.subscribe("a.test");
    assertThat(envoy.acknowledged().getRemovedResourcesList()).containsExactly("a.test");
  }

  @Test
  void neverMimicsUnderANameThatTheCertificateIsNotFor() throws Exception {
    Seen evil = peek("evil.test", between.leaf("evil.test"));
    provider.mimics().admit("bank.test", peek("bank.test", between.leaf("bank.test")));
    X509Certificate bank = served("bank.test");

    assertThatThrownBy(() -> provider.mimics().admit("bank.test", evil))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("wrong-host");
    try (var other = discovery.ads()) {
      other.subscribe("bank.test");
      assertThat(
              Pem.readCertificates(
                      TestEnvoy.secret(other.acknowledged(), "bank.test")
                          .getTlsCertificate()
                          .getCertificateChain()
                          .getInlineBytes()
                          .toStringUtf8())
                  .getFirst())
          .isEqualTo(bank);
    }
  }

  @Test
  void pushesANewMimicWhenTheOriginsCertificateHasChanged() throws Exception {
    provider.mimics().admit("a.test", between.leaf("a.test").chain());
    X509Certificate former = served("a.test");
    clock.advance(Duration.ofSeconds(61));

    provider.mimics().admit("a.test", between.leaf("a.test", "b.test").chain());
    var response = envoy.acknowledged();
    var pem =
        TestEnvoy.secret(response, "a.test")
            .getTlsCertificate()
            .getCertificateChain()
            .getInlineBytes()
            .toStringUtf8();
    assertThat(Pem.readCertificates(pem).getFirst()).isNotEqualTo(former);
    assertThat(Pem.readCertificates(pem).getFirst().getSubjectAlternativeNames()).hasSize(2);
  }

  @Test
  void letsTwoValidOriginsOfOneNameShareAMimicButNoInvalidOne() throws Exception {
    var one = between.leaf("a.test").chain();
    var two = between.leaf("a.test").chain();
    provider.mimics().admit("a.test", one);
    var _ = served("a.test");

    provider.mimics().admit("a.test", two);
    provider.mimics().admit("a.test", one);
    envoy.heardNothing();
    assertThatThrownBy(
            () -> provider.mimics().admit("a.test", TestRoot.create("X").leaf("a.test").chain()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void neverServesAMimicLongerThanTheOriginalIsValid() throws Exception {
    var until = clock.instant().plusSeconds(100);
    var chain = between.leaf(CertificateShape.forNames("a.test").validUntil(until)).chain();
    provider.mimics().admit("a.test", chain);
    assertThat(served("a.test").getNotAfter().toInstant()).isBeforeOrEqualTo(until);

    clock.advance(Duration.ofSeconds(101));
    provider.secretWatcher().sweep();
    assertThat(envoy.acknowledged().getRemovedResourcesList()).containsExactly("a.test");
    assertThatThrownBy(() -> provider.mimics().admit("a.test", chain))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void renewsAMimicBeforeItExpires() throws Exception {
    var original =
        between
            .leaf(
                CertificateShape.forNames("a.test")
                    .validUntil(clock.instant().plus(Duration.ofDays(80))))
            .chain();
    provider.mimics().admit("a.test", original);
    X509Certificate former = served("a.test");
    clock.advance(Duration.ofDays(5));
    provider.mimics().admit("a.test", original);
    envoy.heardNothing();

    clock.advance(Duration.ofDays(1));
    provider.mimics().admit("a.test", original);
    var pushed = TestEnvoy.secret(envoy.acknowledged(), "a.test").getTlsCertificate();
    var renewed =
        Pem.readCertificates(pushed.getCertificateChain().getInlineBytes().toStringUtf8());
    assertThat(renewed.getFirst().getNotAfter()).isAfter(former.getNotAfter());
  }

  @Test
  void dropsWhatRestedOnFormerRoots() throws Exception {
    var chain = between.leaf("a.test").chain();
    provider.mimics().admit("a.test", chain);
    var _ = served("a.test");
    envoy.subscribe(CertificateProvider.UPSTREAM_ROOTS);
    assertThat(rootsIn(envoy.acknowledged())).isEqualTo(root.pem());

    var other = TestRoot.create("Other");
    provider.roots(Roots.of(List.of(other.pem())));
    assertThat(envoy.acknowledged().getRemovedResourcesList()).containsExactly("a.test");
    assertThat(rootsIn(envoy.acknowledged())).isEqualTo(other.pem());
    assertThatThrownBy(() -> provider.mimics().admit("a.test", chain))
        .isInstanceOf(IllegalStateException.class);
    provider.mimics().admit("a.test", other.leaf("a.test").chain());
  }

  private static String rootsIn(
      io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse response) throws Exception {
    return TestEnvoy.secret(response, CertificateProvider.UPSTREAM_ROOTS)
        .getValidationContext()
        .getTrustedCa()
        .getInlineBytes()
        .toStringUtf8();
  }

  @Test
  void neverGivesEnvoyTheOwnAuthorityAsARootNorNoRootAtAll() throws Exception {
    provider.roots(Roots.of(List.of(provider.authority().pem())));
    envoy.subscribe(CertificateProvider.UPSTREAM_ROOTS);
    var roots = Pem.readCertificates(rootsIn(envoy.acknowledged()));

    assertThat(roots).hasSize(1).doesNotContain(provider.authority().certificate());
    roots.getFirst().verify(roots.getFirst().getPublicKey());
    assertThat(roots.getFirst().getPublicKey())
        .isNotEqualTo(provider.authority().certificate().getPublicKey());
  }

  @Test
  void refusesAnOriginThatPresentsAMimic() throws Exception {
    provider.mimics().admit("a.test", between.leaf("a.test").chain());
    X509Certificate mimic = served("a.test");
    provider.roots(Roots.of(List.of(provider.authority().pem(), root.pem())));

    assertThatThrownBy(() -> provider.mimics().admit("a.test", List.of(mimic)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("own-ca");
  }

  @Test
  void servesBlockPagesInAClassOfTheirOwn() throws Exception {
    provider.mimics().admitBlockPage("a.test");
    envoy.subscribe("a.test");
    assertThat(envoy.acknowledged().getRemovedResourcesList()).containsExactly("a.test");

    try (var block = new TestEnvoy.Discovery(provider.blockSecretWatcher());
        var stream = block.sds()) {
      stream.subscribe("a.test");
      var response = stream.acknowledged();
      var pem =
          TestEnvoy.secret(response, "a.test")
              .getTlsCertificate()
              .getCertificateChain()
              .getInlineBytes()
              .toStringUtf8();
      assertThat(Pem.readCertificates(pem).getFirst().getSubjectX500Principal().getName())
          .isEqualTo("CN=Menura block page,O=Menura");
      provider.mimics().admitBlockPage("a.test");
      stream.heardNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*.a.test", "a.test\u0000", "a b", "a/../b", "ä.test"})
  void refusesOddNamesBeforeAnythingElse(String name) {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);
    var chain = between.leaf("a.test").chain();

    assertThatThrownBy(() -> provider.peek(name, address))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> provider.mimics().admit(name, chain))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> provider.mimics().admitBlockPage(name))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void resolvesNoNames() {
    var unresolved = InetSocketAddress.createUnresolved("a.test", 443);

    assertThatThrownBy(() -> provider.peek("a.test", unresolved))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keepsTheSameAuthorityAcrossStarts() throws Exception {
    Path file = Settings.in(data).authority().certificateFile();
    assertThat(Files.readString(file)).isEqualTo(provider.authority().pem());
    try (var again =
        CertificateProvider.open(
            Settings.in(data),
            Roots.of(List.of(root.pem())),
            clock,
            new SecureRandom(),
            new SimpleMeterRegistry())) {
      assertThat(again.authority().fingerprint()).isEqualTo(provider.authority().fingerprint());
      assertThat(again.peek("a.test", refusing())).isInstanceOf(Look.Unreachable.class);
    }
  }

  private static InetSocketAddress refusing() throws Exception {
    try (var socket = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    }
  }
}

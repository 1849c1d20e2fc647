package dev.menura.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.authority.Authorities;
import dev.menura.certificates.authority.AuthorityChanges;
import dev.menura.certificates.authority.AuthoritySettings;
import dev.menura.certificates.authority.Crypto;
import dev.menura.certificates.authority.MintLimits;
import dev.menura.certificates.authority.Minter;
import dev.menura.certificates.secrets.SecretLimits;
import dev.menura.certificates.secrets.SecretWatcher;
import dev.menura.certificates.testing.TestClock;
import dev.menura.certificates.testing.TestEnvoy;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.x509.OriginName;
import dev.menura.certificates.x509.Pem;
import dev.menura.proto.Wire;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxySecretTest {
  private static final int DNS = 2;
  private static final int ADDRESS = 7;
  private static final List<OriginName> NAMES =
      List.of(OriginName.of("proxy.example"), OriginName.of("192.0.2.1"));

  private final TestClock clock = new TestClock();

  @TempDir private Path data;
  private AuthoritySettings settings;
  private Authorities authorities;
  private Minter minter;
  private ProxySecret secret;
  private TestEnvoy.Discovery discovery;
  private TestEnvoy envoy;

  @BeforeEach
  void open() throws Exception {
    settings = AuthoritySettings.in(data.resolve("ca"));
    authorities = Authorities.open(settings, Crypto.preferred(), clock, new SecureRandom());
    minter =
        new Minter(
            authorities::active,
            MintLimits.DEFAULT,
            Crypto.preferred(),
            clock,
            new SecureRandom(),
            new SimpleMeterRegistry());
    var watcher =
        new SecretWatcher("trusted", SecretLimits.TRUSTED, clock, new SimpleMeterRegistry());
    secret = new ProxySecret(watcher, minter, clock);
    discovery = new TestEnvoy.Discovery(watcher);
    envoy = discovery.ads();
  }

  @AfterEach
  void close() {
    envoy.close();
    discovery.close();
    minter.close();
  }

  private X509Certificate served() throws Exception {
    var response = envoy.acknowledged();
    var pem =
        TestEnvoy.secret(response, Wire.PROXY_CERTIFICATE)
            .getTlsCertificate()
            .getCertificateChain()
            .getInlineBytes()
            .toStringUtf8();
    return Pem.readCertificates(pem).getFirst();
  }

  @Test
  void issuesACertificateForTheNamesOfTheProxy() throws Exception {
    secret.issue(NAMES);
    envoy.subscribe(Wire.PROXY_CERTIFICATE);
    X509Certificate leaf = served();

    leaf.verify(authorities.active().certificate().getPublicKey());
    assertThat(leaf.getSubjectAlternativeNames())
        .containsExactly(List.of(DNS, "proxy.example"), List.of(ADDRESS, "192.0.2.1"));
    assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
  }

  @Test
  void issuesItAnewBeforeItEndsAndNotEarlier() throws Exception {
    secret.issue(NAMES);
    envoy.subscribe(Wire.PROXY_CERTIFICATE);
    X509Certificate first = served();

    Duration quarter = MintLimits.DEFAULT.validity().dividedBy(4);
    clock.advance(quarter.multipliedBy(3).minusSeconds(1));
    secret.keep();
    envoy.heardNothing();
    clock.advance(Duration.ofSeconds(2));
    secret.keep();
    assertThat(served().getNotAfter()).isAfter(first.getNotAfter());
  }

  @Test
  void issuesItAnewWhereAnotherAuthoritySigns() throws Exception {
    secret.issue(NAMES);
    envoy.subscribe(Wire.PROXY_CERTIFICATE);
    served();

    var operator = AuthorityChanges.of(settings, Crypto.preferred(), clock, new SecureRandom());
    operator.rotate();
    operator.activate();
    authorities.refresh();
    secret.keep();
    served().verify(authorities.active().certificate().getPublicKey());
  }

  @Test
  void presentsTheOperatorsOwnAndLeavesItAlone() throws Exception {
    var own = TestRoot.create("Company").leaf("proxy.example");
    secret.issue(NAMES);
    secret.present(own.chainPem(), own.keyPem());
    clock.advance(MintLimits.DEFAULT.validity());
    secret.keep();
    envoy.subscribe(Wire.PROXY_CERTIFICATE);
    assertThat(served()).isEqualTo(own.chain().getFirst());
  }
}

package dev.menura.certificates.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.authority.CertificateAuthority;
import dev.menura.certificates.authority.Crypto;
import dev.menura.certificates.authority.MintLimits;
import dev.menura.certificates.authority.Minter;
import dev.menura.certificates.testing.TestClock;
import dev.menura.certificates.testing.TestEnvoy;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.OriginName;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinnedSlotsTest {
  private static final Duration LEASE = Duration.ofMinutes(61);

  private final TestClock clock = new TestClock();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final TestRoot root = TestRoot.create("Root");
  private final SecretWatcher watcher =
      new SecretWatcher("pinned", SecretLimits.DISTRUST, clock, meters);
  private final PinnedSlots slots =
      new PinnedSlots(watcher, LEASE, Duration.ZERO, clock, new SecureRandom(), meters);

  @TempDir Path data;
  private Minter minter;

  @BeforeEach
  void open() throws Exception {
    var authority =
        CertificateAuthority.open(
            data.resolve("ca"), Crypto.preferred(), clock, new SecureRandom());
    minter =
        new Minter(
            authority, MintLimits.DEFAULT, Crypto.preferred(), clock, new SecureRandom(), meters);
  }

  @AfterEach
  void close() {
    minter.close();
  }

  private OptionalInt admit(String name, X509Certificate presented) {
    var origin = OriginName.of(name);
    return slots.admit(
        origin, Fingerprint.of(presented), presented, () -> minter.blockPage(origin));
  }

  private CertificateValidationContext pin(int slot) throws Exception {
    try (var discovery = new TestEnvoy.Discovery(watcher);
        var envoy = discovery.sds()) {
      envoy.subscribe(Wire.pinSecret(slot));
      return TestEnvoy.secret(envoy.acknowledged(), Wire.pinSecret(slot)).getValidationContext();
    }
  }

  @Test
  void holdsAnEmptySlotToACertificateThatNobodyHas() throws Exception {
    assertThat(pin(0).getVerifyCertificateHashList()).hasSize(1);
    assertThat(pin(0).getVerifyCertificateHash(0)).isNotEqualTo(pin(1).getVerifyCertificateHash(0));
  }

  @Test
  void holdsAnOriginToItsCertificateAndToNothingElse() throws Exception {
    var presented = root.leaf("a.test").certificate();
    assertThat(admit("a.test", presented)).hasValue(0);
    assertThat(pin(0))
        .isEqualTo(
            CertificateValidationContext.newBuilder()
                .addVerifyCertificateHash(Fingerprint.of(presented))
                .build());
  }

  @Test
  void givesAnotherCertificateOfTheSameNameASlotOfItsOwn() {
    assertThat(admit("a.test", root.leaf("a.test").certificate())).hasValue(0);
    assertThat(admit("a.test", root.leaf("a.test").certificate())).hasValue(1);
  }

  @Test
  void refusesOneOriginMoreThanThereAreSlotsUntilALeaseEnds() {
    var presented = root.leaf("a.test").certificate();
    for (int i = 0; i < Wire.PINS; i++) {
      assertThat(admit("n" + i + ".test", presented)).hasValue(i);
    }
    assertThat(admit("last.test", presented)).isEmpty();
    clock.advance(LEASE.minusSeconds(1));
    assertThat(admit("n0.test", presented)).hasValue(0);
    assertThat(admit("last.test", presented)).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    assertThat(admit("last.test", presented)).hasValue(1);
  }
}

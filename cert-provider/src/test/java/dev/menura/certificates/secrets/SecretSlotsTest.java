package dev.menura.certificates.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.authority.CertificateAuthority;
import dev.menura.certificates.authority.Crypto;
import dev.menura.certificates.authority.MintLimits;
import dev.menura.certificates.authority.Minter;
import dev.menura.certificates.testing.TestClock;
import dev.menura.certificates.testing.TestEnvoy;
import dev.menura.certificates.x509.OriginName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretSlotsTest {
  private static final Duration LEASE = Duration.ofSeconds(15);

  private final TestClock clock = new TestClock();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final SecretWatcher watcher =
      new SecretWatcher("trusted", SecretLimits.TRUSTED, clock, meters);
  private final SecretSlots slots =
      new SecretSlots(
          "unnamed", watcher, List.of("menura/a", "menura/b"), LEASE, Duration.ZERO, clock, meters);

  @TempDir Path data;
  private Minter minter;
  private TestEnvoy.Discovery discovery;
  private TestEnvoy envoy;

  @BeforeEach
  void open() throws Exception {
    var authority =
        CertificateAuthority.open(
            data.resolve("ca"), Crypto.preferred(), clock, new SecureRandom());
    minter =
        new Minter(
            authority, MintLimits.DEFAULT, Crypto.preferred(), clock, new SecureRandom(), meters);
    discovery = new TestEnvoy.Discovery(watcher);
    envoy = discovery.ads();
  }

  @AfterEach
  void close() {
    envoy.close();
    discovery.close();
    minter.close();
  }

  private OptionalInt admit(String name) {
    var origin = OriginName.of(name);
    return slots.admit(origin, "original of " + name, () -> minter.blockPage(origin));
  }

  @Test
  void givesEachOriginASlotOfItsOwn() {
    assertThat(admit("one.test")).hasValue(0);
    assertThat(admit("two.test")).hasValue(1);
    assertThat(admit("one.test")).hasValue(0);
    assertThat(meters.get("menura.certificates.slots").gauge().value()).isEqualTo(2);
  }

  @Test
  void refusesOneOriginMoreThanThereAreSlots() {
    admit("one.test");
    admit("two.test");
    assertThat(admit("three.test")).isEmpty();
    assertThat(
            meters.get("menura.certificates.slots.refused").tag("reason", "full").counter().count())
        .isEqualTo(1);
  }

  @Test
  void letsASlotAnewOnceNoHandshakeCanBeUnderWay() {
    admit("one.test");
    clock.advance(Duration.ofSeconds(1));
    admit("two.test");
    clock.advance(LEASE.minusSeconds(1).minusMillis(1));
    assertThat(admit("three.test")).isEmpty();
    clock.advance(Duration.ofMillis(1));
    assertThat(admit("three.test")).hasValue(0);
    assertThat(admit("one.test")).isEmpty();
  }

  @Test
  void admitsOnlyOnceEnvoyHasAcceptedTheSlotsSecret() {
    admit("one.test");
    envoy.subscribe("menura/a");
    envoy.acknowledged();
    assertThat(admit("one.test")).hasValue(0);
    clock.advance(LEASE);
    // Slot b is not known to Envoy; slot a is, and its new secret is on its way.
    assertThat(admit("two.test")).hasValue(1);
    assertThat(admit("three.test")).isEmpty();
    envoy.acknowledged();
    assertThat(admit("three.test")).hasValue(0);
  }

  @Test
  void admitsNothingByASecretThatEnvoyRejects() {
    admit("one.test");
    envoy.subscribe("menura/a");
    envoy.nack(envoy.response(), "no such curve");
    assertThat(admit("one.test")).isEmpty();
  }

  @Test
  void doesNotWaitForAnEnvoyThatIsGone() {
    admit("one.test");
    envoy.subscribe("menura/a");
    envoy.acknowledged();
    envoy.close();
    clock.advance(LEASE);
    assertThat(admit("two.test")).isPresent();
  }

  @Test
  void startsAfreshWhenItIsCleared() {
    admit("one.test");
    admit("two.test");
    slots.clear();
    assertThat(admit("three.test")).hasValue(0);
  }
}

package dev.menura.certificates.authority;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.TestClock;
import dev.menura.certificates.x509.KeyKind;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeafKeysTest {
  private final TestClock clock = new TestClock();

  private LeafKeys keys(int uses, Duration rsaWait) {
    var limits =
        new MintLimits(
            Duration.ofDays(7), Duration.ofDays(1), 200, 8192, Duration.ofDays(1), uses, rsaWait);
    return new LeafKeys(limits, Crypto.JAVA, clock, new SecureRandom());
  }

  private static LeafKey awaitOther(LeafKeys keys, LeafKey former) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    LeafKey next = keys.key(former.kind());
    while (next.publicKey().equals(former.publicKey()) && System.nanoTime() < end) {
      Thread.onSpinWait();
      next = keys.key(former.kind());
    }
    return next;
  }

  @Test
  void k8MakesAnEllipticCurveKeyForEachLeaf() {
    try (var keys = keys(1_000, Duration.ZERO)) {
      for (KeyKind kind : new KeyKind[] {KeyKind.P256, KeyKind.P384}) {
        assertThat(keys.key(kind).kind()).isEqualTo(kind);
        assertThat(keys.key(kind).publicKey()).isNotEqualTo(keys.key(kind).publicKey());
      }
    }
  }

  @Test
  void sharesAnRsaKeyThatWasMadeInTheBackground() {
    try (var keys = keys(1_000, Duration.ofMinutes(1))) {
      keys.fill(Duration.ZERO, Duration.ofHours(1));
      LeafKey first = keys.key(KeyKind.RSA_2048);

      assertThat(first.kind()).isEqualTo(KeyKind.RSA_2048);
      assertThat(keys.key(KeyKind.RSA_2048).publicKey()).isEqualTo(first.publicKey());
    }
  }

  @Test
  void replacesAnRsaKeyByAge() {
    try (var keys = keys(1_000_000_000, Duration.ofMinutes(1))) {
      LeafKey first = keys.key(KeyKind.RSA_2048);
      clock.advance(Duration.ofDays(1));
      assertThat(keys.key(KeyKind.RSA_2048).publicKey()).isEqualTo(first.publicKey());
      clock.advance(Duration.ofSeconds(1));

      assertThat(awaitOther(keys, first).publicKey()).isNotEqualTo(first.publicKey());
    }
  }

  @Test
  void k8ReplacesASharedRsaKeyByUse() {
    try (var keys = keys(3, Duration.ofMinutes(1))) {
      LeafKey first = keys.key(KeyKind.RSA_2048);

      assertThat(awaitOther(keys, first).publicKey()).isNotEqualTo(first.publicKey());
    }
  }

  @Test
  void makesNoRsaKeyBeforeItsTimeUnlessOneIsNeeded() {
    try (var keys = keys(1_000, Duration.ofMinutes(1))) {
      keys.fill(Duration.ofHours(1), Duration.ofHours(1));

      assertThat(keys.made()).isZero();
      assertThat(keys.key(KeyKind.RSA_2048).kind()).isEqualTo(KeyKind.RSA_2048);
      assertThat(keys.made()).isOne();
    }
  }

  @Test
  void takesP256WhereAnRsaKeyIsNotReadyInTime() {
    try (var keys = keys(1_000, Duration.ZERO)) {
      assertThat(keys.key(KeyKind.RSA_4096).kind()).isEqualTo(KeyKind.P256);
    }
  }

  @Test
  void neverSaysAKey() {
    try (var keys = keys(1_000, Duration.ZERO)) {
      LeafKey key = keys.key(KeyKind.P256);

      assertThat(key.toString()).doesNotContain(key.pem().lines().toList().get(1));
    }
  }
}

package dev.menura.certificates;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.menura.certificates.authority.AuthorityChanges;
import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.authority.AuthoritySettings;
import dev.menura.certificates.authority.CannotSignException;
import dev.menura.certificates.authority.ClientMinter;
import dev.menura.certificates.authority.ClientSubject;
import dev.menura.certificates.authority.Crypto;
import dev.menura.certificates.secrets.SecretLimits;
import dev.menura.certificates.secrets.SecretWatcher;
import dev.menura.certificates.testing.TestClock;
import dev.menura.certificates.testing.TestEnvoy;
import dev.menura.certificates.x509.Pem;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MimickedClientsTest {
  private static final Duration LEASE = Duration.ofMinutes(61);
  private static final int MOST = 3;
  private static final ClientSubject ANN = ClientSubject.named("ann");

  private static final ClientSubject BOB = ClientSubject.named("bob");

  /// Makes whoever issues a certificate wait: each needs a serial number.
  private static final class Holding extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch waiting = new CountDownLatch(1);
    private volatile boolean held;

    @Override
    public void nextBytes(byte[] bytes) {
      if (held) {
        waiting.countDown();
        try {
          released.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      super.nextBytes(bytes);
    }
  }

  private final Holding random = new Holding();
  private final TestClock clock = new TestClock();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @TempDir private Path data;
  private AuthoritySettings settings;
  private Optional<AuthorityException> fault = Optional.empty();
  private MimickedClients clients;
  private TestEnvoy.Discovery discovery;
  private TestEnvoy envoy;

  @BeforeEach
  void open() throws Exception {
    settings = AuthoritySettings.in(data.resolve("ca")).forClients();
    var watcher = new SecretWatcher("trusted", SecretLimits.TRUSTED, clock, meters);
    clients = clients(watcher);
    discovery = new TestEnvoy.Discovery(watcher);
    envoy = discovery.ads();
    clients.enable();
  }

  private MimickedClients clients(SecretWatcher watcher) {
    return new MimickedClients(
        watcher,
        () -> {
          if (fault.isPresent()) {
            throw fault.get();
          }
          return ClientMinter.open(settings, Crypto.preferred(), clock, random);
        },
        LEASE,
        MOST,
        clock,
        new SecureRandom(),
        meters);
  }

  @AfterEach
  void close() {
    envoy.close();
    discovery.close();
  }

  private X509Certificate served(String name) throws Exception {
    envoy.subscribe(name);
    return received(name);
  }

  private X509Certificate received(String name) throws Exception {
    var pem =
        TestEnvoy.secret(envoy.acknowledged(), name)
            .getTlsCertificate()
            .getCertificateChain()
            .getInlineBytes()
            .toStringUtf8();
    return Pem.readCertificates(pem).getFirst();
  }

  private double minted() {
    return meters.counter("menura.certificates.minted", "class", "client").count();
  }

  @Test
  void eachClientHasOneUnderANameThatTellsNothing() throws Exception {
    var ann = clients.admit(ANN);
    var bob = clients.admit(BOB);
    assertThat(ann).matches("menura/mimic/[0-9a-f]{32}").isNotEqualTo(bob);
    assertThat(clients.admit(ClientSubject.named("ann"))).isEqualTo(ann);
    assertThat(minted()).isEqualTo(2);
    assertThat(served(ann).getSubjectX500Principal().getName()).isEqualTo("CN=ann");
    assertThat(served(bob).getSubjectX500Principal().getName()).isEqualTo("CN=bob");
    var other = clients(new SecretWatcher("trusted", SecretLimits.TRUSTED, clock, meters));
    other.enable();
    assertThat(other.admit(ANN)).isNotEqualTo(ann);
  }

  private CompletableFuture<String> admitting(ClientSubject subject) {
    return CompletableFuture.supplyAsync(() -> clients.admit(subject), Thread::startVirtualThread);
  }

  @Test
  void whoHasOneDoesNotWaitForThoseThatAreBeingIssued() throws Exception {
    var ann = clients.admit(ANN);
    random.held = true;
    var bob = admitting(BOB);
    random.waiting.await();
    try {
      assertThat(admitting(ANN).get(10, SECONDS)).isEqualTo(ann);
    } finally {
      random.released.countDown();
    }
    assertThat(served(bob.join()).getSubjectX500Principal().getName()).isEqualTo("CN=bob");
  }

  @Test
  void whatIsIssuedTooLateIsNotServed() throws Exception {
    random.held = true;
    var ann = admitting(ANN);
    random.waiting.await();
    clients.disable();
    random.released.countDown();
    assertThatThrownBy(ann::join).hasCauseInstanceOf(CannotSignException.class);
    assertThat(clients.size()).isZero();
    assertThat(minted()).isZero();
  }

  @Test
  void oneIsIssuedAnewInTimeUnderTheSameName() throws Exception {
    var name = clients.admit(ANN);
    var first = served(name);
    clock.advance(Duration.ofHours(5));
    assertThat(clients.admit(ANN)).isEqualTo(name);
    assertThat(minted()).isEqualTo(1);
    clock.advance(Duration.ofHours(1));
    assertThat(clients.admit(ANN)).isEqualTo(name);
    assertThat(minted()).isEqualTo(2);
    assertThat(received(name)).isNotEqualTo(first);
  }

  @Test
  void asManyAreKeptAsThereMayBeAndTheEldestGoes() throws Exception {
    var ann = clients.admit(ANN);
    assertThat(served(ann)).isNotNull();
    clients.admit(BOB);
    clients.admit(ClientSubject.named("cat"));
    assertThat(clients.size()).isEqualTo(MOST);
    envoy.heardNothing();
    clients.admit(ClientSubject.named("dan"));
    assertThat(clients.size()).isEqualTo(MOST);
    assertThat(envoy.acknowledged().getRemovedResourcesList()).containsExactly(ann);
    assertThat(meters.counter("menura.certificates.clients.evicted").count()).isEqualTo(1);
    assertThat(clients.admit(ANN)).isEqualTo(ann);
  }

  @Test
  void whatNoConnectionMayAskForAnyMoreIsTakenBack() throws Exception {
    var ann = clients.admit(ANN);
    assertThat(served(ann)).isNotNull();
    clock.advance(LEASE);
    clients.sweep();
    assertThat(clients.size()).isEqualTo(1);
    clock.advance(Duration.ofSeconds(1));
    clients.sweep();
    assertThat(clients.size()).isZero();
    assertThat(envoy.acknowledged().getRemovedResourcesList()).containsExactly(ann);
  }

  @Test
  void whereNoRuleWantsThemAnyMoreAllAreTakenBack() throws Exception {
    var ann = clients.admit(ANN);
    assertThat(served(ann)).isNotNull();
    assertThat(clients.published()).hasSize(1);
    clients.disable();
    assertThat(envoy.acknowledged().getRemovedResourcesList()).containsExactly(ann);
    assertThat(clients.published()).isEmpty();
    assertThatThrownBy(() -> clients.admit(ANN)).isInstanceOf(CannotSignException.class);
  }

  @Test
  void anotherAuthorityIssuesAnewAfterARotation() throws Exception {
    var name = clients.admit(ANN);
    var first = served(name);
    var changes = AuthorityChanges.of(settings, Crypto.preferred(), clock, new SecureRandom());
    changes.rotate();
    clients.sweep();
    assertThat(clients.published()).hasSize(2);
    clients.admit(ANN);
    assertThat(minted()).isEqualTo(1);
    changes.activate();
    clients.sweep();
    clients.admit(ANN);
    var second = received(name);
    assertThat(second).isNotEqualTo(first);
    second.verify(clients.published().getFirst().getPublicKey());
    changes.retire(Optional.empty());
    clients.sweep();
    assertThat(clients.published()).hasSize(1);
  }

  @Test
  void anAuthorityThatCannotBeUsedIsTriedAgainForEachClient() throws Exception {
    var later = clients(new SecretWatcher("trusted", SecretLimits.TRUSTED, clock, meters));
    fault = Optional.of(new AuthorityException("broken"));
    assertThatThrownBy(later::enable).isInstanceOf(AuthorityException.class);
    assertThatThrownBy(() -> later.admit(ANN))
        .isInstanceOf(CannotSignException.class)
        .hasMessageContaining("broken");
    fault = Optional.empty();
    assertThat(later.admit(ANN)).startsWith("menura/mimic/");
  }

  @Test
  void noAuthorityIsMadeWhereNoRuleWantsOne() {
    var none = clients(new SecretWatcher("trusted", SecretLimits.TRUSTED, clock, meters));
    settings = AuthoritySettings.in(data.resolve("other")).forClients();
    none.sweep();
    assertThat(Files.exists(settings.directory())).isFalse();
  }
}

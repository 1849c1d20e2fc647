package dev.menura.certificates.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.menura.certificates.authority.CertificateAuthority;
import dev.menura.certificates.authority.Crypto;
import dev.menura.certificates.authority.Leaf;
import dev.menura.certificates.authority.MintLimits;
import dev.menura.certificates.authority.Minter;
import dev.menura.certificates.testing.TestClock;
import dev.menura.certificates.testing.TestEnvoy;
import dev.menura.certificates.x509.OriginName;
import dev.menura.certificates.x509.Pem;
import io.envoyproxy.controlplane.cache.DeltaXdsRequest;
import io.envoyproxy.controlplane.cache.Resources;
import io.envoyproxy.controlplane.cache.XdsRequest;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretWatcherTest {
  private static final SecretLimits LIMITS =
      new SecretLimits(3, Duration.ofSeconds(30), Duration.ofMinutes(1), 2, 10);

  private final TestClock clock = new TestClock();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final SecretWatcher watcher = new SecretWatcher("trusted", LIMITS, clock, meters);

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

  private Leaf admit(String name) {
    return admit(name, "original");
  }

  private Leaf admit(String name, String original) {
    Leaf leaf = minter.blockPage(OriginName.of(name));
    watcher.put(OriginName.of(name), original, leaf);
    return leaf;
  }

  private void admitAndAsk(String... names) {
    for (String name : names) {
      admit(name);
      envoy.subscribe(name);
      assertThat(TestEnvoy.names(envoy.acknowledged())).containsExactly(name);
    }
  }

  private double count(String metric) {
    return meters.get("menura.certificates." + metric).tag("class", "trusted").counter().count();
  }

  @Test
  void servesTheLeafOfAnAdmittedNameAndItsKey() throws Exception {
    Leaf leaf = admit("a.test");
    envoy.subscribe("a.test");
    DeltaDiscoveryResponse response = envoy.acknowledged();
    var certificate = TestEnvoy.secret(response, "a.test").getTlsCertificate();

    assertThat(response.getRemovedResourcesList()).isEmpty();
    assertThat(
            Pem.readCertificates(certificate.getCertificateChain().getInlineBytes().toStringUtf8()))
        .containsExactly(leaf.certificate());
    assertThat(certificate.getPrivateKey().getInlineBytes().toStringUtf8())
        .isEqualTo(leaf.keyPem());
    envoy.heardNothing();
  }

  @Test
  void refusesNamesThatWereNotAdmittedOnceForEachTimeTheyAreAskedFor() {
    for (String name : List.of("a.test", "a/../b.test", "menura/x", "*.a.test", "a\nb", "")) {
      envoy.subscribe(name);
      DeltaDiscoveryResponse response = envoy.acknowledged();
      assertThat(response.getRemovedResourcesList()).containsExactly(name);
      assertThat(response.getResourcesList()).isEmpty();
      envoy.heardNothing();
    }
    envoy.unsubscribe("a.test");
    envoy.heardNothing();
    envoy.subscribe("a.test");
    assertThat(envoy.acknowledged().getRemovedResourcesList()).containsExactly("a.test");
    assertThat(count("names.refused")).isEqualTo(7);
  }

  @Test
  void tellsWhenEnvoyHasTheNewLeafOfANameThatItKnows() {
    var name = OriginName.of("a.test");
    assertThat(watcher.awaitAccepted(name, Duration.ZERO)).as("not known").isTrue();
    admitAndAsk("a.test");
    assertThat(watcher.awaitAccepted(name, Duration.ZERO)).as("has it").isTrue();
    admit("a.test", "another");
    DeltaDiscoveryResponse replacement = envoy.response();
    assertThat(watcher.awaitAccepted(name, Duration.ZERO)).as("on its way").isFalse();
    envoy.ack(replacement);
    assertThat(watcher.awaitAccepted(name, Duration.ofSeconds(10))).isTrue();
  }

  @Test
  void answersWhatWasAskedForWhileAnAcknowledgementWasAwaited() {
    admit("a.test");
    envoy.subscribe("a.test");
    DeltaDiscoveryResponse first = envoy.response();
    admit("b.test");
    envoy.subscribe("b.test", "c.test");
    envoy.heardNothing();

    envoy.ack(first);
    DeltaDiscoveryResponse second = envoy.acknowledged();
    assertThat(TestEnvoy.names(second)).containsExactly("b.test");
    assertThat(second.getRemovedResourcesList()).containsExactly("c.test");
    envoy.heardNothing();
  }

  @Test
  void refusesAgainANameThatWasDroppedAndAskedForWhileAnAcknowledgementWasAwaited() {
    envoy.subscribe("a.test");
    DeltaDiscoveryResponse first = envoy.response();
    assertThat(first.getRemovedResourcesList()).containsExactly("a.test");
    envoy.unsubscribe("a.test");
    envoy.subscribe("a.test");
    envoy.ack(first);

    assertThat(envoy.acknowledged().getRemovedResourcesList()).containsExactly("a.test");
    envoy.heardNothing();
  }

  @Test
  void servesANameThatIsAdmittedAfterARefusalAndAskedForAgain() {
    envoy.subscribe("a.test");
    assertThat(envoy.acknowledged().getRemovedResourcesList()).containsExactly("a.test");
    admit("a.test");
    envoy.heardNothing();

    envoy.subscribe("a.test");
    assertThat(TestEnvoy.names(envoy.acknowledged())).containsExactly("a.test");
  }

  @Test
  void mustBeAskedForANameWithinTheWindowForTheFirstTime() {
    admit("a.test");
    clock.advance(Duration.ofSeconds(30));
    envoy.subscribe("a.test");
    assertThat(TestEnvoy.names(envoy.acknowledged())).containsExactly("a.test");

    admit("b.test");
    clock.advance(Duration.ofSeconds(30).plusMillis(1));
    envoy.subscribe("b.test");
    assertThat(envoy.acknowledged().getRemovedResourcesList()).containsExactly("b.test");
  }

  @Test
  void servesANameThatWasAskedForAsLongAsItIsKept() {
    admitAndAsk("a.test");
    clock.advance(Duration.ofHours(10));
    try (var other = discovery.ads()) {
      other.subscribe("a.test");
      assertThat(TestEnvoy.names(other.acknowledged())).containsExactly("a.test");
    }
  }

  @Test
  void removesFromEnvoyWhatWasAdmittedLongestAgo() {
    admitAndAsk("a.test", "b.test", "c.test");
    assertThat(watcher.touch(OriginName.of("a.test"), "original")).isTrue();
    assertThat(watcher.size()).isEqualTo(3);
    envoy.heardNothing();

    admit("d.test");
    assertThat(envoy.acknowledged().getRemovedResourcesList()).containsExactly("b.test");
    assertThat(watcher.size()).isEqualTo(3);
    assertThat(count("names.evicted")).isEqualTo(1);
    assertThat(meters.get("menura.certificates.names").gauge().value()).isEqualTo(3);
    assertThat(watcher.touch(OriginName.of("b.test"), "original")).isFalse();
    envoy.heardNothing();
  }

  @Test
  void staysWithinItsBoundWhateverIsAdmitted() {
    for (int i = 0; i < 1_000; i++) {
      admit("x" + i + ".test");
    }

    assertThat(watcher.size()).isEqualTo(3);
    assertThat(count("names.evicted")).isEqualTo(997);
    envoy.heardNothing();
  }

  @Test
  void tellsOfRemovalsThatHappenedWhileAnAcknowledgementWasAwaited() {
    admitAndAsk("a.test");
    admit("b.test");
    envoy.subscribe("b.test");
    DeltaDiscoveryResponse open = envoy.response();
    admit("c.test");
    admit("d.test");
    envoy.heardNothing();

    envoy.ack(open);
    assertThat(envoy.acknowledged().getRemovedResourcesList()).containsExactly("a.test");
    envoy.heardNothing();
  }

  @Test
  void sendsAChangedCertificateAsANewVersionToEveryEnvoyThatHasTheName() throws Exception {
    admitAndAsk("a.test");
    try (var second = discovery.ads();
        var third = discovery.ads()) {
      second.subscribe("a.test");
      String former = second.acknowledged().getResources(0).getVersion();
      third.subscribe("z.test");
      assertThat(third.acknowledged().getRemovedResourcesList()).containsExactly("z.test");

      Leaf changed = admit("a.test", "another original");
      for (TestEnvoy each : List.of(envoy, second)) {
        DeltaDiscoveryResponse response = each.acknowledged();
        assertThat(TestEnvoy.names(response)).containsExactly("a.test");
        assertThat(response.getResources(0).getVersion()).isNotEqualTo(former);
        assertThat(
                TestEnvoy.secret(response, "a.test")
                    .getTlsCertificate()
                    .getCertificateChain()
                    .getInlineBytes()
                    .toStringUtf8())
            .isEqualTo(changed.certificatePem());
      }
      third.heardNothing();
    }
  }

  @Test
  void doesNotTouchTheLeafOfAnotherOriginalButSharesItForAMinute() {
    admit("a.test", "one");
    OriginName name = OriginName.of("a.test");

    assertThat(watcher.touch(name, "two")).isFalse();
    assertThat(watcher.share(name)).isTrue();
    clock.advance(Duration.ofMinutes(1));
    assertThat(watcher.share(name)).isFalse();
    assertThat(watcher.touch(name, "one")).isTrue();
    assertThat(watcher.share(OriginName.of("b.test"))).isFalse();
  }

  @Test
  void asksForANewLeafBeforeTheOldOneExpires() {
    admit("a.test");
    OriginName name = OriginName.of("a.test");

    clock.advance(Duration.ofHours(17));
    assertThat(watcher.touch(name, "original")).isTrue();
    clock.advance(Duration.ofHours(2));
    assertThat(watcher.touch(name, "original")).isFalse();
  }

  @Test
  void removesFromEnvoyWhatHasExpired() {
    admitAndAsk("a.test");
    clock.advance(Duration.ofDays(1).minusSeconds(1));
    watcher.sweep();
    envoy.heardNothing();

    clock.advance(Duration.ofSeconds(2));
    try (var other = discovery.ads()) {
      other.subscribe("a.test");
      assertThat(other.acknowledged().getRemovedResourcesList()).containsExactly("a.test");
    }
    watcher.sweep();
    assertThat(envoy.acknowledged().getRemovedResourcesList()).containsExactly("a.test");
    assertThat(watcher.size()).isZero();
    envoy.heardNothing();
  }

  @Test
  void forgetsNamesThatNobodyAskedFor() {
    admit("a.test");
    clock.advance(Duration.ofSeconds(31));
    watcher.sweep();

    assertThat(watcher.size()).isZero();
    envoy.heardNothing();
  }

  @Test
  void servesTwoSpellingsOfANameAndNoThird() {
    admit("a.test");
    envoy.subscribe("a.test", "A.Test", "A.TEST");
    DeltaDiscoveryResponse response = envoy.acknowledged();

    assertThat(response.getResourcesList()).hasSize(2);
    assertThat(response.getRemovedResourcesList()).hasSize(1);
    watcher.clear();
    assertThat(envoy.acknowledged().getRemovedResourcesList())
        .containsExactlyInAnyOrderElementsOf(TestEnvoy.names(response));
  }

  @Test
  void freesANameWhoseSecretEnvoyRejectedAndDoesNotSendItAgainByItself() {
    admit("a.test");
    admit("b.test");
    envoy.subscribe("a.test");
    envoy.nack(envoy.response(), "bad key");

    assertThat(envoy.acknowledged().getRemovedResourcesList()).containsExactly("a.test");
    envoy.heardNothing();
    assertThat(count("secrets.rejected")).isEqualTo(1);
    envoy.subscribe("b.test");
    assertThat(TestEnvoy.names(envoy.acknowledged())).containsExactly("b.test");
    envoy.subscribe("a.test");
    assertThat(TestEnvoy.names(envoy.acknowledged())).containsExactly("a.test");
  }

  @Test
  void holdsARejectedPinnedSecretBackUntilThereIsAnother() {
    watcher.pin(roots("one"), "1");
    envoy.subscribe("menura/upstream-roots");
    envoy.nack(envoy.response(), "bad roots");
    envoy.heardNothing();
    admit("a.test");
    envoy.subscribe("a.test");
    assertThat(TestEnvoy.names(envoy.acknowledged())).containsExactly("a.test");

    watcher.pin(roots("two"), "2");
    assertThat(envoy.acknowledged().getResources(0).getVersion()).isEqualTo("2");
    envoy.heardNothing();
  }

  private static Secret roots(String text) {
    var context = CertificateValidationContext.newBuilder();
    context.getTrustedCaBuilder().setInlineString(text);
    return Secret.newBuilder()
        .setName("menura/upstream-roots")
        .setValidationContext(context)
        .build();
  }

  @Test
  void neverEvictsNorClearsAPinnedSecret() {
    watcher.pin(roots("one"), "1");
    envoy.subscribe("menura/upstream-roots");
    assertThat(envoy.acknowledged().getResources(0).getVersion()).isEqualTo("1");
    admitAndAsk("a.test", "b.test", "c.test");
    watcher.clear();

    assertThat(envoy.acknowledged().getRemovedResourcesList())
        .containsExactlyInAnyOrder("a.test", "b.test", "c.test");
    try (var other = discovery.ads()) {
      other.subscribe("menura/upstream-roots");
      assertThat(other.acknowledged().getResources(0).getVersion()).isEqualTo("1");
    }
  }

  @Test
  void takesAPinnedSecretBackWhereItIsServedNoLonger() {
    watcher.pin(roots("one"), "1");
    envoy.subscribe("menura/upstream-roots");
    assertThat(envoy.acknowledged().getResources(0).getVersion()).isEqualTo("1");
    watcher.unpin("menura/upstream-roots");
    assertThat(envoy.acknowledged().getRemovedResourcesList())
        .containsExactly("menura/upstream-roots");
  }

  @Test
  void sendsAnEnvoyThatConnectsAgainOnlyWhatItLacks() {
    admit("a.test");
    admit("b.test");
    envoy.subscribe("a.test", "b.test");
    var versions = new HashMap<String, String>();
    envoy
        .acknowledged()
        .getResourcesList()
        .forEach(resource -> versions.put(resource.getName(), resource.getVersion()));
    envoy.close();
    admit("b.test", "changed");
    versions.put("gone.test", "1");

    try (var again = discovery.ads()) {
      again.subscribeHaving(versions, "a.test", "b.test", "gone.test");
      DeltaDiscoveryResponse response = again.acknowledged();
      assertThat(TestEnvoy.names(response)).containsExactly("b.test");
      assertThat(response.getRemovedResourcesList()).containsExactly("gone.test");
      watcher.clear();
      assertThat(again.acknowledged().getRemovedResourcesList())
          .containsExactlyInAnyOrder("a.test", "b.test");
    }
  }

  @Test
  void answersManyNamesInBatches() {
    String[] names = new String[25];
    for (int i = 0; i < names.length; i++) {
      names[i] = "x" + i + ".test";
    }
    envoy.subscribe(names);
    Set<String> removed = new HashSet<>();
    for (int expected : new int[] {10, 10, 5}) {
      DeltaDiscoveryResponse response = envoy.response();
      assertThat(response.getRemovedResourcesList()).hasSize(expected);
      removed.addAll(response.getRemovedResourcesList());
      envoy.ack(response);
    }

    assertThat(removed).containsExactlyInAnyOrder(names);
    envoy.heardNothing();
  }

  @Test
  void forgetsAnEnvoyThatIsGone() {
    comeAndGo();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (watcher.streams() > 0 && System.nanoTime() < end) {
      System.gc();
    }

    assertThat(watcher.streams()).isZero();
  }

  private void comeAndGo() {
    admit("a.test");
    try (var passing = discovery.ads()) {
      passing.subscribe("a.test");
      assertThat(TestEnvoy.names(passing.acknowledged())).containsExactly("a.test");
      assertThat(watcher.streams()).isEqualTo(1);
    }
  }

  @Test
  void servesAnSdsStreamOfItsOwnToo() {
    admit("a.test");
    try (var stream = discovery.sds()) {
      stream.subscribe("a.test", "b.test");
      DeltaDiscoveryResponse response = stream.acknowledged();
      assertThat(TestEnvoy.names(response)).containsExactly("a.test");
      assertThat(response.getRemovedResourcesList()).containsExactly("b.test");
      stream.heardNothing();
      watcher.clear();
      assertThat(stream.acknowledged().getRemovedResourcesList()).containsExactly("a.test");
    }
  }

  @Test
  void speaksDeltaOnly() {
    var request = DiscoveryRequest.newBuilder().setTypeUrl(Resources.V3.SECRET_TYPE_URL).build();

    assertThatThrownBy(() ->
            watcher.createWatch(true, XdsRequest.create(request), Set.of(), _ -> {}, false, false))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("delta xDS only");
  }

  @Test
  void saysSoWhereItIsHandedCopiesOfTheStreamsSets() {
    var acknowledgement =
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(Resources.V3.SECRET_TYPE_URL)
            .setResponseNonce("0")
            .build();

    assertThatThrownBy(() ->
            watcher.createDeltaWatch(
                DeltaXdsRequest.create(acknowledgement),
                "",
                Map.of(),
                new HashSet<>(),
                false,
                _ -> {},
                false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the stream's own set");
  }
}

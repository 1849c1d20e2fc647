package dev.menura.certificates.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.menura.certificates.CertificateProvider;
import dev.menura.certificates.Settings;
import dev.menura.certificates.authority.Adaptation;
import dev.menura.certificates.authority.AuthorityChanges;
import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.authority.AuthoritySettings;
import dev.menura.certificates.authority.CannotSignException;
import dev.menura.certificates.authority.Crypto;
import dev.menura.certificates.authority.Leaf;
import dev.menura.certificates.authority.MintLimits;
import dev.menura.certificates.authority.Minter;
import dev.menura.certificates.testing.CertificateShape;
import dev.menura.certificates.testing.TestClock;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Problem;
import dev.menura.certificates.upstream.Roots;
import dev.menura.certificates.upstream.Verdict;
import dev.menura.certificates.v1.BlockPage;
import dev.menura.certificates.v1.CustodyServiceGrpc;
import dev.menura.certificates.v1.CustodyServiceGrpc.CustodyServiceImplBase;
import dev.menura.certificates.v1.SignRequest;
import dev.menura.certificates.v1.SignResponse;
import dev.menura.certificates.v1.WatchRequest;
import dev.menura.certificates.v1.WatchResponse;
import dev.menura.certificates.x509.OriginName;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The authority apart, with the wire between the two ends in this process.
class CustodyTest {
  private static final OriginName NAME = OriginName.of("a.test");
  private static final int PATIENCE_SECONDS = 20;

  private final TestClock clock = new TestClock();
  private final TestRoot root = TestRoot.create("Root");
  private final TestRoot between = root.intermediate("Between");
  private final String wire = UUID.randomUUID().toString();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @TempDir Path data;
  private AuthoritySettings authority;
  private Custody custody;
  private Server server;
  private RemoteCustodian remote;
  private Minter minter;

  @BeforeEach
  void open() throws Exception {
    authority = AuthoritySettings.in(data.resolve("ca"));
    custody = custody(CustodyLimits.DEFAULT, Set.of(Problem.EXPIRED, Problem.REVOKED));
    server = serve(custody.service());
    remote = connect(Duration.ofSeconds(PATIENCE_SECONDS));
    minter =
        new Minter(
            remote, MintLimits.DEFAULT, Crypto.preferred(), clock, new SecureRandom(), meters);
  }

  @AfterEach
  void close() {
    minter.close();
    remote.close();
    server.shutdownNow();
    custody.close();
  }

  private Custody custody(CustodyLimits limits, Set<Problem> excused) throws Exception {
    return Custody.open(
        new CustodySettings(authority, MintLimits.DEFAULT, Crypto.preferred(), limits),
        new Bearing(Roots.of(List.of(root.pem())), excused),
        clock,
        new SecureRandom(),
        new SimpleMeterRegistry());
  }

  private Server serve(ServerServiceDefinition service) throws IOException {
    return InProcessServerBuilder.forName(wire).addService(service).build().start();
  }

  private ManagedChannel channel() {
    return InProcessChannelBuilder.forName(wire).build();
  }

  private RemoteCustodian connect(Duration signWithin) throws AuthorityException {
    return RemoteCustodian.connect(
        channel(),
        "test",
        new CustodyLimits(
            signWithin, Duration.ofSeconds(PATIENCE_SECONDS), Duration.ofMillis(50), 256, 64),
        meters);
  }

  private static Seen seen(List<X509Certificate> chain, Problem problem) {
    return new Seen(
        chain,
        "TLSv1.3",
        "h2",
        problem == Problem.NONE ? Verdict.VALID : new Verdict(problem, "says the gateway"));
  }

  private void assertRefused(List<X509Certificate> chain, String reason) {
    assertThatThrownBy(() -> minter.mimic(NAME, seen(chain, Problem.NONE)))
        .isInstanceOf(CannotSignException.class)
        .hasMessageContaining("refuses: FAILED_PRECONDITION: " + reason);
  }

  @Test
  void signsForKeysOfTheGatewayWhatItsOwnRootsVouchFor() throws Exception {
    var original = between.leaf("a.test", "b.test");
    Leaf leaf = minter.mimic(NAME, seen(original.chain(), Problem.NONE));

    leaf.certificate().verify(custody.standing().certificate().getPublicKey());
    assertThat(leaf.certificate().getSubjectAlternativeNames())
        .containsExactlyElementsOf(original.certificate().getSubjectAlternativeNames());
    assertThat(leaf.notAfter()).isEqualTo(leaf.certificate().getNotAfter().toInstant());
    assertThat(leaf.renewAt()).isBefore(leaf.notAfter());
    assertThat(remote.standing()).isEqualTo(custody.standing());
    minter.blockPage(NAME).certificate().verify(custody.standing().certificate().getPublicKey());
  }

  @Test
  void k1SignsNoMimicOfWhatOnlyTheGatewayFindsValid() {
    var other = TestRoot.create("Other");
    assertRefused(other.leaf("a.test").chain(), "incomplete-chain");
    assertRefused(
        List.of(other.leaf("a.test").certificate(), other.certificate()), "untrusted-root");
    assertRefused(root.leaf("b.test").chain(), "wrong-host");
    assertRefused(
        root.leaf(CertificateShape.forNames("a.test").validUntil(clock.instant().minusSeconds(9)))
            .chain(),
        "expired");
    var forger = TestRoot.create("Root");
    assertRefused(List.of(forger.leaf("a.test").certificate(), root.certificate()), "untrusted:");
  }

  @Test
  void u12SignsNoMimicOfWhatItSignedItself() {
    List<X509Certificate> own =
        minter.mimic(NAME, seen(between.leaf("a.test").chain(), Problem.NONE)).chain();
    assertRefused(own, "own-ca");
  }

  @Test
  void takesIntermediatesThatTheOriginDidNotSend() {
    var alone = List.of(between.leaf("a.test").certificate());
    assertRefused(alone, "incomplete-chain");
    var supplied =
        new Verdict(
            Problem.NONE, "", "", "", Verdict.VALID.revocation(), List.of(between.certificate()));
    assertThat(minter.mimic(NAME, new Seen(alone, "", "", supplied)).chain()).hasSize(1);
  }

  @Test
  void makesExceptionsOnlyForProblemsThatItsOwnPolicyLetsThrough() throws Exception {
    List<X509Certificate> expired =
        between
            .leaf(CertificateShape.forNames("a.test").validUntil(clock.instant().minusSeconds(9)))
            .chain();
    minter
        .excepted(NAME, seen(expired, Problem.EXPIRED))
        .certificate()
        .verify(custody.standing().certificate().getPublicKey());
    minter.excepted(NAME, seen(between.leaf("a.test").chain(), Problem.REVOKED));

    List<X509Certificate> untrusted = TestRoot.create("Other").leaf("a.test").chain();
    assertThatThrownBy(() -> minter.excepted(NAME, seen(untrusted, Problem.EXPIRED)))
        .hasMessageContaining("no rule here lets this problem through: incomplete-chain");
    assertThatThrownBy(
            () -> minter.excepted(NAME, seen(between.leaf("a.test").chain(), Problem.WRONG_HOST)))
        .hasMessageContaining("no rule here lets this problem through: wrong-host");

    custody.judgeBy(new Bearing(Roots.of(List.of(root.pem())), Set.of()));
    assertThatThrownBy(() -> minter.excepted(NAME, seen(expired, Problem.EXPIRED)))
        .hasMessageContaining("no rule here lets this problem through: expired");
  }

  @Test
  void holdsToItsOwnLimitWhateverTheGatewayWants() {
    Leaf leaf =
        minter.mimic(
            NAME,
            seen(between.leaf("a.test").chain(), Problem.NONE),
            Adaptation.validFor(Duration.ofDays(300)));
    assertThat(leaf.notAfter()).isBefore(clock.instant().plus(Duration.ofDays(8)));
    Leaf shorter =
        minter.mimic(
            NAME,
            seen(between.leaf("a.test").chain(), Problem.NONE),
            Adaptation.validFor(Duration.ofHours(1)));
    assertThat(shorter.notAfter()).isBefore(clock.instant().plus(Duration.ofHours(2)));
  }

  @Test
  void signsForNoOtherKindOfKeyAndForNothingThatCannotBeRead() throws Exception {
    var channel = channel();
    try {
      var stub = CustodyServiceGrpc.newBlockingStub(channel);
      var edwards = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();
      var small = KeyPairGenerator.getInstance("RSA");
      small.initialize(1024);
      var page =
          SignRequest.newBuilder().setName("a.test").setBlockPage(BlockPage.getDefaultInstance());
      for (byte[] key :
          List.of(
              edwards.getEncoded(),
              small.generateKeyPair().getPublic().getEncoded(),
              new byte[] {0x30, 0x03, 1},
              new byte[0])) {
        assertThatThrownBy(
                () -> stub.sign(page.clone().setPublicKey(ByteString.copyFrom(key)).build()))
            .hasMessageContaining("INVALID_ARGUMENT: public_key");
      }
      var good = KeyPairGenerator.getInstance("EC");
      good.initialize(256);
      page.setPublicKey(ByteString.copyFrom(good.generateKeyPair().getPublic().getEncoded()));
      assertThat(stub.sign(page.build()).getCertificate()).isNotEmpty();
      for (String name : List.of("", "*.test", "a b", "a\u0000.test")) {
        assertThatThrownBy(() -> stub.sign(page.clone().setName(name).build()))
            .hasMessageContaining("INVALID_ARGUMENT: name");
      }
      assertThatThrownBy(() -> stub.sign(page.clone().clearLeaf().build()))
          .hasMessageContaining("INVALID_ARGUMENT: leaf");
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void k11TellsTheGatewayOfEachStepOfARotation() throws Exception {
    var operator = AuthorityChanges.of(authority, Crypto.preferred(), clock, new SecureRandom());
    String former = remote.keyIdentifier();
    operator.rotate();
    takeOver();
    assertThat(remote.standing().published()).hasSize(2);
    assertThat(remote.keyIdentifier()).isEqualTo(former);

    operator.activate();
    takeOver();
    assertThat(remote.keyIdentifier()).isNotEqualTo(former);
    assertThat(remote.standing()).isEqualTo(custody.standing());
    Leaf leaf = minter.mimic(NAME, seen(between.leaf("a.test").chain(), Problem.NONE));
    leaf.certificate().verify(remote.standing().certificate().getPublicKey());
    assertThat(leaf.chain()).hasSize(2);
    assertThat(remote.refresh()).isFalse();
  }

  private void takeOver() throws InterruptedException {
    var changed = new CountDownLatch(1);
    remote.onChange(changed::countDown);
    custody.look();
    assertThat(changed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(remote.refresh()).isTrue();
  }

  @Test
  void k11RefusesNewNamesWhileTheCustodyIsGoneAndKeepsThoseThatItHas() throws Exception {
    try (var provider =
        CertificateProvider.open(
            Settings.in(data.resolve("gateway")),
            remote,
            Roots.of(List.of(root.pem())),
            clock,
            new SecureRandom(),
            meters)) {
      var known = between.leaf("a.test").chain();
      provider.mimics().admit("a.test", known);
      assertThat(provider.problem()).isEmpty();

      server.shutdownNow().awaitTermination();
      provider.mimics().admit("a.test", known);
      assertThatThrownBy(() -> provider.mimics().admit("b.test", between.leaf("b.test").chain()))
          .isInstanceOf(CannotSignException.class)
          .hasMessageContaining("the certificates process at test does not sign: UNAVAILABLE");
      assertThat(provider.problem()).hasValue("the certificates process at test does not answer");

      var back = new CountDownLatch(1);
      remote.onChange(back::countDown);
      AuthorityChanges.of(authority, Crypto.preferred(), clock, new SecureRandom()).rotate();
      custody.look();
      server = serve(custody.service());
      assertThat(back.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      provider.mimics().admit("b.test", between.leaf("b.test").chain());
      assertThat(provider.problem()).isEmpty();
      assertThat(data.resolve("gateway")).doesNotExist();
    }
  }

  @Test
  void k11WaitsForASignatureNoLongerThanItsLimit() throws Exception {
    var other = UUID.randomUUID().toString();
    var silent =
        InProcessServerBuilder.forName(other)
            .addService(
                new CustodyServiceImplBase() {
                  @Override
                  public void sign(SignRequest request, StreamObserver<SignResponse> observer) {}

                  @Override
                  public void watch(WatchRequest request, StreamObserver<WatchResponse> observer) {
                    CustodyServiceGrpc.newStub(channel()).watch(request, observer);
                  }
                })
            .build()
            .start();
    var limits =
        new CustodyLimits(
            Duration.ofMillis(50), Duration.ofSeconds(PATIENCE_SECONDS), Duration.ofDays(1), 1, 1);
    try (var stalled =
            RemoteCustodian.connect(
                InProcessChannelBuilder.forName(other).build(), "stalled", limits, meters);
        var own =
            new Minter(
                stalled,
                MintLimits.DEFAULT,
                Crypto.preferred(),
                clock,
                new SecureRandom(),
                meters)) {
      assertThatThrownBy(() -> own.blockPage(NAME))
          .isInstanceOf(CannotSignException.class)
          .hasMessageContaining("does not sign: DEADLINE_EXCEEDED");
    } finally {
      silent.shutdownNow();
    }
  }

  @Test
  void worksOnNoMoreSignaturesAtOnceThanItsLimit() throws Exception {
    server.shutdownNow().awaitTermination();
    custody.close();
    var none =
        new CustodyLimits(
            Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1), 0, 1);
    custody = custody(none, Set.of());
    server = serve(custody.service());
    try (var first = connect(Duration.ofSeconds(PATIENCE_SECONDS))) {
      assertThat(first.problem()).isEmpty();
      assertThatThrownBy(() -> minter.blockPage(NAME)).hasMessageContaining("RESOURCE_EXHAUSTED");
    }
  }

  @Test
  void saysWhatToStartWhereNobodyAnswers() {
    var limits =
        new CustodyLimits(
            Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofMillis(10), 1, 1);
    assertThatThrownBy(() ->
            RemoteCustodian.connect(
                InProcessChannelBuilder.forName("nobody").build(), "unix:/x", limits, meters))
        .isInstanceOf(AuthorityException.class)
        .hasMessageContaining("the certificates process at unix:/x does not answer (UNAVAILABLE")
        .hasMessageContaining("menura run --role certificates");
  }
}

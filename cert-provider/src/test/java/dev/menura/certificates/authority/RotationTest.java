package dev.menura.certificates.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.menura.certificates.testing.TestClock;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Verdict;
import dev.menura.certificates.x509.OriginName;
import dev.menura.certificates.x509.Pem;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// K11: a change of the authority breaks nothing, for clients that know only one of the two as
/// well.
class RotationTest {
  private static final OriginName NAME = OriginName.of("a.test");

  private final TestClock clock = new TestClock();
  private final TestRoot origin = TestRoot.create("Root");

  @TempDir Path data;
  private Authorities running;
  private AuthorityChanges operator;
  private Minter minter;
  private X509Certificate former;

  @BeforeEach
  void open() throws AuthorityException {
    var settings = AuthoritySettings.in(data.resolve("ca"));
    running = Authorities.open(settings, Crypto.preferred(), clock, new SecureRandom());
    operator = AuthorityChanges.of(settings, Crypto.preferred(), clock, new SecureRandom());
    minter =
        new Minter(
            running::active,
            MintLimits.DEFAULT,
            Crypto.preferred(),
            clock,
            new SecureRandom(),
            new SimpleMeterRegistry());
    former = running.active().certificate();
  }

  @AfterEach
  void close() {
    minter.close();
  }

  private Leaf leaf() {
    return minter.mimic(
        NAME, new Seen(origin.leaf("a.test").chain(), "TLSv1.3", "h2", Verdict.VALID));
  }

  private void assertTrusted(Leaf leaf, X509Certificate trusted) throws Exception {
    Path root = Files.writeString(data.resolve("trusted.pem"), Pem.certificate(trusted));
    Path chain = Files.writeString(data.resolve("chain.pem"), leaf.certificatePem());
    assertThat(
            OpenSsl.run(
                List.of(
                    "verify",
                    "-x509_strict",
                    "-purpose",
                    "sslserver",
                    "-CAfile",
                    root.toString(),
                    "-untrusted",
                    chain.toString(),
                    chain.toString())))
        .endsWith(": OK\n");
    new PathCheck(trusted, clock.instant()).check(leaf.chain());
  }

  private List<X509Certificate> published() throws Exception {
    return Pem.readCertificates(Files.readString(data.resolve("ca/ca.pem")));
  }

  @Test
  void k11ServesClientsThatTrustTheFormerOrTheNewOneInEveryStep() throws Exception {
    assertThat(running.refresh()).isFalse();
    operator.rotate();
    assertThat(running.refresh()).isTrue();
    X509Certificate successor = running.published().get(1);
    assertThat(running.active().certificate()).isEqualTo(former);
    assertThat(published()).containsExactly(former, successor);
    Leaf before = leaf();
    assertTrusted(before, former);
    assertTrusted(before, successor);

    operator.activate();
    assertThat(running.refresh()).isTrue();
    assertThat(running.active().certificate()).isEqualTo(successor);
    assertThat(published()).containsExactly(successor, former);
    Leaf after = leaf();
    assertThat(after.certificate().getIssuerX500Principal())
        .isEqualTo(former.getSubjectX500Principal());
    after.certificate().verify(successor.getPublicKey());
    assertTrusted(after, former);
    assertTrusted(after, successor);

    assertThat(operator.retire(Optional.empty())).isEqualTo(former);
    assertThat(running.refresh()).isTrue();
    assertThat(published()).containsExactly(successor);
    assertThat(leaf().chain()).hasSize(1);
    assertTrusted(leaf(), successor);
    assertTrusted(before, successor);
    assertThat(keys()).hasSize(1);
  }

  private List<String> keys() throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("ca"))) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.startsWith("ca-key"))
          .toList();
    }
  }

  @Test
  void mintsAnewAfterTheAuthorityHasChanged() throws Exception {
    var seen = new Seen(origin.leaf("a.test").chain(), "TLSv1.3", "h2", Verdict.VALID);
    String identity = minter.identity(seen, Adaptation.NONE);
    String page = minter.pageIdentity();
    operator.rotate();
    running.refresh();
    assertThat(minter.identity(seen, Adaptation.NONE)).isEqualTo(identity);
    operator.activate();
    running.refresh();

    assertThat(minter.identity(seen, Adaptation.NONE)).isNotEqualTo(identity);
    assertThat(minter.pageIdentity()).isNotEqualTo(page);
  }

  @Test
  void canBeEndedInOneStepAndCanBeTakenBack() throws Exception {
    operator.rotate();
    running.refresh();
    X509Certificate successor = running.published().get(1);
    operator.retire(Optional.of(dev.menura.certificates.x509.Fingerprint.of(successor)));
    running.refresh();
    assertThat(running.published()).containsExactly(former);
    assertThat(leaf().chain()).hasSize(1);

    operator.rotate();
    assertThat(operator.retire(Optional.empty())).isEqualTo(former);
    running.refresh();
    assertThat(running.active().certificate()).isNotEqualTo(former).isNotEqualTo(successor);
    assertThat(keys()).hasSize(1);
  }

  @Test
  void survivesARestartInEveryStep() throws Exception {
    operator.rotate();
    var settings = AuthoritySettings.in(data.resolve("ca"));
    var again = Authorities.open(settings, Crypto.preferred(), clock, new SecureRandom());
    assertThat(again.published()).hasSize(2);
    assertThat(again.active().certificate()).isEqualTo(former);
    operator.activate();
    again = Authorities.open(settings, Crypto.preferred(), clock, new SecureRandom());
    assertThat(again.active().certificate()).isEqualTo(again.published().getFirst());
    assertThat(again.active().certificate()).isNotEqualTo(former);
  }

  @Test
  void saysWhatIsMissingWhereAStepCannotBeTaken() throws Exception {
    assertThatThrownBy(operator::activate).hasMessageContaining("menura ca rotate");
    assertThatThrownBy(() -> operator.retire(Optional.empty()))
        .hasMessageContaining("found one authority only");
    operator.rotate();
    assertThatThrownBy(operator::rotate).hasMessageContaining("to end it: menura ca retire");
    assertThatThrownBy(() -> operator.retire(Optional.of("00")))
        .hasMessageContaining("expected the SHA-256 fingerprint");
  }

  @Test
  void keepsTheFormerOneWhereTheFilesCannotBeUsed() throws Exception {
    Files.writeString(data.resolve("ca/ca.pem"), "nothing");

    assertThatThrownBy(running::refresh).isInstanceOf(AuthorityException.class);
    assertThat(running.active().certificate()).isEqualTo(former);
    assertThat(leaf()).isNotNull();
  }

  @Test
  void warnsInGoodTimeAndSaysWhatToDo() {
    assertThat(running.warning()).isEmpty();
    clock.advance(AuthorityCertificates.VALIDITY.minus(java.time.Duration.ofDays(29)));
    assertThat(running.warning())
        .hasValueSatisfying(text -> assertThat(text).contains("to renew it: menura ca rotate"));
  }
}

package dev.menura.certificates.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.menura.certificates.testing.CertificateShape;
import dev.menura.certificates.testing.TestCertificate;
import dev.menura.certificates.testing.TestClock;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Problem;
import dev.menura.certificates.upstream.Roots;
import dev.menura.certificates.upstream.Validator;
import dev.menura.certificates.upstream.Verdict;
import dev.menura.certificates.x509.OriginName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.SignatureException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// K1: whatever is wrong with an original, no client that trusts our authority trusts its mimic.
class DistrustTest {
  private static final OriginName NAME = OriginName.of("a.test");

  private final TestClock clock = new TestClock();
  private final TestRoot root = TestRoot.create("Root");

  @TempDir Path data;
  private CertificateAuthority authority;
  private Minter minter;

  @BeforeEach
  void open() throws AuthorityException {
    authority =
        CertificateAuthority.open(
            data.resolve("ca"), Crypto.preferred(), clock, new SecureRandom());
    minter =
        new Minter(
            authority,
            MintLimits.DEFAULT,
            Crypto.preferred(),
            clock,
            new SecureRandom(),
            new SimpleMeterRegistry());
  }

  @AfterEach
  void close() {
    minter.close();
  }

  private static Seen with(TestCertificate certificate, Problem problem) {
    return new Seen(certificate.chain(), "TLSv1.3", "", new Verdict(problem, "why"));
  }

  @Test
  void k1NoLeafForAProblemIsTrustedByThoseWhoTrustOurAuthority() throws Exception {
    var validator = new Validator(Roots.of(List.of(authority.pem())), root.certificate(), clock);
    for (Problem problem : Problem.values()) {
      if (problem == Problem.NONE || problem == Problem.OWN_CA) {
        continue;
      }
      Leaf leaf = minter.distrusted(NAME, with(root.leaf("a.test"), problem));

      assertThat(validator.validate(NAME, leaf.chain()).isValid()).as("%s", problem).isFalse();
      assertThat(OpenSsl.verify(data, authority, leaf)).doesNotContain("OK");
      assertThatThrownBy(() -> leaf.certificate().verify(authority.certificate().getPublicKey()))
          .isInstanceOf(SignatureException.class);
    }
  }

  @Test
  void saysInItsIssuerThatItIsNotTrusted() {
    var leaf = minter.distrusted(NAME, with(root.leaf("a.test"), Problem.UNTRUSTED_ROOT));

    assertThat(leaf.certificate().getIssuerX500Principal().getName())
        .startsWith("CN=Not trusted: problem at the origin ");
    assertThat(leaf.certificate().getIssuerX500Principal())
        .isEqualTo(minter.untrusted().certificate().getSubjectX500Principal());
    assertThat(minter.untrusted().certificate().getPublicKey())
        .isNotEqualTo(authority.certificate().getPublicKey());
  }

  @Test
  void keepsTheDatesAndNamesOfTheOriginalSoThatTheClientSeesTheSameProblem() throws Exception {
    var past = clock.instant().minus(Duration.ofDays(1));
    var expired = root.leaf(CertificateShape.forNames("b.test").validUntil(past));
    var leaf = minter.distrusted(NAME, with(expired, Problem.WRONG_HOST)).certificate();

    assertThat(leaf.getNotBefore()).isEqualTo(expired.certificate().getNotBefore());
    assertThat(leaf.getNotAfter()).isEqualTo(expired.certificate().getNotAfter());
    assertThat(leaf.getExtensionValue("2.5.29.17"))
        .isEqualTo(expired.certificate().getExtensionValue("2.5.29.17"));
    assertThat(leaf.getSubjectX500Principal())
        .isEqualTo(expired.certificate().getSubjectX500Principal());
  }

  @Test
  void isSelfSignedWhereTheOriginalIs() throws Exception {
    var original = TestRoot.selfSigned(CertificateShape.forNames("a.test"), clock);
    var leaf = minter.distrusted(NAME, with(original, Problem.SELF_SIGNED));

    leaf.certificate().verify(leaf.certificate().getPublicKey());
    assertThat(leaf.certificate().getIssuerX500Principal())
        .isEqualTo(leaf.certificate().getSubjectX500Principal());
    assertThat(leaf.chain()).hasSize(1);
    assertThat(OpenSsl.verify(data, authority, leaf)).contains("self-signed certificate");
  }

  @Test
  void isNeverMadeForAValidCertificateNorForOurOwn() {
    for (Problem problem : List.of(Problem.NONE, Problem.OWN_CA)) {
      assertThatThrownBy(() -> minter.distrusted(NAME, with(root.leaf("a.test"), problem)))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void carriesNoNamesWhereThoseOfTheOriginalCannotBeRead() throws Exception {
    var malformed =
        root.leaf(
            CertificateShape.forNames("a.test")
                .extension("2.5.29.17", false, new byte[] {0x30, 0x03, (byte) 0x82, 0x01, 0x00}));
    var leaf = minter.distrusted(NAME, with(malformed, Problem.MALFORMED)).certificate();

    assertThat(leaf.getSubjectAlternativeNames()).isNull();
  }
}

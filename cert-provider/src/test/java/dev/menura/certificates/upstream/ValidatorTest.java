package dev.menura.certificates.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.CertificateShape;
import dev.menura.certificates.testing.CertificateShape.Digest;
import dev.menura.certificates.testing.CertificateShape.KeyType;
import dev.menura.certificates.testing.CertificateShape.Purpose;
import dev.menura.certificates.testing.TestCertificate;
import dev.menura.certificates.testing.TestClock;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.x509.OriginName;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValidatorTest {
  private static final OriginName NAME = OriginName.of("a.test");
  private static final CertificateShape SOUND = CertificateShape.forNames("a.test");

  private final TestClock clock = new TestClock();
  private final TestRoot own = TestRoot.create("Menura CA");
  private final TestRoot root = TestRoot.create("Root");
  private final TestRoot between = root.intermediate("Between");
  private final Validator validator = validator(root);

  private Validator validator(TestRoot... trusted) {
    return new Validator(roots(trusted), own.certificate(), clock);
  }

  private static Roots roots(TestRoot... trusted) {
    try {
      return Roots.of(List.of(trusted).stream().map(TestRoot::pem).toList());
    } catch (java.security.cert.CertificateException e) {
      throw new IllegalStateException(e);
    }
  }

  private Problem problem(TestCertificate certificate) {
    return validator.validate(NAME, certificate.chain()).problem();
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyType.class,
      names = {"RSA_1024", "RSA_PSS"},
      mode = EnumSource.Mode.EXCLUDE)
  void acceptsASoundChainWithAnyModernKey(KeyType key) {
    assertThat(validator.validate(NAME, between.leaf(SOUND.key(key)).chain()))
        .isEqualTo(Verdict.VALID);
  }

  /// The CA/Browser Forum's Baseline Requirements (7.1.3.1) know of no such keys.
  @Test
  void refusesAKeyForRsassaPssAlone() {
    assertThat(problem(between.leaf(SOUND.key(KeyType.RSA_PSS)))).isEqualTo(Problem.WEAK_KEY);
  }

  @Test
  void namesTheExpiredCertificateAndItsDate() {
    var until = Instant.parse("2020-01-02T03:04:00Z");
    var leaf = between.leaf(SOUND.validFrom(until.minusSeconds(60)).validUntil(until));

    assertThat(validator.validate(NAME, leaf.chain()))
        .isEqualTo(
            new Verdict(
                Problem.EXPIRED,
                "the certificate 'CN=a.test' expired on 2020-01-02 03:04 UTC",
                "CN=a.test",
                "2020-01-02T03:04:00Z",
                Revocation.NOT_ASKED,
                List.of()));
  }

  @Test
  void namesAnExpiredIntermediateOrRoot() {
    var old =
        root.intermediate(
            CertificateShape.forAuthority("Old").validUntil(clock.instant().minusSeconds(1)));
    assertThat(validator.validate(NAME, old.leaf("a.test").chain()).detail())
        .startsWith("the certificate 'CN=Old' expired on ");

    clock.advance(Duration.ofDays(89));
    var leaf = between.leaf(SOUND.validUntil(clock.instant().plus(Duration.ofDays(30))));
    clock.advance(Duration.ofDays(2));
    assertThat(validator.validate(NAME, leaf.chain()).problem()).isEqualTo(Problem.EXPIRED);
  }

  @Test
  void takesACertificateAtTheEndsOfItsDatesAndNotBeyond() {
    var from = clock.instant().minusSeconds(100).truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
    var until = from.plusSeconds(1000);
    var chain = between.leaf(SOUND.validFrom(from).validUntil(until)).chain();
    var times = new TestClock();
    var at = new Validator(roots(root), own.certificate(), times);

    times.advance(Duration.between(times.instant(), until));
    assertThat(at.validate(NAME, chain)).isEqualTo(Verdict.VALID);
    times.advance(Duration.ofMillis(1));
    assertThat(at.validate(NAME, chain).problem()).isEqualTo(Problem.EXPIRED);
    times.advance(Duration.between(times.instant(), from.minusMillis(1)));
    assertThat(at.validate(NAME, chain).problem()).isEqualTo(Problem.NOT_YET_VALID);
  }

  @Test
  void refusesACertificateThatNobodyVouchesFor() {
    assertThat(problem(TestRoot.selfSigned(SOUND, clock))).isEqualTo(Problem.SELF_SIGNED);
  }

  @Test
  void refusesAChainToAnotherRootSentOrNot() {
    var other = TestRoot.create("Other");
    var leaf = other.intermediate("Other between").leaf("a.test");
    var withRoot = new ArrayList<>(leaf.chain());
    withRoot.add(other.certificate());

    assertThat(problem(leaf)).isEqualTo(Problem.UNTRUSTED_ROOT);
    assertThat(validator.validate(NAME, withRoot).problem()).isEqualTo(Problem.UNTRUSTED_ROOT);
  }

  @Test
  void refusesAnImpostorOfATrustedRoot() {
    assertThat(problem(TestRoot.create("Root").leaf("a.test"))).isEqualTo(Problem.UNTRUSTED);
  }

  @Test
  void refusesAChainWithoutItsIntermediate() {
    assertThat(problem(between.leaf("a.test").sentWith(List.of())))
        .isEqualTo(Problem.INCOMPLETE_CHAIN);
  }

  @Test
  void takesIntermediatesInAnyOrderAndMoreThanNeeded() {
    var deep = between.intermediate("Deep").leaf("a.test");
    var others = new ArrayList<>(deep.chain().subList(1, 3));
    Collections.reverse(others);
    others.add(root.certificate());
    others.add(TestRoot.create("Unrelated").certificate());

    assertThat(problem(deep.sentWith(others))).isEqualTo(Problem.NONE);
  }

  @Test
  void findsTheGoodOneOfTwoWays() {
    var other = TestRoot.create("Other");
    var leaf = between.leaf("a.test");
    var crossed = between.crossSignedBy(other).certificate();
    var sent = List.of(crossed, between.certificate());

    assertThat(problem(leaf.sentWith(sent))).isEqualTo(Problem.NONE);
    // For Envoy, which tries one way alone.
    assertThat(validator(root).validate(NAME, leaf.sentWith(sent).chain()).supplied())
        .containsExactly(between.certificate());
    var verdict = validator(other).validate(NAME, leaf.sentWith(sent).chain());
    assertThat(verdict.problem()).isEqualTo(Problem.NONE);
    assertThat(verdict.supplied()).containsExactly(crossed);
  }

  @Test
  void boundsTheWorkOnCertificatesThatSignEachOtherInEveryWay() {
    var first = TestRoot.create("Loop");
    var loops = new ArrayList<X509Certificate>();
    for (int i = 0; i < 9; i++) {
      loops.add(first.crossSignedBy(first).certificate());
    }
    long start = System.nanoTime();

    assertThat(problem(first.leaf("a.test").sentWith(loops))).isEqualTo(Problem.UNTRUSTED_ROOT);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void refusesAChainOfAHundredAndOneAndTakesOneOfAHundred() {
    var leaf = between.leaf("a.test");
    var others = new ArrayList<>(Collections.nCopies(99, between.certificate()));
    assertThat(problem(leaf.sentWith(others))).isEqualTo(Problem.NONE);

    others.add(between.certificate());
    assertThat(problem(leaf.sentWith(others))).isEqualTo(Problem.MALFORMED);
  }

  @Test
  void refusesAChainOfMoreThan64Kibibytes() throws Exception {
    byte[] padding = new DEROctetString(new byte[60_000]).getEncoded();
    var large = between.leaf(SOUND.extension("1.2.3.4", false, padding));
    byte[] more = new DEROctetString(new byte[66_000]).getEncoded();

    assertThat(problem(large)).isEqualTo(Problem.NONE);
    assertThat(problem(between.leaf(SOUND.extension("1.2.3.4", false, more))))
        .isEqualTo(Problem.MALFORMED);
  }

  @Test
  void refusesALeafThatSignsAnotherOne() throws Exception {
    byte[] leaf = new BasicConstraints(false).getEncoded();
    var mallory = CertificateShape.forAuthority("Mallory").extension("2.5.29.19", true, leaf);
    var evil = root.intermediate(mallory);

    assertThat(problem(evil.leaf("a.test"))).isEqualTo(Problem.UNTRUSTED);
  }

  @ParameterizedTest
  @CsvSource({
    "a.test,a.test,true",
    "A.TEST,a.test,true",
    "b.test,a.test,false",
    "*.a.test,x.a.test,true",
    "*.a.test,a.test,false",
    "*.a.test,x.y.a.test,false",
    "*.test,a.test,false",
    "*,a.test,false",
    "a*.b.test,ab.b.test,false",
    "x.*.test,x.a.test,false",
    "*.*.test,x.a.test,false",
    "192.0.2.1,192.0.2.1,true",
    "192.0.2.2,192.0.2.1,false",
    "2001:db8::1,2001:db8::1,true"
  })
  void matchesNamesAsRfc9525Says(String certified, String asked, boolean matches) {
    var verdict = validator.validate(OriginName.of(asked), between.leaf(certified).chain());

    assertThat(verdict.problem()).isEqualTo(matches ? Problem.NONE : Problem.WRONG_HOST);
  }

  @Test
  void doesNotFallBackToTheCommonNameNorTakeAnAddressForAName() {
    assertThat(problem(between.leaf(CertificateShape.forNames().subject("CN=a.test"))))
        .isEqualTo(Problem.WRONG_HOST);
    var address = san(new GeneralName(GeneralName.dNSName, "192.0.2.1"));
    assertThat(
            validator.validate(OriginName.of("192.0.2.1"), between.leaf(address).chain()).problem())
        .isEqualTo(Problem.WRONG_HOST);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.test\u0000.evil.test", "a .test", "a.test\n", "\u00e4.test", ""})
  void refusesNamesWithBytesThatNoNameHas(String name) {
    var names =
        san(
            new GeneralName(GeneralName.dNSName, "a.test"),
            new GeneralName(GeneralName.dNSName, new DERIA5String(name)));

    assertThat(problem(between.leaf(names))).isEqualTo(Problem.MALFORMED);
  }

  @Test
  void takesADnsNameOf255BytesAndNot256() {
    var sane = new GeneralName(GeneralName.dNSName, "a.test");
    var long255 = new GeneralName(GeneralName.dNSName, "a".repeat(255));
    var long256 = new GeneralName(GeneralName.dNSName, "a".repeat(256));

    assertThat(problem(between.leaf(san(sane, long255)))).isEqualTo(Problem.NONE);
    assertThat(problem(between.leaf(san(sane, long256)))).isEqualTo(Problem.MALFORMED);
  }

  @Test
  void refusesControlCharactersInTheSubjectAndShowsNone() throws Exception {
    var leaf = between.leaf(SOUND.subject("CN=#" + hex(new DERBMPString("a\u0000b\u001b[31m"))));
    var verdict = validator.validate(NAME, leaf.chain());

    assertThat(verdict.problem()).isEqualTo(Problem.MALFORMED);
    assertThat(verdict.detail()).matches("[ -~…]+");
  }

  private static String hex(DERBMPString text) throws java.io.IOException {
    return java.util.HexFormat.of().formatHex(text.getEncoded());
  }

  private static CertificateShape san(GeneralName... names) {
    try {
      return SOUND.extension("2.5.29.17", false, new GeneralNames(names).getEncoded());
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void refusesWeakKeysAndSignaturesInLeafAndIntermediate() {
    assertThat(problem(between.leaf(SOUND.key(KeyType.RSA_1024)))).isEqualTo(Problem.WEAK_KEY);
    assertThat(problem(between.leaf(SOUND.signedWith(Digest.SHA1))))
        .isEqualTo(Problem.WEAK_SIGNATURE);
    var weak = root.intermediate(CertificateShape.forAuthority("Weak").signedWith(Digest.SHA1));
    var verdict = validator.validate(NAME, weak.leaf("a.test").chain());
    assertThat(verdict.problem()).isEqualTo(Problem.WEAK_SIGNATURE);
    assertThat(verdict.detail()).contains("'CN=Weak'").contains("SHA1");
  }

  @Test
  void doesNotMindTheOwnSignatureOfARoot() {
    var old =
        TestRoot.create(CertificateShape.forAuthority("Sha1 root").signedWith(Digest.SHA1), clock);

    assertThat(validator(old).validate(NAME, old.leaf("a.test").chain())).isEqualTo(Verdict.VALID);
  }

  @Test
  void refusesACertificateForOtherPurposes() {
    assertThat(problem(between.leaf(SOUND.purpose(Purpose.CLIENT)))).isEqualTo(Problem.UNTRUSTED);
    assertThat(problem(between.leaf(SOUND.purpose(Purpose.UNRESTRICTED)))).isEqualTo(Problem.NONE);
  }

  @Test
  void refusesAnUnknownCriticalExtension() throws Exception {
    var shape = SOUND.extension("1.2.3.4.5", true, new DERSequence().getEncoded());

    assertThat(problem(between.leaf(shape))).isEqualTo(Problem.UNTRUSTED);
  }

  @Test
  void keepsToNameConstraintsInIntermediateAndRoot() throws Exception {
    byte[] onlyB =
        new NameConstraints(
                new GeneralSubtree[] {
                  new GeneralSubtree(new GeneralName(GeneralName.dNSName, "b.test"))
                },
                null)
            .getEncoded();
    var shape = CertificateShape.forAuthority("Limited").extension("2.5.29.30", true, onlyB);

    assertThat(problem(root.intermediate(shape).leaf("a.test"))).isEqualTo(Problem.UNTRUSTED);
    var limited = TestRoot.create(shape, clock);
    var below = limited.intermediate("Below it");
    assertThat(validator(limited).validate(NAME, below.leaf("a.test").chain()).problem())
        .isEqualTo(Problem.UNTRUSTED);
    assertThat(validator(limited).validate(OriginName.of("b.test"), below.leaf("b.test").chain()))
        .isEqualTo(Verdict.VALID);
  }

  @Test
  void alwaysRefusesWhatTheOwnAuthorityIssuedEvenIfItIsTrusted() {
    var trusting = validator(own, root);

    assertThat(trusting.validate(NAME, own.leaf("a.test").chain()).problem())
        .isEqualTo(Problem.OWN_CA);
    assertThat(
            trusting
                .validate(NAME, between.leaf("a.test").sentWith(List.of(own.certificate())).chain())
                .problem())
        .isEqualTo(Problem.OWN_CA);
  }

  @Test
  void namesTheGravestOfSeveralProblems() {
    var until = clock.instant().minusSeconds(10);
    var expired = CertificateShape.forNames("b.test").validUntil(until);

    assertThat(problem(between.leaf(expired))).isEqualTo(Problem.WRONG_HOST);
    assertThat(problem(TestRoot.selfSigned(expired, clock))).isEqualTo(Problem.SELF_SIGNED);
    assertThat(problem(between.leaf(SOUND.validUntil(until).signedWith(Digest.SHA1))))
        .isEqualTo(Problem.WEAK_SIGNATURE);
    var client = SOUND.validUntil(until).purpose(Purpose.CLIENT);
    assertThat(problem(between.leaf(client))).isEqualTo(Problem.UNTRUSTED);
  }

  @Test
  void doesNotLetADateHideABrokenRule() throws Exception {
    var critical = SOUND.extension("1.2.3.4.5", true, new DERSequence().getEncoded());
    var expired = critical.validUntil(clock.instant().minusSeconds(10));

    assertThat(problem(between.leaf(expired))).isEqualTo(Problem.UNTRUSTED);
  }

  @Test
  void trustsALeafThatTheOperatorNamesAsARoot() throws Exception {
    var leaf = TestRoot.selfSigned(SOUND, clock);
    var trusting = new Validator(Roots.of(List.of(leaf.chainPem())), own.certificate(), clock);

    assertThat(trusting.validate(NAME, leaf.chain())).isEqualTo(Verdict.VALID);
    assertThat(trusting.validate(OriginName.of("b.test"), leaf.chain()).problem())
        .isEqualTo(Problem.WRONG_HOST);
  }
}

package dev.menura.certificates.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.menura.certificates.testing.CertificateShape;
import dev.menura.certificates.testing.CertificateShape.KeyType;
import dev.menura.certificates.testing.TestCertificate;
import dev.menura.certificates.testing.TestClock;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Problem;
import dev.menura.certificates.upstream.Roots;
import dev.menura.certificates.upstream.Validator;
import dev.menura.certificates.upstream.Verdict;
import dev.menura.certificates.x509.KeyKind;
import dev.menura.certificates.x509.OriginName;
import dev.menura.certificates.x509.Pem;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.OtherName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MinterTest {
  private static final OriginName NAME = OriginName.of("a.test");

  private final TestClock clock = new TestClock();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final TestRoot root = TestRoot.create("Root");

  @TempDir Path data;
  private CertificateAuthority authority;
  private Minter minter;

  @BeforeEach
  void open() throws AuthorityException {
    authority = authority(Crypto.preferred());
    minter = minter(authority, Crypto.preferred());
  }

  @AfterEach
  void close() {
    minter.close();
  }

  private CertificateAuthority authority(Crypto crypto) throws AuthorityException {
    return CertificateAuthority.open(data.resolve("ca"), crypto, clock, new SecureRandom());
  }

  /// Waits for RSA keys however long they take on a busy machine.
  private Minter minter(CertificateAuthority issuer, Crypto crypto) {
    var defaults = MintLimits.DEFAULT;
    var limits =
        new MintLimits(
            defaults.validity(),
            defaults.pageValidity(),
            defaults.namesMax(),
            defaults.namesBytesMax(),
            defaults.keyAge(),
            defaults.keyUses(),
            Duration.ofMinutes(1));
    return new Minter(issuer, limits, crypto, clock, new SecureRandom(), meters);
  }

  private static Seen seen(TestCertificate certificate) {
    return new Seen(certificate.chain(), "TLSv1.3", "h2", Verdict.VALID);
  }

  private X509Certificate mimic(CertificateShape shape) {
    return minter.mimic(NAME, seen(root.leaf(shape))).certificate();
  }

  static Stream<Crypto> providers() {
    return Stream.concat(Stream.of(Crypto.JAVA), Crypto.corretto().stream());
  }

  @ParameterizedTest
  @MethodSource("providers")
  void mintsTheSameWithEveryProvider(Crypto crypto) throws Exception {
    var issuer = authority(crypto);
    try (var own = minter(issuer, crypto)) {
      for (KeyType type : List.of(KeyType.P256, KeyType.P384, KeyType.RSA_2048)) {
        Leaf leaf = own.mimic(NAME, seen(root.leaf(CertificateShape.forNames("a.test").key(type))));

        assertThat(OpenSsl.verify(data, issuer, leaf)).endsWith("leaf.pem: OK\n");
        assertThat(KeyKind.describe(leaf.certificate().getPublicKey()).replace('-', '_'))
            .isEqualTo(
                type == KeyType.RSA_2048 ? "RSA_2048" : type == KeyType.P384 ? "P_384" : "P_256");
        assertThat(leaf.certificate().getSigAlgName()).isEqualTo("SHA256withECDSA");
        assertThat(leaf.keyPem()).startsWith("-----BEGIN PRIVATE KEY-----\n");
        assertThat(leaf.certificate().getPublicKey())
            .isNotEqualTo(authority.certificate().getPublicKey());
        assertThat(
                Pem.readPrivateKey(leaf.keyPem(), leaf.certificate().getPublicKey().getAlgorithm()))
            .isNotNull();
      }
    }
  }

  @Test
  void runsOnCorrettoWhereItsLibraryIsMeantFor() {
    boolean meantFor =
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64");

    assertThat(Crypto.corretto().isPresent()).isEqualTo(meantFor);
  }

  @Test
  void isAcceptedByOpenSslAndJavaForEachNameOfTheOriginal() throws Exception {
    var shape = CertificateShape.forNames("a.test", "*.b.test", "192.0.2.1", "2001:db8::1");
    Leaf leaf = minter.mimic(NAME, seen(root.leaf(shape)));
    var validator = new Validator(Roots.of(List.of(authority.pem())), root.certificate(), clock);

    for (String name : List.of("a.test", "x.b.test", "192.0.2.1", "2001:db8::1")) {
      assertThat(validator.validate(OriginName.of(name), List.of(leaf.certificate())))
          .isEqualTo(Verdict.VALID);
      boolean isAddress = OriginName.of(name).isAddress();
      assertThat(
              OpenSsl.verify(
                  data, authority, leaf, isAddress ? "-verify_ip" : "-verify_hostname", name))
          .endsWith("leaf.pem: OK\n");
    }
    assertThat(OpenSsl.verify(data, authority, leaf, "-verify_hostname", "c.test"))
        .contains("hostname mismatch");
  }

  @Test
  void copiesTheSubjectByteForByte() {
    var subject = "CN=a.test,OU=München,O=Größe \\, Söhne+L=Köln,ST=#1303616263,C=DE";
    var original = root.leaf(CertificateShape.forNames("a.test").subject(subject));
    var copy = minter.mimic(NAME, seen(original)).certificate();

    assertThat(copy.getSubjectX500Principal().getEncoded())
        .isEqualTo(original.certificate().getSubjectX500Principal().getEncoded());
    assertThat(copy.getExtensionValue("2.5.29.17"))
        .isEqualTo(original.certificate().getExtensionValue("2.5.29.17"));
  }

  @Test
  void marksTheNamesAsCriticalExactlyWhereTheSubjectIsEmpty() throws Exception {
    var empty =
        minter.mimic(NAME, seen(root.leaf(CertificateShape.forNames("a.test").subject(""))));

    assertThat(empty.certificate().getCriticalExtensionOIDs()).contains("2.5.29.17");
    assertThat(OpenSsl.verify(data, authority, empty)).endsWith("leaf.pem: OK\n");
    assertThat(mimic(CertificateShape.forNames("a.test")).getCriticalExtensionOIDs())
        .doesNotContain("2.5.29.17");
  }

  @Test
  void copiesIssuerSkiByteForByteIntoTheAki() {
    var extension = mimic(CertificateShape.forNames("a.test")).getExtensionValue("2.5.29.35");
    var identifier =
        AuthorityKeyIdentifier.getInstance(ASN1OctetString.getInstance(extension).getOctets());

    assertThat(identifier.getKeyIdentifierOctets()).isEqualTo(authority.keyIdentifier());
    assertThat(identifier.getAuthorityCertIssuer()).isNull();
  }

  @Test
  void carriesNothingThatTheOriginalSaysOfItsIssuer() throws Exception {
    byte[] any = new DERSequence().getEncoded();
    var shape = CertificateShape.forNames("a.test");
    for (String oid :
        List.of(
            "1.3.6.1.5.5.7.1.1",
            "2.5.29.31",
            "1.3.6.1.4.1.11129.2.4.2",
            "1.3.6.1.5.5.7.1.24",
            "2.5.29.32",
            "2.5.29.30",
            "1.2.3.4")) {
      shape = shape.extension(oid, false, any);
    }
    var leaf = mimic(shape);

    assertThat(leaf.getNonCriticalExtensionOIDs())
        .isEqualTo(Set.of("2.5.29.17", "2.5.29.37", "2.5.29.35", "2.5.29.14"));
    assertThat(leaf.getCriticalExtensionOIDs()).isEqualTo(Set.of("2.5.29.19", "2.5.29.15"));
    assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
  }

  private static Stream<Integer> usage(X509Certificate certificate) {
    boolean[] bits = certificate.getKeyUsage();
    return IntStream.range(0, 9).filter(i -> bits[i]).boxed();
  }

  private X509Certificate withUsage(KeyType key, int bits) throws IOException {
    return mimic(
        CertificateShape.forNames("a.test")
            .key(key)
            .extension("2.5.29.15", true, new KeyUsage(bits).getEncoded()));
  }

  @Test
  void copiesTheKeyUsageAsFarAsAServersKeyOfThatKindCanHaveIt() throws Exception {
    int all = 0x80ff;

    assertThat(usage(mimic(CertificateShape.forNames("a.test")))).containsExactly(0);
    assertThat(
            usage(
                withUsage(KeyType.RSA_2048, KeyUsage.digitalSignature | KeyUsage.keyEncipherment)))
        .containsExactly(0, 2);
    // Every handshake of TLS 1.3 needs a signature.
    assertThat(usage(withUsage(KeyType.RSA_2048, KeyUsage.keyEncipherment))).containsExactly(0, 2);
    assertThat(usage(withUsage(KeyType.RSA_2048, all))).containsExactly(0, 1, 2, 3);
    assertThat(usage(withUsage(KeyType.P256, all))).containsExactly(0, 1, 4, 7, 8);
  }

  @Test
  void marksExtensionsAsCriticalWhereTheOriginalDoes() throws Exception {
    var original =
        CertificateShape.forNames("a.test")
            .extension("2.5.29.15", false, new KeyUsage(KeyUsage.digitalSignature).getEncoded())
            .extension(
                "2.5.29.37", true, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth).getEncoded())
            .extension("2.5.29.19", false, new BasicConstraints(false).getEncoded())
            .extension(
                "2.5.29.17",
                true,
                new GeneralNames(new GeneralName(GeneralName.dNSName, "a.test")).getEncoded());
    var leaf = mimic(original);

    assertThat(leaf.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.37", "2.5.29.17");
    assertThat(leaf.getNonCriticalExtensionOIDs()).contains("2.5.29.15", "2.5.29.19");
  }

  @Test
  void dropsAttributesThatHoldControlCharactersOrGoBeyondTheBounds() {
    var spoiled = mimic(CertificateShape.forNames("a.test").subject("CN=a.test,O=a\\00b,C=DE"));
    assertThat(spoiled.getSubjectX500Principal().getName()).isEqualTo("C=DE,CN=a.test");

    var long1 = "x".repeat(3_000);
    var bounded =
        mimic(
            CertificateShape.forNames("a.test")
                .subject("CN=a.test,OU=" + long1 + ",OU=" + long1 + ",C=DE"));
    assertThat(bounded.getSubjectX500Principal().getName())
        .isEqualTo("C=DE,OU=" + long1 + ",CN=a.test");
  }

  @Test
  void isValidAsLongAsARuleSaysButNoLongerThanTheLimit() {
    var original = seen(root.leaf("a.test"));
    var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    var day = Adaptation.validFor(Duration.ofHours(24));

    assertThat(minter.mimic(NAME, original, day).notAfter())
        .isEqualTo(now.plus(Duration.ofDays(1)));
    assertThat(minter.mimic(NAME, original, Adaptation.validFor(Duration.ofDays(99))).notAfter())
        .isEqualTo(now.plus(Duration.ofDays(7)));
    assertThat(minter.identity(original, day))
        .isNotEqualTo(minter.identity(original, Adaptation.NONE));
    assertThatThrownBy(() -> Adaptation.validFor(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void replacesSoonAStopgapWhoseKeyIsOfAnotherKind() {
    var hasty =
        new MintLimits(
            Duration.ofDays(7),
            Duration.ofDays(1),
            200,
            8192,
            Duration.ofDays(1),
            1_000,
            Duration.ZERO);
    try (var own = new Minter(authority, hasty, Crypto.JAVA, clock, new SecureRandom(), meters)) {
      Leaf leaf =
          own.mimic(
              NAME, seen(root.leaf(CertificateShape.forNames("a.test").key(KeyType.RSA_4096))));

      assertThat(leaf.certificate().getPublicKey().getAlgorithm()).isEqualTo("EC");
      assertThat(leaf.renewAt()).isEqualTo(clock.instant().plusSeconds(10));
    }
  }

  @Test
  void isValidWithinTheOriginalTheAuthorityAndTheLimit() {
    var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    var longer =
        mimic(CertificateShape.forNames("a.test").validUntil(now.plus(Duration.ofDays(99))));
    assertThat(longer.getNotAfter().toInstant()).isEqualTo(now.plus(Duration.ofDays(7)));

    var from = now.minusSeconds(60);
    var until = now.plusSeconds(3600);
    var shorter =
        minter.mimic(
            NAME,
            seen(root.leaf(CertificateShape.forNames("a.test").validFrom(from).validUntil(until))));
    assertThat(shorter.certificate().getNotBefore().toInstant()).isEqualTo(from);
    assertThat(shorter.notAfter()).isEqualTo(until);
    assertThat(shorter.renewAt()).isAfter(until);

    clock.advance(
        Duration.between(
            clock.instant(),
            authority.certificate().getNotAfter().toInstant().minus(Duration.ofDays(1))));
    var future = clock.instant().plus(Duration.ofDays(99));
    assertThat(mimic(CertificateShape.forNames("a.test").validUntil(future)).getNotAfter())
        .isEqualTo(authority.certificate().getNotAfter());
  }

  @Test
  void refusesAnythingButAValidCertificateForTheName() {
    var chain = root.leaf("a.test").chain();
    for (Problem problem : Problem.values()) {
      if (problem != Problem.NONE) {
        var look = new Seen(chain, "TLSv1.3", "", new Verdict(problem, "why"));
        assertThatThrownBy(() -> minter.mimic(NAME, look))
            .isInstanceOf(IllegalStateException.class);
      }
    }
    var valid = new Seen(chain, "TLSv1.3", "", Verdict.VALID);
    assertThatThrownBy(() -> minter.mimic(OriginName.of("b.test"), valid))
        .isInstanceOf(IllegalStateException.class);
    clock.advance(Duration.ofDays(91));
    assertThatThrownBy(() -> minter.mimic(NAME, valid)).isInstanceOf(IllegalStateException.class);
    assertThat(meters.counter("menura.certificates.minted", "class", "trusted").count()).isZero();
  }

  @Test
  void copiesTwoHundredNamesAndOfMoreKeepsTheOneThatWasAskedFor() {
    assertThat(names(200)).hasSize(200);
    assertThat(meters.counter("menura.certificates.names.left.out").count()).isZero();

    assertThat(names(201)).hasSize(200).contains("a.test").contains("x0.test");
    assertThat(meters.counter("menura.certificates.names.left.out").count()).isEqualTo(1);
  }

  /// The one that was asked for comes last.
  private List<String> names(int count) {
    String[] names =
        Stream.concat(
                IntStream.range(0, count - 1).mapToObj("x%d.test"::formatted), Stream.of("a.test"))
            .toArray(String[]::new);
    var leaf = mimic(CertificateShape.forNames(names).subject("CN=a.test"));
    var san = ASN1OctetString.getInstance(leaf.getExtensionValue("2.5.29.17")).getOctets();
    return Stream.of(GeneralNames.getInstance(san).getNames())
        .map(name -> name.getName().toString())
        .toList();
  }

  @Test
  void copiesNamesOfEveryKindButThoseOfPersons() throws Exception {
    var san =
        new GeneralNames(
            new GeneralName[] {
              new GeneralName(GeneralName.dNSName, "a.test"),
              new GeneralName(GeneralName.directoryName, "CN=a"),
              new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://a.test/x"),
              new GeneralName(GeneralName.rfc822Name, "x@a.test"),
              new GeneralName(GeneralName.registeredID, "1.2.3"),
              other("1.3.6.1.5.5.7.8.7", "_https.a.test"),
              other("1.3.6.1.4.1.311.20.2.3", "somebody@corp.internal"),
            });
    var leaf =
        mimic(CertificateShape.forNames("a.test").extension("2.5.29.17", false, san.getEncoded()));
    var copied = ASN1OctetString.getInstance(leaf.getExtensionValue("2.5.29.17")).getOctets();

    assertThat(GeneralNames.getInstance(copied).getNames())
        .containsExactly(java.util.Arrays.copyOf(san.getNames(), 6));
  }

  private static GeneralName other(String type, String value) {
    return new GeneralName(
        GeneralName.otherName,
        new OtherName(new ASN1ObjectIdentifier(type), new DERUTF8String(value)));
  }

  @Test
  void givesEachLeafASerialNumberOfItsOwn() {
    var original = seen(root.leaf("a.test"));
    var serials = new HashSet<BigInteger>();
    for (int i = 0; i < 2_000; i++) {
      BigInteger serial = minter.mimic(NAME, original).certificate().getSerialNumber();
      assertThat(serial.signum()).isPositive();
      assertThat(serial.bitLength()).isLessThanOrEqualTo(128);
      serials.add(serial);
    }

    assertThat(serials).hasSize(2_000);
    assertThat(serials.stream().mapToInt(BigInteger::bitLength).max()).hasValue(128);
  }

  @Test
  void saysThatABlockPageIsOne() throws Exception {
    for (String name : List.of("a.test", "192.0.2.1")) {
      Leaf leaf = minter.blockPage(OriginName.of(name));

      assertThat(leaf.certificate().getSubjectX500Principal().getName())
          .isEqualTo("CN=Menura block page,O=Menura");
      assertThat(
              OpenSsl.verify(
                  data,
                  authority,
                  leaf,
                  name.equals("a.test") ? "-verify_hostname" : "-verify_ip",
                  name))
          .endsWith("leaf.pem: OK\n");
      assertThat(leaf.certificate().getSubjectAlternativeNames()).hasSize(1);
      assertThat(Duration.between(clock.instant(), leaf.notAfter()))
          .isLessThanOrEqualTo(Duration.ofDays(1));
    }
  }

  @Test
  void printsAnOrdinaryServerCertificate() throws Exception {
    String text = OpenSsl.text(data, minter.mimic(NAME, seen(root.leaf("a.test"))));

    assertThat(text)
        .contains("Version: 3 (0x2)")
        .contains("X509v3 Basic Constraints: critical\n                CA:FALSE")
        .contains("X509v3 Key Usage: critical\n                Digital Signature\n")
        .contains("TLS Web Server Authentication\n")
        .contains("DNS:a.test\n");
  }
}

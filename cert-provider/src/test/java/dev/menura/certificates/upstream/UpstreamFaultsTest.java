package dev.menura.certificates.upstream;

import static dev.menura.certificates.upstream.Forge.NOW;
import static dev.menura.certificates.upstream.Forge.dns;
import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.path.Profile;
import dev.menura.certificates.path.X509;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.upstream.Forge.Draft;
import dev.menura.certificates.x509.OriginName;
import dev.menura.certificates.x509.Pem;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERGeneralizedTime;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Faults of origins' certificates, each by its number in the list of attacks, below a root of the
/// public web. What is not named is sound, so that nothing but the fault can be what is refused.
class UpstreamFaultsTest {
  private static final String HOST = "www.a.test";

  private final TestRoot own = TestRoot.create("Menura CA");
  private final Forge root = Forge.root("Root");
  private final Forge between = root.intermediate("Between");

  private Verdict strict(Forge leaf, Forge... others) {
    return judge(Profile.WEBPKI_STRICT, root, HOST, leaf, others);
  }

  private Verdict loose(Forge leaf, Forge... others) {
    return judge(Profile.PRIVATE_CA, root, HOST, leaf, others);
  }

  private Verdict judge(Profile profile, Forge anchor, String host, Forge leaf, Forge... others) {
    var chain = new ArrayList<byte[]>();
    chain.add(leaf.der);
    Arrays.stream(others).forEach(other -> chain.add(other.der));
    return judge(profile, anchor.der, host, chain);
  }

  private Verdict judge(Profile profile, byte[] anchor, String host, List<byte[]> chain) {
    try {
      var certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(anchor));
      var roots = Roots.of(List.of(Pem.certificate(certificate))).heldTo(profile);
      return new Validator(roots, own.certificate(), Clock.fixed(NOW, ZoneOffset.UTC))
          .judge(OriginName.of(host), new SentChain(chain))
          .verdict();
    } catch (java.security.cert.CertificateException e) {
      return new Verdict(Problem.UNTRUSTED, "the root cannot be read");
    }
  }

  private Problem leaf(Consumer<Draft> change) {
    return strict(between.leaf(HOST, change), between).problem();
  }

  private Problem intermediate(Consumer<Draft> change) {
    Forge other = root.intermediate("Other", change);
    return strict(other.leaf(HOST), other).problem();
  }

  private Problem anchor(Consumer<Draft> change) {
    Forge other = Forge.root("Other", change);
    return judge(Profile.WEBPKI_STRICT, other, HOST, other.leaf(HOST)).problem();
  }

  @Test
  void acceptsWhatHasNoFault() {
    assertThat(leaf(_ -> {})).isEqualTo(Problem.NONE);
    assertThat(intermediate(_ -> {})).isEqualTo(Problem.NONE);
    assertThat(anchor(_ -> {})).isEqualTo(Problem.NONE);
  }

  @Test
  void U1_expiredOrNotYetValid() {
    var past = NOW.minusSeconds(1);
    var future = NOW.plusSeconds(1);
    for (var certificate :
        List.<java.util.function.Function<Consumer<Draft>, Problem>>of(
            this::leaf, this::intermediate, this::anchor)) {
      assertThat(certificate.apply(draft -> draft.until(past))).isEqualTo(Problem.EXPIRED);
      assertThat(certificate.apply(draft -> draft.from(future))).isEqualTo(Problem.NOT_YET_VALID);
      assertThat(certificate.apply(draft -> draft.until(NOW).from(NOW))).isEqualTo(Problem.NONE);
    }
    Forge old = root.intermediate("Old", draft -> draft.until(past));
    Verdict verdict = strict(old.leaf(HOST), old);
    assertThat(verdict.certificate()).isEqualTo("CN=Old");
    assertThat(verdict.date()).isEqualTo("2026-06-01T11:59:59Z");
  }

  @Test
  void U2_nobodyVouches() {
    Forge stranger = Forge.root("Stranger");
    Forge namesake = Forge.root("Root");

    assertThat(strict(Forge.root(HOST)).problem()).isEqualTo(Problem.SELF_SIGNED);
    assertThat(strict(stranger.leaf(HOST), stranger).problem()).isEqualTo(Problem.UNTRUSTED_ROOT);
    assertThat(strict(stranger.leaf(HOST)).problem()).isEqualTo(Problem.INCOMPLETE_CHAIN);
    assertThat(strict(namesake.leaf(HOST), namesake).problem()).isEqualTo(Problem.UNTRUSTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "*.test",
        "ww*.a.test",
        "*w.a.test",
        "www.*.test",
        "*.*.test",
        "a.test",
        "*.www.a.test",
        "www.a.test.",
        ".a.test",
        "www..a.test",
        "www.a.test.evil.test"
      })
  void U3_wrongHostNames(String certified) {
    assertThat(leaf(draft -> draft.names(dns(certified)).subject = new X500Name("CN=Nobody")))
        .isIn(Problem.WRONG_HOST, Problem.NOT_IN_FORM);
  }

  @Test
  void U3_commonNamesAndAddressesInTheWrongPlace() {
    assertThat(leaf(draft -> draft.without(Extension.subjectAlternativeName)))
        .isEqualTo(Problem.WRONG_HOST);
    Forge address =
        between.leaf(HOST, draft -> draft.names(dns("192.0.2.1")).subject = new X500Name("CN=x"));
    for (Profile profile : Profile.values()) {
      assertThat(judge(profile, root, "192.0.2.1", address, between).problem())
          .isEqualTo(Problem.WRONG_HOST);
    }
    assertThat(leaf(draft -> draft.subject = new X500Name("CN=other.a.test")))
        .isEqualTo(Problem.NOT_IN_FORM);
    assertThat(leaf(draft -> draft.subject = new X500Name("CN=WWW.a.test")))
        .isEqualTo(Problem.NOT_IN_FORM);
    assertThat(leaf(draft -> draft.subject = new X500Name("CN=192.0.2.1")))
        .isEqualTo(Problem.NOT_IN_FORM);
    assertThat(loose(between.leaf(HOST, d -> d.subject = new X500Name("CN=other.a.test")), between))
        .isEqualTo(Verdict.VALID);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1,192.0.2.1,NONE",
    "192.0.2.1,192.0.2.01,NOT_IN_FORM",
    "192.0.2.1,0xC0.0.2.1,NOT_IN_FORM",
    "2001:db8::1,2001:db8::1,NONE",
    "2001:db8::1,2001:DB8::1,NOT_IN_FORM",
    "2001:db8::1,2001:db8:0::1,NOT_IN_FORM",
    "2001:db8:0:1::1,2001:db8:0:1::1,NONE"
  })
  void U3_commonNamesThatAreAddresses(String address, String common, Problem problem) {
    Forge leaf =
        between.leaf(
            HOST,
            draft -> {
              draft.subject = new X500Name("CN=" + common);
              draft.names(new GeneralName(GeneralName.iPAddress, address));
            });

    assertThat(judge(Profile.WEBPKI_STRICT, root, address, leaf, between).problem())
        .isEqualTo(problem);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"www.a.test\u0000.evil.test", "www a.test", "\twww.a.test", "b\u00fc.test"})
  void U4_bytesThatNoNameHas(String odd) {
    var name = new GeneralName(GeneralName.dNSName, new DERIA5String(odd));

    assertThat(leaf(draft -> draft.names(dns(HOST), name))).isEqualTo(Problem.MALFORMED);
  }

  @Test
  void U4_othersNamesAndSubjects() {
    var other =
        new GeneralName(
            GeneralName.otherName,
            new DERSequence(
                new org.bouncycastle.asn1.ASN1Encodable[] {
                  new ASN1ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"),
                  new DERTaggedObject(true, 0, new DERUTF8String("a\u0000b"))
                }));
    assertThat(leaf(draft -> draft.names(dns(HOST), other))).isEqualTo(Problem.NONE);
    assertThat(leaf(draft -> draft.subject = new X500Name("O=a\u0007b,CN=" + HOST)))
        .isEqualTo(Problem.MALFORMED);
    assertThat(leaf(draft -> draft.names())).isEqualTo(Problem.MALFORMED);
    assertThat(
            leaf(draft -> {
              draft.subject = new X500Name("");
              draft.set(Extension.subjectAlternativeName, false, new DERSequence(dns(HOST)));
            }))
        .isEqualTo(Problem.NOT_IN_FORM);
  }

  @Test
  void U5_thoseWhoMayNotIssue() {
    Forge leaf = between.leaf(HOST);
    assertThat(
            strict(
                    leaf.issue(
                        Forge.newKey(),
                        new X500Name("CN=" + HOST),
                        false,
                        draft -> draft.names(dns(HOST))),
                    leaf,
                    between)
                .problem())
        .isEqualTo(Problem.UNTRUSTED);
    assertThat(intermediate(draft -> draft.version = 1)).isEqualTo(Problem.UNTRUSTED);
    assertThat(intermediate(draft -> draft.without(Extension.basicConstraints)))
        .isEqualTo(Problem.UNTRUSTED);
    assertThat(
            intermediate(
                draft -> draft.set(Extension.keyUsage, true, new KeyUsage(KeyUsage.cRLSign))))
        .isEqualTo(Problem.UNTRUSTED);
    assertThat(
            leaf(draft ->
                draft.set(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign))))
        .isEqualTo(Problem.UNTRUSTED);
    assertThat(
            leaf(draft -> draft.set(Extension.basicConstraints, true, new BasicConstraints(true))))
        .isEqualTo(Problem.UNTRUSTED);
    assertThat(leaf(draft -> draft.version = 1)).isNotEqualTo(Problem.NONE);
    assertThat(anchor(draft -> draft.version = 1)).isEqualTo(Problem.UNTRUSTED);
    assertThat(
            anchor(
                draft -> draft.set(Extension.basicConstraints, false, new BasicConstraints(true))))
        .isEqualTo(Problem.NOT_IN_FORM);
  }

  @ParameterizedTest
  @CsvSource({"0,0,NONE", "0,1,UNTRUSTED", "1,1,NONE", "1,2,UNTRUSTED"})
  void U5_pathLengths(int allowed, int below, Problem problem) {
    for (boolean inAnchor : new boolean[] {true, false}) {
      Consumer<Draft> limit =
          draft -> draft.set(Extension.basicConstraints, true, new BasicConstraints(allowed));
      Forge top = inAnchor ? Forge.root("Top", limit) : root.intermediate("Top", limit);
      Forge last = top;
      var others = new ArrayList<Forge>(List.of(top));
      for (int i = 0; i < below; i++) {
        last = last.intermediate("Below " + i);
        others.add(last);
      }
      assertThat(
              judge(
                      Profile.WEBPKI_STRICT,
                      inAnchor ? top : root,
                      HOST,
                      last.leaf(HOST),
                      others.toArray(Forge[]::new))
                  .problem())
          .isEqualTo(problem);
    }
  }

  @Test
  void U5_thoseWhoNameThemselvesDoNotCount() {
    Forge top =
        root.intermediate(
            "Top", draft -> draft.set(Extension.basicConstraints, true, new BasicConstraints(0)));
    Forge again = top.issue(Forge.newKey(), top.name, true, _ -> {});

    assertThat(strict(again.leaf(HOST), top, again).problem()).isEqualTo(Problem.NONE);
  }

  private static Consumer<Draft> constraints(GeneralName[] permitted, GeneralName[] excluded) {
    return draft ->
        draft.set(
            Extension.nameConstraints,
            true,
            new NameConstraints(trees(permitted), trees(excluded)));
  }

  private static GeneralSubtree @Nullable [] trees(GeneralName[] names) {
    return names.length == 0
        ? null
        : Arrays.stream(names).map(GeneralSubtree::new).toArray(GeneralSubtree[]::new);
  }

  private static GeneralName[] of(GeneralName... names) {
    return names;
  }

  private Problem constrained(Consumer<Draft> constraints, Consumer<Draft> leaf) {
    Forge limited = Forge.root("Limited", constraints);
    Problem inAnchor =
        judge(Profile.WEBPKI_STRICT, limited, HOST, limited.leaf(HOST, leaf)).problem();
    Forge middle = root.intermediate("Limited", constraints);
    assertThat(strict(middle.leaf(HOST, leaf), middle).problem()).isEqualTo(inAnchor);
    return inAnchor;
  }

  @ParameterizedTest
  @CsvSource({
    "www.a.test,a.test,,NONE",
    "www.a.test,www.a.test,,NONE",
    "www.a.test,'',,NONE",
    "www.a.test,w.a.test,,UNTRUSTED",
    "www.a.test,test,,NONE",
    "www.a.test,A.TEST,,NONE",
    "www.a.test,,a.test,UNTRUSTED",
    "www.a.test,,x.a.test,NONE",
    "www.a.test,a.test,www.a.test,UNTRUSTED",
    "*.a.test,,x.a.test,UNTRUSTED",
    "*.a.test,,y.x.a.test,NONE",
    "*.a.test,a.test,,NONE",
    "*.a.test,www.a.test,,UNTRUSTED",
    "*.a.test,,a.test,UNTRUSTED",
    "www.a.test,.a.test,,NOT_IN_FORM",
    "www.a.test,*.a.test,,UNTRUSTED"
  })
  void U6_dnsConstraints(String certified, String permitted, String excluded, Problem problem) {
    assertThat(
            constrained(
                constraints(
                    permitted == null ? of() : of(dns(permitted)),
                    excluded == null ? of() : of(dns(excluded))),
                draft -> {
                  draft.subject = new X500Name("O=Nobody");
                  draft.names(dns(certified));
                }))
        .isEqualTo(problem);
  }

  @Test
  void U6_constraintsOfOtherKinds() {
    var directory = new GeneralName(new X500Name("O=A"));
    var mail = new GeneralName(GeneralName.rfc822Name, "a.test");
    var uri = new GeneralName(GeneralName.uniformResourceIdentifier, ".a.test");
    var id = new GeneralName(GeneralName.registeredID, "1.2.3");
    Consumer<Draft> plain = _ -> {};
    assertThat(constrained(constraints(of(directory), of()), plain)).isEqualTo(Problem.UNTRUSTED);
    assertThat(
            constrained(
                constraints(of(directory), of()),
                draft -> draft.subject = new X500Name("O=\\ a\\ ,CN=" + HOST)))
        .isEqualTo(Problem.NONE);
    assertThat(constrained(constraints(of(mail), of()), plain)).isEqualTo(Problem.NONE);
    assertThat(
            constrained(
                constraints(of(mail), of()),
                draft ->
                    draft.names(dns(HOST), new GeneralName(GeneralName.rfc822Name, "x@b.test"))))
        .isEqualTo(Problem.UNTRUSTED);
    assertThat(
            constrained(
                constraints(of(uri), of()),
                draft ->
                    draft.names(
                        dns(HOST),
                        new GeneralName(
                            GeneralName.uniformResourceIdentifier, "https://x.a.test:8443/b"))))
        .isEqualTo(Problem.NONE);
    assertThat(
            constrained(
                constraints(of(uri), of()),
                draft ->
                    draft.names(
                        dns(HOST),
                        new GeneralName(GeneralName.uniformResourceIdentifier, "urn:a:b"))))
        .isEqualTo(Problem.UNTRUSTED);
    assertThat(constrained(constraints(of(), of(id)), plain)).isEqualTo(Problem.NONE);
    assertThat(constrained(constraints(of(), of(id)), draft -> draft.names(dns(HOST), id)))
        .isEqualTo(Problem.UNTRUSTED);
  }

  @ParameterizedTest
  @CsvSource({
    "c0000200ffffff00,,NONE",
    "c0000300ffffff00,,UNTRUSTED",
    ",c0000200ffffff00,UNTRUSTED",
    ",20010db8000000000000000000000000ffffffff000000000000000000000000,NONE",
    "c0000200,,UNTRUSTED",
    "c0000200ff00ff00,,UNTRUSTED"
  })
  void U6_addressConstraints(String permitted, String excluded, Problem problem) {
    Forge limited = Forge.root("Limited", constraints(address(permitted), address(excluded)));
    Forge leaf =
        limited.leaf(
            HOST,
            draft -> {
              draft.subject = new X500Name("O=Nobody");
              draft.names(new GeneralName(GeneralName.iPAddress, "192.0.2.1"));
            });

    assertThat(judge(Profile.WEBPKI_STRICT, limited, "192.0.2.1", leaf).problem())
        .isEqualTo(problem);
  }

  private static GeneralName[] address(String hex) {
    return hex == null
        ? of()
        : of(
            new GeneralName(
                GeneralName.iPAddress, new DEROctetString(java.util.HexFormat.of().parseHex(hex))));
  }

  @Test
  void U6_constraintsThatAreNone() {
    Consumer<Draft> empty = draft -> draft.set(Extension.nameConstraints, true, new DERSequence());
    assertThat(intermediate(empty)).isEqualTo(Problem.UNTRUSTED);
    assertThat(leaf(constraints(of(dns("a.test")), of()))).isEqualTo(Problem.NOT_IN_FORM);
    Consumer<Draft> distance =
        draft ->
            draft.set(
                Extension.nameConstraints,
                true,
                new NameConstraints(
                    new GeneralSubtree[] {new GeneralSubtree(dns("a.test"), BigInteger.ONE, null)},
                    null));
    assertThat(intermediate(distance)).isEqualTo(Problem.UNTRUSTED);
  }

  @Test
  void U7_weakKeysAndSignatures() throws Exception {
    assertThat(leaf(draft -> draft.algorithm = "SHA1withECDSA")).isEqualTo(Problem.WEAK_SIGNATURE);
    assertThat(intermediate(draft -> draft.algorithm = "SHA1withECDSA"))
        .isEqualTo(Problem.WEAK_SIGNATURE);
    assertThat(anchor(draft -> draft.algorithm = "SHA1withECDSA")).isEqualTo(Problem.NONE);
    for (String curve : List.of("1.2.840.10045.3.1.1", "1.3.132.0.33", "1.3.132.0.10")) {
      assertThat(leaf(draft -> draft.spki = ec(curve))).isEqualTo(Problem.WEAK_KEY);
    }
    assertThat(leaf(draft -> draft.spki = rsa(1024, 65537))).isEqualTo(Problem.WEAK_KEY);
    assertThat(leaf(draft -> draft.spki = rsa(2052, 65537))).isEqualTo(Problem.WEAK_KEY);
    assertThat(leaf(draft -> draft.spki = rsa(2048, 1))).isEqualTo(Problem.WEAK_KEY);
    assertThat(leaf(draft -> draft.spki = rsa(2048, 4))).isEqualTo(Problem.WEAK_KEY);
    assertThat(leaf(draft -> draft.spki = rsa(2048, 3))).isEqualTo(Problem.NONE);
    assertThat(leaf(draft -> draft.spki = rsa(8192, 65537))).isEqualTo(Problem.NONE);
    assertThat(leaf(draft -> draft.spki = rsa(8200, 65537))).isEqualTo(Problem.WEAK_KEY);
    assertThat(leaf(draft -> draft.spki = rsa(2048, 8_589_934_593L))).isEqualTo(Problem.WEAK_KEY);
    assertThat(anchor(draft -> draft.spki = rsa(1024, 65537))).isEqualTo(Problem.WEAK_KEY);
    var generator = KeyPairGenerator.getInstance("DSA");
    generator.initialize(2048);
    KeyPair dsa = generator.generateKeyPair();
    assertThat(leaf(draft -> draft.spki = Forge.spki(dsa))).isEqualTo(Problem.WEAK_KEY);
  }

  private static SubjectPublicKeyInfo rsa(int bits, long exponent) {
    try {
      var modulus = BigInteger.ONE.shiftLeft(bits - 1).setBit(0);
      return new SubjectPublicKeyInfo(
          new org.bouncycastle.asn1.x509.AlgorithmIdentifier(
              new ASN1ObjectIdentifier("1.2.840.113549.1.1.1"), DERNull.INSTANCE),
          new org.bouncycastle.asn1.pkcs.RSAPublicKey(modulus, BigInteger.valueOf(exponent)));
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SubjectPublicKeyInfo ec(String curve) {
    return new SubjectPublicKeyInfo(
        new org.bouncycastle.asn1.x509.AlgorithmIdentifier(
            new ASN1ObjectIdentifier("1.2.840.10045.2.1"), new ASN1ObjectIdentifier(curve)),
        new byte[] {4, 1, 2});
  }

  @Test
  void U8_purposesAndExtensions() throws Exception {
    for (KeyPurposeId purpose :
        List.of(KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_codeSigning)) {
      Consumer<Draft> other =
          draft -> draft.set(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
      assertThat(leaf(other)).isEqualTo(Problem.UNTRUSTED);
      assertThat(intermediate(other)).isEqualTo(Problem.UNTRUSTED);
    }
    assertThat(
            leaf(draft ->
                draft.set(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyEncipherment))))
        .isEqualTo(Problem.UNTRUSTED);
    var unknown = new ASN1ObjectIdentifier("1.2.3.4.5");
    assertThat(leaf(draft -> draft.set(unknown, true, DERNull.INSTANCE)))
        .isEqualTo(Problem.UNTRUSTED);
    assertThat(intermediate(draft -> draft.set(unknown, true, DERNull.INSTANCE)))
        .isEqualTo(Problem.UNTRUSTED);
    assertThat(anchor(draft -> draft.set(unknown, true, DERNull.INSTANCE)))
        .isEqualTo(Problem.UNTRUSTED);
    assertThat(leaf(draft -> draft.set(unknown, false, DERNull.INSTANCE))).isEqualTo(Problem.NONE);
    assertThat(leaf(draft -> draft.doubled.addAll(draft.extensions.values())))
        .isEqualTo(Problem.MALFORMED);
  }

  @Test
  void U8_malformedEncodings() {
    Forge sound = between.leaf(HOST);
    byte[] longer = Arrays.copyOf(sound.der, sound.der.length + 1);
    byte[] cut = Arrays.copyOf(sound.der, sound.der.length - 1);
    for (byte[] der : List.of(longer, cut, new byte[0], new byte[] {0x30, 0})) {
      assertThat(judge(Profile.PRIVATE_CA, root.der, HOST, List.of(der, between.der)).problem())
          .isEqualTo(Problem.MALFORMED);
    }
    for (ASN1ObjectIdentifier known :
        List.of(
            Extension.basicConstraints,
            Extension.keyUsage,
            Extension.extendedKeyUsage,
            Extension.subjectAlternativeName,
            Extension.authorityInfoAccess,
            Extension.authorityKeyIdentifier,
            Extension.cRLDistributionPoints)) {
      for (byte[] value : List.of(new byte[] {5, 0}, new byte[] {0x30, 1}, new byte[] {1, 1, 1})) {
        assertThat(
                loose(between.leaf(HOST, draft -> draft.raw(known, false, value)), between)
                    .problem())
            .isEqualTo(Problem.MALFORMED);
      }
    }
  }

  @Test
  void U8_formsOfTheFields() {
    List<Consumer<Draft>> broken =
        List.of(
            draft -> draft.serial = BigInteger.ZERO,
            draft -> draft.serial = BigInteger.valueOf(-5),
            draft -> draft.serial = BigInteger.ONE.shiftLeft(160),
            draft -> draft.without(Extension.authorityKeyIdentifier),
            draft -> draft.set(Extension.authorityKeyIdentifier, false, new DERSequence()),
            draft -> draft.notAfter = new DERGeneralizedTime("20270101000000Z"),
            draft ->
                draft.set(
                    Extension.extendedKeyUsage,
                    true,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth)),
            draft ->
                draft.set(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.anyExtendedKeyUsage)),
            draft ->
                draft.set(
                    Extension.subjectAlternativeName,
                    true,
                    new org.bouncycastle.asn1.x509.GeneralNames(dns(HOST))),
            draft -> draft.names(dns(HOST), dns("under_score.a.test")));
    for (Consumer<Draft> change : broken) {
      Forge leaf = between.leaf(HOST, change);
      assertThat(strict(leaf, between).problem()).isEqualTo(Problem.NOT_IN_FORM);
      assertThat(loose(leaf, between)).isEqualTo(Verdict.VALID);
    }
    assertThat(leaf(draft -> draft.serial = BigInteger.ONE.shiftLeft(158))).isEqualTo(Problem.NONE);
    assertThat(leaf(draft -> draft.notAfter = new DERGeneralizedTime("20610101000000Z")))
        .isEqualTo(Problem.NONE);
    Forge late =
        between.leaf(HOST, draft -> draft.notAfter = new DERGeneralizedTime("20610101000000Z"));
    for (String odd : List.of("206101010000.5Z", "206101010000+01", "2061010100000 Z")) {
      byte[] der = replaced(late.der, "20610101000000Z", odd);
      assertThat(judge(Profile.PRIVATE_CA, root.der, HOST, List.of(der, between.der)).problem())
          .isEqualTo(Problem.MALFORMED);
    }
    assertThat(leaf(draft -> draft.issuer = new X500Name(""))).isNotEqualTo(Problem.NONE);
  }

  private static byte[] replaced(byte[] der, String text, String by) {
    var latin = java.nio.charset.StandardCharsets.ISO_8859_1;
    return new String(der, latin).replace(text, by).getBytes(latin);
  }

  @Test
  void U8_policiesThatAuthoritiesDemand() {
    var demand = new DERSequence(new DERTaggedObject(false, 0, new ASN1Integer(0)));
    Consumer<Draft> asks = draft -> draft.set(Extension.policyConstraints, true, demand);
    Consumer<Draft> has =
        draft ->
            draft.set(
                Extension.certificatePolicies,
                false,
                new DERSequence(new DERSequence(new ASN1ObjectIdentifier("2.23.140.1.2.1"))));
    Forge demanding = root.intermediate("Demanding", asks.andThen(has));

    assertThat(strict(demanding.leaf(HOST), demanding).problem()).isEqualTo(Problem.UNTRUSTED);
    assertThat(strict(demanding.leaf(HOST, has), demanding).problem()).isEqualTo(Problem.NONE);
    assertThat(intermediate(draft -> draft.set(Extension.policyConstraints, false, demand)))
        .isNotEqualTo(Problem.NONE);
  }

  @Test
  void U10_waysThatLeadAstray() {
    Forge oldRoot = Forge.root("Old root");
    Forge crossed = root.crossSignedBy(oldRoot, draft -> draft.until(NOW.minusSeconds(1)));
    Forge loop = between.crossSignedBy(between, _ -> {});
    Forge leaf = between.leaf(HOST);
    Forge revoked = between.crossSignedBy(root, draft -> draft.until(NOW.minusSeconds(1)));

    assertThat(strict(leaf, crossed, loop, revoked, between, between, leaf).problem())
        .isEqualTo(Problem.NONE);
    assertThat(strict(leaf, between, crossed, oldRoot).problem()).isEqualTo(Problem.NONE);
    assertThat(strict(leaf).problem()).isEqualTo(Problem.INCOMPLETE_CHAIN);
  }

  @Test
  void U10_boundsTheWorkOnAHundredCertificatesThatSignEachOther() {
    var authorities = new ArrayList<Forge>();
    Forge first = Forge.root("Loop");
    for (int i = 0; i < 98; i++) {
      Forge other = authorities.isEmpty() ? first : authorities.getLast();
      authorities.add(other.issue(Forge.newKey(), first.name, true, _ -> {}));
    }
    Forge leaf = authorities.getLast().leaf(HOST);
    long start = System.nanoTime();

    assertThat(strict(leaf, authorities.toArray(Forge[]::new)).isValid()).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void U11_boundsTheWorkOnNamesAndConstraints() {
    var names = new GeneralName[1_000];
    var constraints = new GeneralName[1_000];
    for (int i = 0; i < names.length; i++) {
      names[i] = i == 0 ? dns(HOST) : dns("x" + i + ".a.test");
      constraints[i] = dns("y" + i + ".a.test");
    }
    Forge limited = root.intermediate("Limited", constraints(of(), constraints));

    Verdict verdict = strict(limited.leaf(HOST, draft -> draft.names(names)), limited);
    assertThat(verdict.problem()).isEqualTo(Problem.UNTRUSTED);
    assertThat(verdict.detail()).contains("too many names and name constraints");
  }

  @Test
  void U13_authoritiesKnownForInterception() throws Exception {
    String pems;
    try (var in = getClass().getResourceAsStream("/denied/shipped-with-keys.pem")) {
      pems = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII);
    }
    var denied = Denied.shipped();
    assertThat(denied.size()).isGreaterThan(40);
    var found = Pem.readCertificates(pems);
    assertThat(found).hasSize(3);
    for (X509Certificate certificate : found) {
      var read = X509.parse(certificate.getEncoded());
      assertThat(denied.nameOf(read)).isPresent();
      assertThat(
              judge(
                      Profile.PRIVATE_CA,
                      root.der,
                      HOST,
                      List.of(between.leaf(HOST).der, between.der, certificate.getEncoded()))
                  .problem())
          .isEqualTo(Problem.KNOWN_INTERCEPTION);
    }
  }

  @Test
  void U14_modernKeysAndSignatures() throws Exception {
    for (String algorithm : List.of("SHA256withECDSA", "SHA384withECDSA", "SHA512withECDSA")) {
      assertThat(leaf(draft -> draft.algorithm = algorithm)).isEqualTo(Problem.NONE);
    }
    var rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4));
    KeyPair key = rsa.generateKeyPair();
    Forge issuer = root.issue(key, new X500Name("CN=RSA"), true, _ -> {});
    for (String algorithm : List.of("SHA256withRSA", "SHA384withRSA", "SHA512withRSA")) {
      assertThat(strict(issuer.leaf(HOST, d -> d.algorithm = algorithm), issuer).problem())
          .isEqualTo(Problem.NONE);
    }
    KeyPair edwards = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    assertThat(leaf(draft -> draft.spki = Forge.spki(edwards))).isEqualTo(Problem.NONE);
  }
}

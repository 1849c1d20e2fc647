package dev.menura.certificates.upstream;

import static dev.menura.certificates.upstream.Forge.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.menura.certificates.path.Profile;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.upstream.Forge.Draft;
import dev.menura.certificates.x509.OriginName;
import dev.menura.certificates.x509.Pem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cms.CMSAbsentContent;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What issuers are asked, and what their answers change; over real connections to this machine.
class InquiryTest {
  private static final OriginName NAME = OriginName.of("www.a.test");
  private static final Instant LONG_AGO = NOW.minus(Duration.ofDays(3));

  private final TestRoot own = TestRoot.create("Menura CA");
  private final Forge root = Forge.root("Root");
  private final Forge between = root.intermediate("Between");
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer issuer;

  @BeforeEach
  void start() throws IOException {
    issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    issuer.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          asked.add(exchange.getRequestMethod() + " " + path);
          exchange.getRequestBody().readAllBytes();
          byte[] file = files.get(path);
          if (file == null) {
            exchange.sendResponseHeaders(404, -1);
          } else {
            exchange.sendResponseHeaders(200, file.length == 0 ? -1 : file.length);
            exchange.getResponseBody().write(file);
          }
          exchange.close();
        });
    issuer.start();
  }

  @AfterEach
  void stop() {
    issuer.stop(0);
  }

  private String at(String path) {
    return "http://issuer.test:" + issuer.getAddress().getPort() + path;
  }

  /// One gateway, with all that it learns.
  private final class Gateway {
    private final Knowledge knowledge;
    private final Validator validator;
    private final Inquiry inquiry;

    Gateway(RevocationMode mode) throws Exception {
      this(mode, (_, _) -> List.of(InetAddress.getLoopbackAddress()));
    }

    Gateway(RevocationMode mode, AllowedAddresses allowed) throws Exception {
      knowledge = new Knowledge(mode);
      var certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(root.der));
      var roots = Roots.of(List.of(Pem.certificate(certificate))).heldTo(Profile.WEBPKI_STRICT);
      var clock = Clock.fixed(NOW, ZoneOffset.UTC);
      validator = new Validator(roots, List.of(own.certificate()), clock, knowledge);
      inquiry = new Inquiry(knowledge, clock);
      inquiry.fetch(new HttpFetch(allowed));
    }

    Verdict judge(Forge leaf, Forge... others) {
      return judge(Optional.empty(), leaf, others);
    }

    Verdict judge(Optional<byte[]> staple, Forge leaf, Forge... others) {
      var chain = new ArrayList<byte[]>();
      chain.add(leaf.der);
      List.of(others).forEach(other -> chain.add(other.der));
      return inquiry.judge(
          validator,
          NAME,
          new Captured(new SentChain(chain), "TLSv1.3", "", staple.map(Staple::new)));
    }
  }

  private Consumer<Draft> issuedFrom(String path) {
    return access(AccessDescription.id_ad_caIssuers, path);
  }

  private Consumer<Draft> asks(String path) {
    return access(AccessDescription.id_ad_ocsp, path);
  }

  private Consumer<Draft> access(ASN1ObjectIdentifier method, String path) {
    return draft ->
        draft.set(
            Extension.authorityInfoAccess,
            false,
            new AuthorityInformationAccess(
                method, new GeneralName(GeneralName.uniformResourceIdentifier, at(path))));
  }

  private Consumer<Draft> listedAt(String path) {
    return draft ->
        draft.set(
            Extension.cRLDistributionPoints,
            false,
            new CRLDistPoint(
                new DistributionPoint[] {new DistributionPoint(place(path), null, null)}));
  }

  private DistributionPointName place(String path) {
    return new DistributionPointName(
        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, at(path))));
  }

  @Test
  void U10_fetchesTheIntermediateThatWasNotSentAndSaysSo() throws Exception {
    files.put("/between.der", between.der);
    Forge leaf = between.leaf("www.a.test", issuedFrom("/between.der"));
    var gateway = new Gateway(RevocationMode.OFF);

    Verdict verdict = gateway.judge(leaf);
    assertThat(verdict.isValid()).isTrue();
    assertThat(verdict.supplied())
        .singleElement()
        .satisfies(one -> assertThat(one.getEncoded()).isEqualTo(between.der));
    assertThat(asked).containsExactly("GET /between.der");
    // The second time it is known; nobody is asked, and a validator that asks nobody finds it too.
    assertThat(gateway.judge(leaf).isValid()).isTrue();
    assertThat(gateway.validator.judge(NAME, new SentChain(List.of(leaf.der))).verdict().isValid())
        .isTrue();
    assertThat(asked).hasSize(1);
  }

  @Test
  void fetchesSeveralIntermediatesOneAboveTheOther() throws Exception {
    Forge upper = root.intermediate("Upper");
    Forge lower = upper.intermediate("Lower", issuedFrom("/upper.der"));
    files.put("/upper.der", upper.der);
    files.put("/lower.der", lower.der);
    Forge leaf = lower.leaf("www.a.test", issuedFrom("/lower.der"));

    assertThat(new Gateway(RevocationMode.OFF).judge(leaf).supplied()).hasSize(2);
  }

  @Test
  void readsIssuersFromAMessageThatHoldsSeveral() throws Exception {
    var generator = new CMSSignedDataGenerator();
    generator.addCertificate(new X509CertificateHolder(Forge.root("Other").der));
    generator.addCertificate(new X509CertificateHolder(between.der));
    files.put("/all.p7c", generator.generate(new CMSAbsentContent()).getEncoded("DER"));
    Forge leaf = between.leaf("www.a.test", issuedFrom("/all.p7c"));

    assertThat(new Gateway(RevocationMode.OFF).judge(leaf).supplied()).hasSize(1);
  }

  @Test
  void fetchesNothingFromAnAddressThatIsNotAllowed() throws Exception {
    files.put("/between.der", between.der);
    Forge leaf = between.leaf("www.a.test", issuedFrom("/between.der"));

    assertThat(new Gateway(RevocationMode.OFF, AllowedAddresses.NONE).judge(leaf).problem())
        .isEqualTo(Problem.INCOMPLETE_CHAIN);
    assertThat(asked).isEmpty();
  }

  @Test
  void staysIncompleteWhereTheAnswerIsAbsentUselessOrTooLarge() throws Exception {
    files.put("/useless", new byte[] {1, 2, 3});
    files.put("/large", new byte[70_000]);
    files.put("/other", Forge.root("Other").der);
    for (String path : List.of("/absent", "/useless", "/large", "/other")) {
      Forge leaf = between.leaf("www.a.test", issuedFrom(path));
      assertThat(new Gateway(RevocationMode.OFF).judge(leaf).problem())
          .isEqualTo(Problem.INCOMPLETE_CHAIN);
    }
  }

  @Test
  void asksNobodyAboutAChainThatCannotBecomeValid() throws Exception {
    Forge leaf = between.leaf("www.a.test", asks("/ocsp"));
    var gateway = new Gateway(RevocationMode.HARD);

    assertThat(
            gateway
                .inquiry
                .judge(
                    gateway.validator,
                    OriginName.of("b.test"),
                    new Captured(
                        new SentChain(List.of(leaf.der, between.der)), "", "", Optional.empty()))
                .problem())
        .isEqualTo(Problem.WRONG_HOST);
    assertThat(asked).isEmpty();
  }

  private byte[] answer(Forge leaf, CertificateStatus status, Instant until) throws Exception {
    return answer(leaf, status, until, between, null);
  }

  private byte[] answer(
      Forge leaf, CertificateStatus status, Instant until, Forge signer, @Nullable Forge delegate)
      throws Exception {
    var digests = new JcaDigestCalculatorProviderBuilder().build();
    var id =
        new CertificateID(
            digests.get(CertificateID.HASH_SHA1),
            new X509CertificateHolder(between.der),
            new X509CertificateHolder(leaf.der).getSerialNumber());
    var builder =
        new BasicOCSPRespBuilder(new RespID(new X509CertificateHolder(signer.der).getSubject()));
    builder.addResponse(id, status, Date.from(LONG_AGO), Date.from(until));
    var basic =
        builder.build(
            new JcaContentSignerBuilder("SHA256withECDSA").build(signer.key.getPrivate()),
            delegate == null
                ? null
                : new X509CertificateHolder[] {new X509CertificateHolder(delegate.der)},
            Date.from(LONG_AGO));
    return new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, basic).getEncoded();
  }

  private static CertificateStatus revoked() {
    return new RevokedStatus(Date.from(LONG_AGO), CRLReason.keyCompromise);
  }

  private static final Instant LATER = NOW.plus(Duration.ofDays(2));

  @Test
  void U9_believesAStapledAnswer() throws Exception {
    Forge leaf = between.leaf("www.a.test", asks("/ocsp"));
    var good = Optional.of(answer(leaf, CertificateStatus.GOOD, LATER));
    var bad = Optional.of(answer(leaf, revoked(), LATER));

    assertThat(new Gateway(RevocationMode.HARD).judge(good, leaf, between).revocation())
        .isEqualTo(Revocation.GOOD);
    for (RevocationMode mode : List.of(RevocationMode.SOFT, RevocationMode.HARD)) {
      Verdict verdict = new Gateway(mode).judge(bad, leaf, between);
      assertThat(verdict.problem()).isEqualTo(Problem.REVOKED);
      assertThat(verdict.date()).isEqualTo(LONG_AGO.toString());
    }
    assertThat(new Gateway(RevocationMode.OFF).judge(bad, leaf, between).revocation())
        .isEqualTo(Revocation.NOT_ASKED);
    assertThat(asked).isEmpty();
  }

  @Test
  void U9_doesNotBelieveAStaleAForeignOrABrokenStaple() throws Exception {
    Forge leaf = between.leaf("www.a.test", asks("/ocsp"));
    Forge other = between.leaf("www.a.test", draft -> draft.serial = BigInteger.TEN);
    Forge stranger = Forge.root("Stranger");
    List<byte[]> useless =
        List.of(
            answer(leaf, CertificateStatus.GOOD, NOW.minusSeconds(1)),
            answer(other, CertificateStatus.GOOD, LATER),
            answer(leaf, CertificateStatus.GOOD, LATER, stranger, null),
            answer(leaf, CertificateStatus.GOOD, LATER, stranger, stranger),
            new byte[] {1, 2, 3});
    for (byte[] staple : useless) {
      var soft = new Gateway(RevocationMode.SOFT).judge(Optional.of(staple), leaf, between);
      assertThat(soft.isValid()).isTrue();
      assertThat(soft.revocation()).isEqualTo(Revocation.UNKNOWN);
      var hard = new Gateway(RevocationMode.HARD).judge(Optional.of(staple), leaf, between);
      assertThat(hard.problem()).isEqualTo(Problem.REVOCATION_UNKNOWN);
    }
  }

  @Test
  void U9_believesAResponderThatTheIssuerMadeOne() throws Exception {
    Forge leaf = between.leaf("www.a.test", asks("/ocsp"));
    Consumer<Draft> signs =
        draft ->
            draft.set(
                Extension.extendedKeyUsage,
                false,
                new ExtendedKeyUsage(KeyPurposeId.id_kp_OCSPSigning));
    Forge responder = between.leaf("responder.test", signs);
    Forge pretender = between.leaf("responder.test");

    assertThat(
            new Gateway(RevocationMode.HARD)
                .judge(
                    Optional.of(answer(leaf, CertificateStatus.GOOD, LATER, responder, responder)),
                    leaf,
                    between)
                .revocation())
        .isEqualTo(Revocation.GOOD);
    assertThat(
            new Gateway(RevocationMode.HARD)
                .judge(
                    Optional.of(answer(leaf, CertificateStatus.GOOD, LATER, pretender, pretender)),
                    leaf,
                    between)
                .problem())
        .isEqualTo(Problem.REVOCATION_UNKNOWN);
  }

  @Test
  void U9_demandsTheStapleThatACertificatePromises() throws Exception {
    Consumer<Draft> promise =
        draft ->
            draft.set(
                new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.24"),
                false,
                new DERSequence(new ASN1Integer(5)));
    Forge leaf = between.leaf("www.a.test", promise.andThen(asks("/ocsp")));
    byte[] good = answer(leaf, CertificateStatus.GOOD, LATER);
    files.put("/ocsp", good);

    assertThat(new Gateway(RevocationMode.SOFT).judge(leaf, between).problem())
        .isEqualTo(Problem.REVOCATION_UNKNOWN);
    assertThat(new Gateway(RevocationMode.SOFT).judge(Optional.of(good), leaf, between).isValid())
        .isTrue();
  }

  @Test
  void U9_asksTheIssuerWhereNothingIsStapledAndRemembersTheAnswer() throws Exception {
    Forge leaf = between.leaf("www.a.test", asks("/ocsp"));
    files.put("/ocsp", answer(leaf, CertificateStatus.GOOD, LATER));
    var gateway = new Gateway(RevocationMode.SOFT);

    assertThat(gateway.judge(leaf, between).revocation()).isEqualTo(Revocation.GOOD);
    assertThat(gateway.judge(leaf, between).revocation()).isEqualTo(Revocation.GOOD);
    assertThat(asked).containsExactly("POST /ocsp");

    files.put("/ocsp", answer(leaf, revoked(), LATER));
    assertThat(new Gateway(RevocationMode.SOFT).judge(leaf, between).problem())
        .isEqualTo(Problem.REVOKED);
    files.clear();
    assertThat(new Gateway(RevocationMode.SOFT).judge(leaf, between).revocation())
        .isEqualTo(Revocation.UNKNOWN);
    assertThat(new Gateway(RevocationMode.HARD).judge(leaf, between).problem())
        .isEqualTo(Problem.REVOCATION_UNKNOWN);
  }

  private byte[] list(Instant until, Consumer<X509v2CRLBuilder> change) throws Exception {
    var builder = new X509v2CRLBuilder(new X500Name("CN=Between"), Date.from(LONG_AGO));
    builder.setNextUpdate(Date.from(until));
    change.accept(builder);
    return builder
        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(between.key.getPrivate()))
        .getEncoded();
  }

  @Test
  void U9_readsTheIssuersList() throws Exception {
    Forge leaf = between.leaf("www.a.test", listedAt("/list.crl"));
    files.put("/list.crl", list(LATER, _ -> {}));
    assertThat(new Gateway(RevocationMode.HARD).judge(leaf, between).revocation())
        .isEqualTo(Revocation.GOOD);

    BigInteger serial = new X509CertificateHolder(leaf.der).getSerialNumber();
    files.put(
        "/list.crl",
        list(
            LATER,
            builder -> builder.addCRLEntry(serial, Date.from(LONG_AGO), CRLReason.keyCompromise)));
    assertThat(new Gateway(RevocationMode.SOFT).judge(leaf, between).problem())
        .isEqualTo(Problem.REVOKED);
    assertThat(asked).containsExactly("GET /list.crl", "GET /list.crl");
  }

  @Test
  void U9_doesNotBelieveListsThatAreStaleOrOfAnotherKind() throws Exception {
    Forge leaf = between.leaf("www.a.test", listedAt("/list.crl"));
    List<byte[]> useless =
        List.of(
            list(NOW.minusSeconds(1), _ -> {}),
            list(LATER, builder -> add(builder, Extension.cRLNumber, new ASN1Integer(1))),
            list(LATER, builder -> add(builder, Extension.deltaCRLIndicator, new ASN1Integer(1))),
            list(
                LATER,
                builder ->
                    add(
                        builder,
                        Extension.issuingDistributionPoint,
                        new IssuingDistributionPoint(
                            place("/other.crl"), false, false, null, false, false))),
            list(
                LATER,
                builder ->
                    add(
                        builder,
                        Extension.issuingDistributionPoint,
                        new IssuingDistributionPoint(
                            place("/list.crl"), false, true, null, false, false))));
    for (byte[] list : useless) {
      files.put("/list.crl", list);
      assertThat(new Gateway(RevocationMode.HARD).judge(leaf, between).problem())
          .isEqualTo(Problem.REVOCATION_UNKNOWN);
      assertThat(new Gateway(RevocationMode.SOFT).judge(leaf, between).revocation())
          .isEqualTo(Revocation.UNKNOWN);
    }
    files.put(
        "/list.crl",
        list(
            LATER,
            builder ->
                add(
                    builder,
                    Extension.issuingDistributionPoint,
                    new IssuingDistributionPoint(
                        place("/list.crl"), true, false, null, false, false))));
    assertThat(new Gateway(RevocationMode.HARD).judge(leaf, between).revocation())
        .isEqualTo(Revocation.GOOD);
  }

  private static void add(
      X509v2CRLBuilder builder,
      ASN1ObjectIdentifier oid,
      org.bouncycastle.asn1.ASN1Encodable value) {
    try {
      builder.addExtension(oid, true, value);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void takesACertificateWhoseIssuerOffersNoWayToAskEvenWhereItWouldInsist() throws Exception {
    Verdict verdict = new Gateway(RevocationMode.HARD).judge(between.leaf("www.a.test"), between);

    assertThat(verdict.isValid()).isTrue();
    assertThat(verdict.revocation()).isEqualTo(Revocation.NOT_OFFERED);
  }
}

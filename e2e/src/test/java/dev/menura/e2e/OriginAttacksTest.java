package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.menura.certificates.testing.CertificateShape;
import dev.menura.certificates.testing.CertificateShape.Digest;
import dev.menura.certificates.testing.CertificateShape.KeyType;
import dev.menura.certificates.testing.CertificateShape.Purpose;
import dev.menura.certificates.testing.TestCertificate;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.x509.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What origins may present that is wrong, by its number in `docs/attacks.md`, over real
/// connections: the client gets the page, the origin no request, the event the reason.
@ExtendWith(Failures.class)
class OriginAttacksTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";
  private static final Path SHIPPED_WITH_KEYS =
      Path.of("../cert-provider/src/test/resources/denied/shipped-with-keys.pem");

  @TempDir private static Path folder;
  private static Lab lab;
  private static int hosts;

  @BeforeAll
  static void start() {
    lab = Lab.start(folder, ALLOW);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  /// A host that nothing is remembered of.
  private static String host() {
    return "h" + hosts++ + ".test";
  }

  private static CertificateShape shape(String host) {
    return CertificateShape.forNames(host);
  }

  private static void refused(String problem, String host, TestCertificate presented) {
    refused(problem, host, presented.chainPem(), presented.keyPem());
  }

  private static void refused(String problem, String host, String chain, String key) {
    try (var origin = Origin.hostile(folder, chain, key)) {
      var answer = Curl.through(lab, origin.url(host, "/"), "--http1.1", "-d", "a secret");
      assertThat(answer.status()).as(answer.log()).isEqualTo(403);
      assertThat(answer.body()).contains("certificate-" + problem);
      assertThat(answer.log()).contains("CN=Menura block page");
      assertThat(origin.requests()).isZero();
      var event = lab.awaitConnection(host);
      assertThat(event.common().reason()).isEqualTo("certificate-" + problem);
      assertThat(event.tls().shown()).isEqualTo("block-page");
    }
  }

  private static void reached(String host, TestCertificate presented) {
    try (var origin = Origin.tls(folder, presented)) {
      var answer = Curl.through(lab, origin.url(host, "/"));
      assertThat(answer.status()).as(answer.body() + answer.log()).isEqualTo(200);
      assertThat(answer.issuer()).contains("Menura CA");
    }
  }

  private static byte[] der(ASN1Encodable value) {
    try {
      return value.toASN1Primitive().getEncoded("DER");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static CertificateShape with(
      CertificateShape shape, org.bouncycastle.asn1.ASN1ObjectIdentifier oid, ASN1Encodable value) {
    return shape.extension(oid.getId(), /* critical= */ true, der(value));
  }

  @Test
  void u1ExpiredOrNotYetValidLeavesAndIntermediatesAreRefused() {
    var past = Instant.now().minus(Duration.ofHours(1));
    var future = Instant.now().plus(Duration.ofHours(1));
    var expired = host();
    refused("expired", expired, lab.root.leaf(shape(expired).validUntil(past)));
    var early = host();
    refused("not-yet-valid", early, lab.root.leaf(shape(early).validFrom(future)));
    var above = CertificateShape.forAuthority("Above");
    var old = host();
    refused("expired", old, lab.root.intermediate(above.validUntil(past)).leaf(old));
    var young = host();
    refused("not-yet-valid", young, lab.root.intermediate(above.validFrom(future)).leaf(young));
  }

  @Test
  void u1AnExpiredRootIsRefused() {
    var past = Instant.now().minus(Duration.ofHours(1));
    var old =
        TestRoot.create(
            CertificateShape.forAuthority("Old root").validUntil(past), Clock.systemUTC());
    try {
      lab.trust("webpki-strict", lab.root.pem() + old.pem(), ALLOW);
      var host = host();
      refused("expired", host, old.leaf(host));
    } finally {
      lab.documents(Lab.policy(ALLOW));
    }
  }

  @Test
  void u2ThoseForWhomNobodyVouchesAreRefused() {
    var alone = host();
    refused("self-signed", alone, FlawedOriginTest.selfSigned(alone));
    var foreign = host();
    var stranger = TestRoot.create("Stranger");
    refused(
        "untrusted-root",
        foreign,
        stranger.leaf(foreign).sentWith(List.of(stranger.certificate())));
    var unknown = host();
    refused("incomplete-chain", unknown, stranger.leaf(unknown));
    var fake = host();
    var namesake = TestRoot.create("Menura test origins");
    refused("untrusted", fake, namesake.leaf(fake).sentWith(List.of(namesake.certificate())));
  }

  @Test
  void u3CertificatesForOtherNamesAreRefused() {
    for (String certified : List.of("other.test", "*", "*.test.test", "h*.test", "a.*.test")) {
      var host = host();
      refused("wrong-host", host, lab.root.leaf(shape(certified).subject("CN=Somebody")));
    }
    var common = host();
    refused(
        "wrong-host", common, lab.root.leaf(CertificateShape.forNames().subject("CN=" + common)));
  }

  @Test
  void u3AnAddressInTheWrongPlaceIsRefused() {
    var name = new GeneralName(GeneralName.dNSName, new DERIA5String("127.0.0.1"));
    for (CertificateShape shape :
        List.of(
            CertificateShape.forNames().subject("CN=127.0.0.1"),
            with(
                CertificateShape.forNames().subject("CN=127.0.0.1"),
                Extension.subjectAlternativeName,
                new GeneralNames(name)))) {
      var presented = lab.root.leaf(shape);
      try (var origin = Origin.hostile(folder, presented.chainPem(), presented.keyPem())) {
        var answer = Curl.through(lab, origin.url("127.0.0.1", "/"), "-k");
        assertThat(answer.status()).as(answer.log()).isZero();
        assertThat(answer.issuer()).doesNotContain("Menura CA");
        assertThat(origin.requests()).isZero();
        assertThat(lab.awaitConnection("127.0.0.1").common().reason())
            .isEqualTo("certificate-wrong-host");
      }
    }
  }

  @Test
  void u4OddBytesInNamesAreRefusedAndCopiedNowhere() throws Exception {
    for (String odd : List.of("\u0000.evil.test", " x", "\u0007", "\r\nx: <b>", "\u00fc")) {
      var host = host();
      var names =
          new GeneralNames(
              new GeneralName[] {
                new GeneralName(GeneralName.dNSName, host),
                new GeneralName(GeneralName.dNSName, new DERIA5String(host + odd))
              });
      refused(
          "malformed",
          host,
          lab.root.leaf(
              with(
                  CertificateShape.forNames().subject("CN=" + host),
                  Extension.subjectAlternativeName,
                  names)));
      assertThat(lab.awaitConnection(host).toString()).doesNotContain("\u0000", "\u0007", "\r");
    }
    var subject = host();
    var presented = lab.root.leaf(shape(subject).subject("O=a\u0007<script>,CN=" + subject));
    refused("malformed", subject, presented);
    try (var origin = Origin.hostile(folder, presented.chainPem(), presented.keyPem())) {
      assertThat(Curl.through(lab, origin.url(subject, "/")).body())
          .doesNotContain("<script>", "\u0007");
    }
  }

  @Test
  void u5ThoseWhoMayNotIssueAreNotBelieved() {
    var none =
        with(
            CertificateShape.forAuthority("Not an authority"),
            Extension.basicConstraints,
            new BasicConstraints(false));
    var leaf = host();
    refused("untrusted", leaf, lab.root.intermediate(none).leaf(leaf));
    var limited =
        with(
            CertificateShape.forAuthority("Last one"),
            Extension.basicConstraints,
            new BasicConstraints(0));
    var deep = host();
    refused("untrusted", deep, lab.root.intermediate(limited).intermediate("Below").leaf(deep));
    var listsOnly =
        with(
            CertificateShape.forAuthority("For lists"),
            Extension.keyUsage,
            new KeyUsage(KeyUsage.cRLSign));
    var listed = host();
    refused("untrusted", listed, lab.root.intermediate(listsOnly).leaf(listed));
    var signing = host();
    refused(
        "untrusted",
        signing,
        lab.root.leaf(
            with(
                shape(signing),
                Extension.keyUsage,
                new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign))));
  }

  private static CertificateShape limitedTo(String name) {
    var permitted = new GeneralSubtree(new GeneralName(GeneralName.dNSName, name));
    return with(
        CertificateShape.forAuthority("Limited to " + name),
        Extension.nameConstraints,
        new NameConstraints(new GeneralSubtree[] {permitted}, null));
  }

  @Test
  void u6NameConstraintsBindInIntermediatesAndInRoots() {
    var host = host();
    refused("untrusted", host, lab.root.intermediate(limitedTo("corp.test")).leaf(host));
    var inside = "a" + host;
    reached(inside, lab.root.intermediate(limitedTo(inside)).leaf(inside));
    var excluded =
        with(
            CertificateShape.forAuthority("Not for some"),
            Extension.nameConstraints,
            new NameConstraints(
                null,
                new GeneralSubtree[] {
                  new GeneralSubtree(
                      new GeneralName(
                          GeneralName.iPAddress,
                          new DEROctetString(new byte[] {127, 0, 0, 0, (byte) 255, 0, 0, 0})))
                }));
    var both = host();
    var names = CertificateShape.forNames(both, "127.0.0.1");
    refused("untrusted", both, lab.root.intermediate(excluded).leaf(names));

    var root = TestRoot.create(limitedTo("corp.test"), Clock.systemUTC());
    try {
      lab.trust("webpki-strict", lab.root.pem() + root.pem(), ALLOW);
      var other = host();
      refused("untrusted", other, root.leaf(other));
      reached("www.corp.test", root.leaf("www.corp.test"));
    } finally {
      lab.documents(Lab.policy(ALLOW));
    }
  }

  @Test
  void u7WeakKeysAndSignaturesAreRefused() {
    var digest = host();
    refused("weak-signature", digest, lab.root.leaf(shape(digest).signedWith(Digest.SHA1)));
    var above = host();
    refused(
        "weak-signature",
        above,
        lab.root
            .intermediate(CertificateShape.forAuthority("SHA-1").signedWith(Digest.SHA1))
            .leaf(above));
    var key = host();
    refused("weak-key", key, lab.root.leaf(shape(key).key(KeyType.RSA_1024)));
    var issuer = host();
    refused(
        "weak-key",
        issuer,
        lab.root
            .intermediate(CertificateShape.forAuthority("Small").key(KeyType.RSA_1024))
            .leaf(issuer));
  }

  @Test
  void u8OtherPurposesAndBrokenFormsAreRefused() throws Exception {
    var client = host();
    refused("untrusted", client, lab.root.leaf(shape(client).purpose(Purpose.CLIENT)));
    var unknown = host();
    refused(
        "untrusted",
        unknown,
        lab.root.leaf(
            shape(unknown).extension("1.3.6.1.4.1.99999.1", true, der(DERNull.INSTANCE))));
    var longer = host();
    var sound = lab.root.leaf(longer);
    byte[] encoded = sound.certificate().getEncoded();
    byte[] trailing = java.util.Arrays.copyOf(encoded, encoded.length + 1);
    refused("malformed", longer, pem(trailing), sound.keyPem());
    var broken = host();
    refused("malformed", broken, pem(new byte[] {0x30, 3, 2, 1, 1}), sound.keyPem());
  }

  private static String pem(byte[] der) {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END CERTIFICATE-----\n";
  }

  @Test
  void u9ARevokedCertificateIsRefusedAndAnUnknownStateIsSaid() throws Exception {
    var lists =
        HttpServer.create(
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), /* backlog= */ 0);
    lists.start();
    try {
      var place = "http://127.0.0.1:" + lists.getAddress().getPort() + "/list.crl";
      var revoked = host();
      var leaf = lab.root.leaf(listedAt(shape(revoked), place));
      byte[] list = lab.root.listRevoking(leaf.certificate());
      lists.createContext(
          "/list.crl",
          exchange -> {
            exchange.sendResponseHeaders(200, list.length);
            exchange.getResponseBody().write(list);
            exchange.close();
          });
      refused("revoked", revoked, leaf);
    } finally {
      lists.stop(0);
    }
    // A list that nobody serves: accepted, as the default says, but never in silence.
    var unknown = host();
    reached(unknown, lab.root.leaf(listedAt(shape(unknown), "http://127.0.0.1:9/list.crl")));
    assertThat(lab.awaitConnection(unknown).tls().revocation()).isEqualTo("unknown");
    var promised = host();
    refused(
        "revocation-unknown",
        promised,
        lab.root.leaf(
            shape(promised)
                .extension("1.3.6.1.5.5.7.1.24", false, der(new DERSequence(new ASN1Integer(5))))));
  }

  private static CertificateShape listedAt(CertificateShape shape, String place) {
    var name = new GeneralName(GeneralName.uniformResourceIdentifier, place);
    var point =
        new DistributionPoint(new DistributionPointName(new GeneralNames(name)), null, null);
    return shape.extension(
        Extension.cRLDistributionPoints.getId(),
        /* critical= */ false,
        der(new CRLDistPoint(new DistributionPoint[] {point})));
  }

  @Test
  void u10AWayIsFoundWhereThereIsOneAndTheSearchEnds() {
    var lower = lab.root.intermediate("Upper").intermediate("Lower");
    var missing = host();
    refused("incomplete-chain", missing, lower.leaf(missing).sentWith(List.of()));

    var sorted = host();
    var sound = lower.leaf(sorted);
    var above = new ArrayList<>(sound.chain().subList(1, sound.chain().size()));
    Collections.reverse(above);
    reached(sorted, sound.sentWith(above));
    above.addAll(List.copyOf(above));
    above.add(lab.root.certificate());
    var doubled = host();
    reached(doubled, lower.leaf(doubled).sentWith(above));

    // Two ways, one of which leads nowhere: as when AddTrust's root ended.
    var stranger = TestRoot.create("Stranger");
    var middle = lab.root.intermediate("Middle");
    var astray = middle.crossSignedBy(stranger).certificate();
    var crossed = host();
    reached(crossed, middle.leaf(crossed).sentWith(List.of(middle.certificate(), astray)));
    var turned = host();
    reached(turned, middle.leaf(turned).sentWith(List.of(astray, middle.certificate())));

    var many = host();
    var loops = new ArrayList<X509Certificate>();
    for (int i = 0; i < 99; i++) {
      loops.add(middle.crossSignedBy(stranger).certificate());
    }
    refused("untrusted-root", many, middle.leaf(many).sentWith(loops));
    loops.add(middle.certificate());
    var tooMany = host();
    refused("malformed", tooMany, middle.leaf(tooMany).sentWith(loops));
  }

  @Test
  void u13AuthoritiesKnownForInterceptionAreRefused() throws Exception {
    for (X509Certificate known : Pem.readCertificates(Files.readString(SHIPPED_WITH_KEYS))) {
      var host = host();
      refused("known-interception", host, lab.root.leaf(host).sentWith(List.of(known)));
    }
  }
}

package dev.menura.extproc.identity;

import static dev.menura.extproc.identity.IdentityFixture.word;
import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.gate.Callers.Answer;
import dev.menura.extproc.gate.Credentials;
import dev.menura.policy.Clients;
import dev.menura.policy.Clients.UserName;
import dev.menura.policy.Facts;
import dev.menura.policy.net.Cidr;
import java.math.BigInteger;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientCertificateTest {
  private static final String CART = "spiffe://example.org/ns/shop/sa/cart";

  private static IdentityFixture given(UserName user) {
    return new IdentityFixture(
        new Clients(
            true,
            Optional.empty(),
            Optional.empty(),
            Optional.of(new Clients.Certificate(List.of(), user, Map.of("ann", Set.of("staff")))),
            List.of()));
  }

  private static GeneralName name(int kind, String text) {
    return new GeneralName(kind, text);
  }

  private static String certificate(String subject, GeneralName... names) throws Exception {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    var key = generator.generateKeyPair();
    var from = Instant.parse("2026-01-01T00:00:00Z");
    var builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=Clients"),
            BigInteger.ONE,
            Date.from(from),
            Date.from(from.plusSeconds(3600)),
            new X500Name(subject),
            key.getPublic());
    if (names.length > 0) {
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
    }
    var made =
        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()));
    var pem =
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(made.getEncoded())
            + "\n-----END CERTIFICATE-----\n";
    return URLEncoder.encode(pem, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Test
  void theSubjectNamesTheUser() throws Exception {
    var answer = given(UserName.COMMON_NAME).askWithCertificate(certificate("O=Shop,CN=ann"));
    assertThat(answer)
        .isInstanceOfSatisfying(
            Answer.Known.class,
            known -> {
              assertThat(known.client().user()).isEqualTo("ann");
              assertThat(known.client().groups()).containsExactly("staff");
              assertThat(known.client().workload()).isEqualTo(Facts.Workload.NONE);
            });
  }

  @Test
  void anAlternativeNameNamesTheUserWhereThePolicySaysSo() throws Exception {
    var both =
        certificate(
            "CN=ann",
            name(GeneralName.dNSName, "laptop.a.test"),
            name(GeneralName.rfc822Name, "ann@a.test"));
    assertThat(word(given(UserName.EMAIL).askWithCertificate(both))).isEqualTo("ann@a.test");
    assertThat(word(given(UserName.DNS).askWithCertificate(both))).isEqualTo("laptop.a.test");
    assertThat(word(given(UserName.NONE).askWithCertificate(both)))
        .isEqualTo("credentials-missing");
  }

  @Test
  void aSpiffeIdNamesTheWorkload() throws Exception {
    var certificate = certificate("O=SPIRE", name(GeneralName.uniformResourceIdentifier, CART));
    assertThat(given(UserName.COMMON_NAME).askWithCertificate(certificate))
        .isInstanceOfSatisfying(
            Answer.Known.class,
            known -> {
              assertThat(known.client().user()).isEmpty();
              assertThat(known.client().workload())
                  .isEqualTo(new Facts.Workload(CART, "example.org", "shop", "cart"));
            });
  }

  private static boolean byCertificate(Answer answer) {
    return answer instanceof Answer.Known known && known.certificate().isPresent();
  }

  @Test
  void theCertificateIsHandedOnWhereItSaysWhoTheClientIs() throws Exception {
    var spiffe = name(GeneralName.uniformResourceIdentifier, CART);
    var ann = certificate("CN=ann", spiffe);
    var nameless = certificate("O=SPIRE", spiffe);
    assertThat(byCertificate(given(UserName.COMMON_NAME).askWithCertificate(ann))).isTrue();
    assertThat(byCertificate(given(UserName.COMMON_NAME).askWithCertificate(nameless))).isTrue();

    var basic = IdentityFixture.basic(Map.of("bob", "secret"), Map.of()).basic();
    var way = Optional.of(new Clients.Certificate(List.of(), UserName.COMMON_NAME, Map.of()));
    var both = new IdentityFixture(new Clients(true, basic, Optional.empty(), way, List.of()));
    var password = IdentityFixture.basic("bob", "secret");
    var bob = both.ask(new Credentials(password, ann));
    assertThat(word(bob)).isEqualTo("bob");
    assertThat(byCertificate(bob)).isFalse();

    var desk =
        new Clients.Machine(
            List.of(Cidr.parse("0.0.0.0/0").orElseThrow(), Cidr.parse("::/0").orElseThrow()),
            "desk",
            Set.of(),
            "");
    var known =
        new IdentityFixture(
            new Clients(true, Optional.empty(), Optional.empty(), way, List.of(desk)));
    assertThat(word(known.askWithCertificate(nameless))).isEqualTo("desk");
    assertThat(byCertificate(known.askWithCertificate(nameless))).isFalse();
    assertThat(word(known.askWithCertificate(ann))).isEqualTo("ann");
    assertThat(byCertificate(known.askWithCertificate(ann))).isTrue();
  }

  @Test
  void twoUrisNameNoWorkload() throws Exception {
    var certificate =
        certificate(
            "O=SPIRE",
            name(GeneralName.uniformResourceIdentifier, CART),
            name(GeneralName.uniformResourceIdentifier, "https://a.test/"));
    assertThat(word(given(UserName.COMMON_NAME).askWithCertificate(certificate)))
        .isEqualTo("credentials-missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no certificate", "-----BEGIN%20CERTIFICATE-----", "%zz"})
  void whatIsNoCertificateNamesNobody(String text) {
    assertThat(word(given(UserName.COMMON_NAME).askWithCertificate(text)))
        .isEqualTo("credentials-missing");
  }

  @Test
  void aCertificateNamesNobodyWhereThePolicyNamesNoRoots() throws Exception {
    var given = new IdentityFixture(Clients.NONE);
    assertThat(word(given.askWithCertificate(certificate("CN=ann")))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.org/ns/shop",
        "spiffe://Example.org/a",
        "spiffe://example.org/a/",
        "spiffe://example.org/a//b",
        "spiffe://example.org/../a",
        "spiffe://example.org/a?b",
        "spiffe://user@example.org/a",
        "spiffe://example.org:1/a",
        "spiffe:///a"
      })
  void whatIsNoSpiffeIdIsNone(String text) {
    assertThat(SpiffeId.workload(text)).isEmpty();
  }
}

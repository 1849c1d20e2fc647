package dev.menura.certificates.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.menura.certificates.testing.TestClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.OtherName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientMinterTest {
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final int DIGITAL_SIGNATURE = 0;

  private final TestClock clock = new TestClock();

  @TempDir private Path data;
  private AuthoritySettings servers;
  private ClientMinter minter;

  @BeforeEach
  void open() throws Exception {
    servers = AuthoritySettings.in(data.resolve("ca"));
    minter = open(servers.forClients());
  }

  private ClientMinter open(AuthoritySettings settings) throws AuthorityException {
    return ClientMinter.open(settings, Crypto.preferred(), clock, new SecureRandom());
  }

  private static byte[] names(GeneralName... names) throws Exception {
    return new DEROctetString(new GeneralNames(names)).getEncoded();
  }

  private static byte[] name(String text) throws Exception {
    return new X500Name(text).getEncoded();
  }

  @Test
  void theAuthorityIsItsOwnAndForClientsOnly() throws Exception {
    var root = minter.published().getFirst();
    assertThat(root.getExtendedKeyUsage()).containsExactly(CLIENT_AUTH);
    assertThat(root.getBasicConstraints()).isZero();
    assertThat(root.getSubjectX500Principal().getName()).contains("Menura clients CA");
    assertThat(Files.exists(data.resolve("ca-clients").resolve("ca-key.pem"))).isTrue();
    assertThat(Files.exists(data.resolve("ca"))).isFalse();
    assertThat(open(servers.forClients()).published()).containsExactly(root);
    assertThatThrownBy(() -> open(servers)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theAuthorityOfServersIsNotTakenForThatOfClients() throws Exception {
    var _ = Authorities.open(servers, Crypto.preferred(), clock, new SecureRandom());
    Files.move(data.resolve("ca-clients"), data.resolve("ca-clients.former"));
    Files.move(data.resolve("ca"), data.resolve("ca-clients"));
    assertThatThrownBy(() -> open(servers.forClients()))
        .isInstanceOf(AuthorityException.class)
        .hasMessageContaining("expected an authority for clients");
  }

  @Test
  void aLeafSaysWhoAndNothingElse() throws Exception {
    var leaf = minter.mint(ClientSubject.named("ann@corp.example")).certificate();
    leaf.verify(minter.published().getFirst().getPublicKey());
    assertThat(leaf.getSubjectX500Principal().getName()).isEqualTo("CN=ann@corp.example");
    assertThat(leaf.getSubjectAlternativeNames()).isNull();
    assertThat(leaf.getExtendedKeyUsage()).containsExactly(CLIENT_AUTH);
    assertThat(leaf.getBasicConstraints()).isNegative();
    assertThat(leaf.getKeyUsage()[DIGITAL_SIGNATURE]).isTrue();
    assertThat(leaf.getNonCriticalExtensionOIDs())
        .containsExactlyInAnyOrder("2.5.29.37", "2.5.29.35", "2.5.29.14");
    assertThat(leaf.getSerialNumber().bitLength()).isBetween(90, 128);
    var hour = clock.instant().truncatedTo(ChronoUnit.HOURS);
    assertThat(leaf.getNotBefore().toInstant()).isEqualTo(hour.minus(Duration.ofHours(1)));
    assertThat(leaf.getNotAfter().toInstant()).isEqualTo(hour.plus(Duration.ofHours(8)));
  }

  @Test
  void openSslAcceptsItForClientsAndNotForServers() throws Exception {
    var leaf =
        minter.mint(
            ClientSubject.holder(
                name("CN=first.last,O=Corp"),
                names(new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://a/b"))));
    var root =
        Files.writeString(
            data.resolve("root.pem"),
            dev.menura.certificates.x509.Pem.certificates(minter.published()));
    var file = Files.writeString(data.resolve("leaf.pem"), leaf.certificatePem());
    for (String purpose : List.of("sslclient", "sslserver")) {
      var said =
          OpenSsl.run(
              List.of(
                  "verify",
                  "-x509_strict",
                  "-attime",
                  String.valueOf(clock.instant().getEpochSecond()),
                  "-purpose",
                  purpose,
                  "-CAfile",
                  root.toString(),
                  file.toString()));
      assertThat(said.endsWith("OK\n")).as(said).isEqualTo(purpose.equals("sslclient"));
    }
  }

  @Test
  void aHolderIsCopiedWithTheNamesThatAreSafe() throws Exception {
    var principal =
        new OtherName(
            new ASN1ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), new DERUTF8String("ann@corp"));
    var odd = new OtherName(new ASN1ObjectIdentifier("1.2.3.4"), DERNull.INSTANCE);
    var subject =
        ClientSubject.holder(
            name("CN=ann,OU=Sales,O=Corp"),
            names(
                new GeneralName(GeneralName.rfc822Name, "ann@corp.example"),
                new GeneralName(GeneralName.dNSName, "laptop.corp.example"),
                new GeneralName(GeneralName.dNSName, "a\u0000b"),
                new GeneralName(GeneralName.iPAddress, "192.0.2.1"),
                new GeneralName(GeneralName.otherName, principal),
                new GeneralName(GeneralName.otherName, odd)));
    var leaf = minter.mint(subject).certificate();
    assertThat(leaf.getSubjectX500Principal().getName()).isEqualTo("O=Corp,OU=Sales,CN=ann");
    assertThat(leaf.getSubjectAlternativeNames())
        .extracting(each -> String.valueOf(each.getFirst()))
        .containsExactly("1", "2", "7", "0");
  }

  @Test
  void aHolderWithoutASubjectHasCriticalNames() throws Exception {
    var subject =
        ClientSubject.holder(
            new X500Name(new org.bouncycastle.asn1.x500.RDN[0]).getEncoded(),
            names(new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://a/b")));
    assertThat(minter.mint(subject).certificate().getCriticalExtensionOIDs()).contains("2.5.29.17");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\u0000b", "a\nb"})
  void whatIsNoNameIsRefused(String name) {
    assertThatThrownBy(() -> ClientSubject.named(name))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aNameMayHaveAsManyCharactersAsACommonName() {
    var most = "\u00e4".repeat(ClientSubject.NAME_CHARS_MAX);
    assertThat(minter.mint(ClientSubject.named(most)).certificate().getSubjectX500Principal())
        .isNotNull();
    assertThatThrownBy(() -> ClientSubject.named(most + "b"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatCannotBeReadOrSaysNothingIsRefused() throws Exception {
    var empty = new X500Name(new org.bouncycastle.asn1.x500.RDN[0]).getEncoded();
    byte[] broken = "nonsense".getBytes(StandardCharsets.US_ASCII);
    byte[] notNames = new DEROctetString(new DERBitString(new byte[1])).getEncoded();
    byte[] none = new byte[0];
    byte[] sound = name("CN=a");
    assertThatThrownBy(() -> ClientSubject.holder(empty, none))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ClientSubject.holder(broken, none))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ClientSubject.holder(sound, notNames))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

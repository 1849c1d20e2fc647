package dev.menura.certificates.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.menura.certificates.authority.AuthoritySettings.SignedBy;
import dev.menura.certificates.testing.CertificateShape;
import dev.menura.certificates.testing.CertificateShape.KeyType;
import dev.menura.certificates.testing.TestClock;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Problem;
import dev.menura.certificates.upstream.Verdict;
import dev.menura.certificates.x509.OriginName;
import dev.menura.certificates.x509.Pem;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The rows of group K that are about keys and what they sign.
class KeySafetyTest {
  private static final OriginName NAME = OriginName.of("a.test");

  private final TestClock clock = new TestClock();
  private final TestRoot origin = TestRoot.create("Root");

  @TempDir Path data;

  private AuthoritySettings settings(Optional<SecretSource> passphrase) {
    return new AuthoritySettings(
        data.resolve("ca"),
        new KeyPlace.InFiles(passphrase),
        SignedBy.ITSELF,
        NameScope.ALL,
        Duration.ofDays(30));
  }

  private Authorities open(AuthoritySettings settings) throws AuthorityException {
    return Authorities.open(settings, Crypto.preferred(), clock, new SecureRandom());
  }

  private Minter minter(CertificateAuthority authority) {
    return new Minter(
        authority,
        MintLimits.DEFAULT,
        Crypto.preferred(),
        clock,
        new SecureRandom(),
        new SimpleMeterRegistry());
  }

  private Optional<SecretSource> passphrase(String text) throws IOException {
    Path file = Files.writeString(data.resolve("passphrase"), text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return Optional.of(new SecretSource.InFile(file));
  }

  private Path key() {
    return data.resolve("ca/ca-key.pem");
  }

  private PrivateKey privateKey(CertificateAuthority authority) throws Exception {
    return Pem.readPrivateKey(
        Files.readString(key()), authority.certificate().getPublicKey().getAlgorithm());
  }

  @Test
  void k2ALeafNeverOutlivesItsOriginalAndAnotherCertificateMeansAnotherLeaf() throws Exception {
    var authority = open(settings(Optional.empty())).active();
    try (var minter = minter(authority)) {
      var soon = clock.instant().plusSeconds(90);
      var seen =
          new Seen(
              origin.leaf(CertificateShape.forNames("a.test").validUntil(soon)).chain(),
              "TLSv1.3",
              "",
              Verdict.VALID);
      Leaf leaf = minter.mimic(NAME, seen);
      assertThat(leaf.notAfter())
          .isEqualTo(seen.leaf().getNotAfter().toInstant())
          .isBeforeOrEqualTo(soon);
      var other =
          new Seen(
              origin.leaf(CertificateShape.forNames("a.test").key(KeyType.P384)).chain(),
              "TLSv1.3",
              "",
              Verdict.VALID);
      assertThat(minter.identity(other, Adaptation.NONE))
          .isNotEqualTo(minter.identity(seen, Adaptation.NONE));
    }
  }

  @Test
  void k3WhatALeafStandsForNamesTheOriginAndTheVerdict() throws Exception {
    var authority = open(settings(Optional.empty())).active();
    try (var minter = minter(authority)) {
      var chain = origin.leaf("a.test").chain();
      Set<String> identities = new HashSet<>();
      for (Problem problem : Problem.values()) {
        identities.add(
            minter.identity(
                new Seen(chain, "TLSv1.3", "", new Verdict(problem, "why")), Adaptation.NONE));
      }
      assertThat(identities).hasSize(Problem.values().length);
      var valid = new Seen(chain, "TLSv1.3", "h2", Verdict.VALID);
      assertThat(identities).contains(minter.identity(valid, Adaptation.NONE));
      assertThatThrownBy(() ->
              minter.mimic(
                  OriginName.of("bank.test"),
                  new Seen(origin.leaf("evil.test").chain(), "TLSv1.3", "", Verdict.VALID)))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void k6NothingThatIsPrintedHoldsTheKey() throws Exception {
    var authorities = open(settings(passphrase("correct horse")));
    var operator =
        AuthorityChanges.of(
            settings(passphrase("correct horse")), Crypto.preferred(), clock, new SecureRandom());
    KeyTraces traces = operator.traces().getFirst();
    String said =
        String.join(
            "\n",
            authorities.active().toString(),
            authorities.publishedPem(),
            operator.described().toString(),
            Files.readString(data.resolve("ca/ca.pem")),
            Files.readString(key()));

    assertThat(find(traces, said.getBytes(StandardCharsets.UTF_8))).isEmpty();
    assertThatThrownBy(() -> open(settings(passphrase("wrong"))))
        .isInstanceOf(AuthorityException.class)
        .hasMessageEndingWith("expected a PKCS#8 key that this passphrase opens, found another")
        .hasNoCause();
  }

  private static Optional<String> find(KeyTraces traces, byte[] bytes) throws IOException {
    return traces.find(new ByteArrayInputStream(bytes));
  }

  @Test
  void k6TheSearchFindsTheKeyInEveryFormThatItLeaksIn() throws Exception {
    var authority = open(settings(Optional.empty())).active();
    PrivateKey key = privateKey(authority);
    KeyTraces traces = KeyTraces.of(key);
    byte[] der = key.getEncoded();
    byte[] scalar = ((ECPrivateKey) key).getS().toByteArray();
    String pem = Files.readString(key());
    Map<String, byte[]> leaks =
        Map.of(
            "PEM", pem.getBytes(StandardCharsets.US_ASCII),
            "DER", der,
            "JSON",
                ("{\"key\": \"" + pem.replace("\n", "\\n") + "\"}")
                    .getBytes(StandardCharsets.US_ASCII),
            "base64 of PEM's bytes", Base64.getUrlEncoder().encode(der),
            "base64 at another offset",
                Base64.getEncoder()
                    .encode(
                        (" " + new String(der, StandardCharsets.ISO_8859_1))
                            .getBytes(StandardCharsets.ISO_8859_1)),
            "hexadecimal",
                HexFormat.of()
                    .withUpperCase()
                    .formatHex(scalar)
                    .getBytes(StandardCharsets.US_ASCII),
            "OpenSSL's text",
                HexFormat.ofDelimiter(":").formatHex(scalar).getBytes(StandardCharsets.US_ASCII),
            "SEC1", Pem.privateKey(key).getBytes(StandardCharsets.US_ASCII));
    for (var leak : leaks.entrySet()) {
      byte[] log = new byte[3 << 20];
      java.util.Arrays.fill(log, (byte) 'x');
      // Across the border of two readings, too.
      System.arraycopy(leak.getValue(), 0, log, (1 << 20) - 40, leak.getValue().length);

      assertThat(find(traces, log)).as(leak.getKey()).isPresent();
    }
    assertThat(find(traces, authority.pem().getBytes(StandardCharsets.US_ASCII))).isEmpty();
    assertThat(
            find(
                KeyTraces.of(origin.leaf("a.test").privateKey()),
                pem.getBytes(StandardCharsets.US_ASCII)))
        .isEmpty();
  }

  @Test
  void k7AFileWithAPassphraseThatOthersMayReadIsRefused() throws Exception {
    var source = passphrase("correct horse");
    Files.setPosixFilePermissions(
        data.resolve("passphrase"), PosixFilePermissions.fromString("rw-r--r--"));

    assertThatThrownBy(() -> open(settings(source)))
        .isInstanceOf(AuthorityException.class)
        .hasMessageContaining("expected mode 0600 or stricter, found 0644")
        .hasMessageContaining("to mend it: chmod 600 ");
  }

  @Test
  void k7TheKeyIsEncryptedWhereThereIsAPassphraseAndOpenSslReadsIt() throws Exception {
    var settings = settings(passphrase("correct horse"));
    var first = open(settings).active();
    assertThat(Files.readString(key())).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
    assertThat(open(settings).active().certificate()).isEqualTo(first.certificate());
    assertThat(
            OpenSsl.run(
                List.of(
                    "pkey", "-in", key().toString(), "-passin", "pass:correct horse", "-pubout")))
        .startsWith("-----BEGIN PUBLIC KEY-----");
    assertThat(OpenSsl.run(List.of("asn1parse", "-in", key().toString())))
        .contains("PBES2", "scrypt", "aes-256-cbc");
    assertThatThrownBy(() -> open(settings(Optional.empty())))
        .hasMessageContaining("expected the passphrase of this encrypted key");
  }

  @Test
  void k7APlainKeyIsRefusedWhereAPassphraseIsConfiguredAndCanBeEncrypted() throws Exception {
    var first = open(settings(Optional.empty())).active();
    var settings = settings(passphrase("correct horse"));
    assertThatThrownBy(() -> open(settings)).hasMessageContaining("menura ca encrypt");
    AuthorityChanges.of(settings, Crypto.preferred(), clock, new SecureRandom()).encrypt();

    assertThat(Files.readString(key())).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
    assertThat(open(settings).active().certificate()).isEqualTo(first.certificate());
  }

  @Test
  void k8TenThousandLeavesHaveSerialsOfTheirOwnAndNoKeyOfTheOrigin() throws Exception {
    var authority = open(settings(Optional.empty())).active();
    var certificate = origin.leaf("a.test");
    var seen = new Seen(certificate.chain(), "TLSv1.3", "h2", Verdict.VALID);
    Set<BigInteger> serials = new HashSet<>();
    Set<PublicKey> keys = new HashSet<>();
    try (var minter = minter(authority)) {
      for (int i = 0; i < 10_000; i++) {
        var leaf = minter.mimic(NAME, seen).certificate();
        serials.add(leaf.getSerialNumber());
        keys.add(leaf.getPublicKey());
      }
    }
    assertThat(serials).hasSize(10_000);
    assertThat(keys)
        .hasSize(10_000)
        .doesNotContain(
            certificate.certificate().getPublicKey(), authority.certificate().getPublicKey());
    assertThat(serials.stream().mapToInt(BigInteger::bitLength).max()).hasValue(128);
  }

  @Test
  void k9ALeafSaysNothingOfTheOriginalsIssuerAndIsForServersOnly() throws Exception {
    var authority = open(settings(Optional.empty())).active();
    try (var minter = minter(authority)) {
      var leaf =
          minter
              .mimic(NAME, new Seen(origin.leaf("a.test").chain(), "TLSv1.3", "h2", Verdict.VALID))
              .certificate();
      Set<String> known =
          Set.of("2.5.29.17", "2.5.29.37", "2.5.29.35", "2.5.29.14", "2.5.29.19", "2.5.29.15");
      assertThat(
              Stream.concat(
                  leaf.getCriticalExtensionOIDs().stream(),
                  leaf.getNonCriticalExtensionOIDs().stream()))
          .isSubsetOf(known);
      assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
      assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
      assertThat(leaf.getNotAfter()).isBeforeOrEqualTo(authority.certificate().getNotAfter());
    }
  }

  @Test
  void k10TheAuthorityIssuesLeavesForServersOnly() throws Exception {
    var scope = new NameScope(List.of(), List.of("corp.internal", "10.0.0.0/8"));
    var certificate =
        open(new AuthoritySettings(
                data.resolve("ca"),
                KeyPlace.PLAIN_FILES,
                SignedBy.ITSELF,
                scope,
                Duration.ofDays(30)))
            .active()
            .certificate();

    assertThat(certificate.getBasicConstraints()).isZero();
    assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(certificate.getCriticalExtensionOIDs()).contains("2.5.29.30");
    Path file = Files.writeString(data.resolve("x.pem"), Pem.certificate(certificate));
    assertThat(OpenSsl.run(List.of("x509", "-noout", "-text", "-in", file.toString())))
        .contains("Excluded:")
        .contains("DNS:corp.internal")
        .contains("IP:10.0.0.0/255.0.0.0");
    for (String wrong : List.of("", "*.a.test", "10.0.0.0/33", "x/8")) {
      assertThatThrownBy(() -> new NameScope(List.of(wrong), List.of()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void takesAnAuthorityThatWasMadeElsewhereFirstOrAsASuccessor() throws Exception {
    for (String name : List.of("one", "two")) {
      String output =
          OpenSsl.run(
              List.of(
                  "req",
                  "-x509",
                  "-newkey",
                  "rsa:2048",
                  "-nodes",
                  "-keyout",
                  data.resolve(name + "-key.pem").toString(),
                  "-out",
                  data.resolve(name + ".pem").toString(),
                  "-days",
                  "3650",
                  "-subj",
                  "/CN=Company " + name,
                  "-addext",
                  "basicConstraints=critical,CA:TRUE,pathlen:0",
                  "-addext",
                  "keyUsage=critical,keyCertSign"));
      assertThat(output).doesNotContain("rror");
    }
    clock.advance(Duration.ofMinutes(1));
    var changes =
        AuthorityChanges.of(
            settings(Optional.empty()), Crypto.preferred(), clock, new SecureRandom());
    var one = Pem.readCertificates(Files.readString(data.resolve("one.pem")));
    assertThatThrownBy(() ->
            changes.importAuthority(
                one, Files.readString(data.resolve("two-key.pem")), "two-key.pem"))
        .hasMessageContaining("two-key.pem: expected the key of the certificate");
    changes.importAuthority(one, Files.readString(data.resolve("one-key.pem")), "one-key.pem");
    var authorities = open(settings(Optional.empty()));
    assertThat(authorities.published()).isEqualTo(one);
    try (var minter = minter(authorities.active())) {
      Leaf leaf =
          minter.mimic(
              NAME, new Seen(origin.leaf("a.test").chain(), "TLSv1.3", "h2", Verdict.VALID));
      assertThat(OpenSsl.verify(data, authorities.active(), leaf)).endsWith("leaf.pem: OK\n");
    }

    var two = Pem.readCertificates(Files.readString(data.resolve("two.pem")));
    changes.importAuthority(two, Files.readString(data.resolve("two-key.pem")), "two-key.pem");
    assertThat(authorities.refresh()).isTrue();
    assertThat(authorities.published()).containsExactly(one.getFirst(), two.getFirst());
    assertThat(authorities.active().certificate()).isEqualTo(one.getFirst());
    changes.activate();
    authorities.refresh();
    assertThat(authorities.active().certificate()).isEqualTo(two.getFirst());
  }
}

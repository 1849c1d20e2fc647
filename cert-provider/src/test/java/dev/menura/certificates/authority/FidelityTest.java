package dev.menura.certificates.authority;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.authority.Fidelity.Row;
import dev.menura.certificates.testing.CertificateShape;
import dev.menura.certificates.testing.CertificateShape.KeyType;
import dev.menura.certificates.testing.TestClock;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Verdict;
import dev.menura.certificates.x509.OriginName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.OtherName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/// How faithful mimics are: thirty varied certificates, each field beside the mimic's, in
/// `target/fidelity.txt`. OpenSSL and Go say whether the mimic is sound.
class FidelityTest {
  static final String NAME = "www.a.test";

  private final TestClock clock = new TestClock();
  private final TestRoot root = TestRoot.create("Root");

  @TempDir Path data;

  private static CertificateShape shape() {
    return CertificateShape.forNames(NAME);
  }

  private static CertificateShape named(GeneralName... more) throws IOException {
    var names = new ArrayList<>(List.of(new GeneralName(GeneralName.dNSName, NAME)));
    names.addAll(List.of(more));
    return shape()
        .extension(
            "2.5.29.17", false, new GeneralNames(names.toArray(GeneralName[]::new)).getEncoded());
  }

  private static GeneralName other(String type, String value) {
    return new GeneralName(
        GeneralName.otherName,
        new OtherName(new ASN1ObjectIdentifier(type), new DERUTF8String(value)));
  }

  private static CertificateShape used(KeyType key, int bits) throws IOException {
    return shape().key(key).extension("2.5.29.15", true, new KeyUsage(bits).getEncoded());
  }

  private static CertificateShape purposes(boolean critical, KeyPurposeId... all)
      throws IOException {
    return shape().extension("2.5.29.37", critical, new ExtendedKeyUsage(all).getEncoded());
  }

  /// What varies, and a name for it.
  static Map<String, CertificateShape> shapes(Clock clock) throws IOException {
    Map<String, CertificateShape> all = new LinkedHashMap<>();
    all.put("domain validated", shape());
    all.put(
        "RSA 2048", used(KeyType.RSA_2048, KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
    all.put(
        "RSA 3072", used(KeyType.RSA_3072, KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
    all.put("RSA 4096", used(KeyType.RSA_4096, KeyUsage.digitalSignature));
    all.put("P-384", shape().key(KeyType.P384));
    all.put("P-521", shape().key(KeyType.P521));
    all.put("Ed25519", shape().key(KeyType.ED25519));
    all.put(
        "organisation validated", shape().subject("CN=" + NAME + ",O=A GmbH,L=Köln,ST=NRW,C=DE"));
    all.put(
        "extended validation",
        shape()
            .subject(
                "1.3.6.1.4.1.311.60.2.1.3=DE,2.5.4.15=Private Organization,SERIALNUMBER=HRB 1,"
                    + "CN="
                    + NAME
                    + ",O=Größe \\, Söhne,STREET=Weg 1,PostalCode=50667,C=DE"));
    all.put(
        "attributes of one kind", shape().subject("CN=" + NAME + ",OU=a,OU=b,OU=c,DC=a,DC=test"));
    all.put("several in one RDN", shape().subject("CN=" + NAME + "+OU=x,O=y+L=z"));
    all.put(
        "other kinds of string", shape().subject("CN=" + NAME + ",O=#1303616263,OU=#1e0400410042"));
    all.put("mail in the subject", shape().subject("E=x@a.test,CN=" + NAME));
    all.put("common name of 64", shape().subject("CN=" + "x".repeat(64)));
    all.put("no subject", shape().subject(""));
    all.put("wildcard", CertificateShape.forNames(NAME, "*.a.test", "*.b.a.test"));
    all.put("international names", CertificateShape.forNames(NAME, "xn--mnchen-3ya.test"));
    all.put(
        "a hundred names",
        CertificateShape.forNames(
            IntStream.range(0, 100)
                .mapToObj(i -> i == 0 ? NAME : "n" + i + ".test")
                .toArray(String[]::new)));
    all.put("addresses", CertificateShape.forNames(NAME, "192.0.2.1", "2001:db8::1"));
    all.put(
        "URI", named(new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://a.test/x")));
    all.put("mailbox", named(new GeneralName(GeneralName.rfc822Name, "x@a.test")));
    all.put("directory name", named(new GeneralName(GeneralName.directoryName, "CN=x,O=y")));
    all.put("registered identifier", named(new GeneralName(GeneralName.registeredID, "1.2.3.4")));
    all.put("service name", named(other("1.3.6.1.5.5.7.8.7", "_https.a.test")));
    all.put("name of a person", named(other("1.3.6.1.4.1.311.20.2.3", "x@corp.internal")));
    all.put(
        "server and client",
        purposes(false, KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth));
    all.put("critical purpose", purposes(true, KeyPurposeId.id_kp_serverAuth));
    all.put(
        "unusual usage",
        used(
            KeyType.RSA_2048,
            KeyUsage.digitalSignature | KeyUsage.nonRepudiation | KeyUsage.keyAgreement));
    all.put(
        "constraints not critical",
        shape().extension("2.5.29.19", false, new BasicConstraints(false).getEncoded()));
    all.put("valid for an hour", shape().validUntil(clock.instant().plus(Duration.ofHours(1))));
    byte[] any = new DERSequence().getEncoded();
    all.put(
        "all about its issuer",
        shape()
            .extension("1.3.6.1.5.5.7.1.1", false, any)
            .extension("2.5.29.31", false, any)
            .extension("2.5.29.32", false, any)
            .extension("1.3.6.1.4.1.11129.2.4.2", false, any)
            .extension("1.3.6.1.5.5.7.1.24", false, any));
    return all;
  }

  @Test
  void losesNothingWithoutAReason() throws Exception {
    var authority =
        CertificateAuthority.open(
            data.resolve("ca"), Crypto.preferred(), clock, new SecureRandom());
    var patient =
        new MintLimits(
            Duration.ofDays(7),
            Duration.ofDays(1),
            200,
            8 * 1024,
            Duration.ofDays(1),
            1_000,
            Duration.ofMinutes(2));
    var report = new StringBuilder();
    var lost = new ArrayList<String>();
    int copied = 0;
    int copyable = 0;
    List<Leaf> leaves = new ArrayList<>();
    try (var minter =
        new Minter(
            authority,
            patient,
            Crypto.preferred(),
            clock,
            new SecureRandom(),
            new SimpleMeterRegistry())) {
      minter.fill();
      for (var each : shapes(clock).entrySet()) {
        X509Certificate original = root.leaf(each.getValue()).certificate();
        Leaf leaf =
            minter.mimic(
                OriginName.of(NAME), new Seen(List.of(original), "TLSv1.3", "h2", Verdict.VALID));
        leaves.add(leaf);
        assertThat(OpenSsl.verify(data, authority, leaf, "-verify_hostname", NAME))
            .as(each.getKey())
            .endsWith("leaf.pem: OK\n");
        report.append("\n").append(each.getKey()).append('\n');
        for (Row row : Fidelity.compare(original, leaf.certificate())) {
          boolean date = row.field().startsWith("not-");
          copyable += date ? 0 : 1;
          copied += !date && row.isCopied() ? 1 : 0;
          report.append(line(row));
          if (!row.isCopied() && row.explained().isEmpty()) {
            lost.add(each.getKey() + ": " + row);
          }
        }
        assertWithin(original, leaf.certificate());
      }
    }
    report.insert(
        0,
        "%d certificates: %d of %d fields copied (%.1f %%)%n"
            .formatted(leaves.size(), copied, copyable, 100.0 * copied / copyable));
    Files.writeString(Files.createDirectories(Path.of("target")).resolve("fidelity.txt"), report);

    assertThat(lost).isEmpty();
    assertThat(leaves).hasSizeGreaterThanOrEqualTo(30);
    assertThat(100.0 * copied / copyable).isGreaterThan(97);
    assertThat(go(authority, leaves)).containsOnly("ok").hasSize(leaves.size());
  }

  private static String line(Row row) {
    return "  %-24s %-60.60s %-60.60s %s%n"
        .formatted(
            row.field(), row.original(), row.mimic(), row.isCopied() ? "copied" : row.explained());
  }

  private static void assertWithin(X509Certificate original, X509Certificate mimic) {
    assertThat(mimic.getNotBefore()).isAfterOrEqualTo(original.getNotBefore());
    assertThat(mimic.getNotAfter()).isBeforeOrEqualTo(original.getNotAfter());
    assertThat(mimic.getSerialNumber()).isNotEqualTo(original.getSerialNumber());
    assertThat(mimic.getPublicKey()).isNotEqualTo(original.getPublicKey());
  }

  /// What a Go client makes of the leaves.
  private List<String> go(CertificateAuthority authority, List<Leaf> leaves) throws Exception {
    Path trusted = Files.writeString(data.resolve("go-root.pem"), authority.pem());
    var arguments = new ArrayList<String>();
    for (int i = 0; i < leaves.size(); i++) {
      Path chain =
          Files.writeString(data.resolve("go-" + i + ".pem"), leaves.get(i).certificatePem());
      arguments.add(trusted + "," + chain + "," + NAME);
    }
    return GoVerify.run(arguments).lines().collect(Collectors.toList());
  }

  /// Go's x509, as another opinion; skipped where there is no Go, a failure on a build machine.
  static final class GoVerify {
    private GoVerify() {}

    static String run(List<String> arguments) throws Exception {
      var command = new ArrayList<>(List.of("go", "run", "src/test/go/strict/main.go"));
      command.addAll(arguments);
      Process process;
      try {
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
      } catch (IOException e) {
        if ("true".equals(System.getenv("CI"))) {
          throw new AssertionError("go is missing: apt-get install golang-go", e);
        }
        throw new TestAbortedException("go is missing: apt-get install golang-go", e);
      }
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      return output;
    }
  }
}

package dev.menura.certificates.authority;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.authority.Fidelity.Row;
import dev.menura.certificates.testing.TestClock;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.testing.VariedShapes;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
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
      for (var each : VariedShapes.of(NAME, clock).entrySet()) {
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

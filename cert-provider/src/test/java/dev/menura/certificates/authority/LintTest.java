package dev.menura.certificates.authority;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.testing.VariedShapes;
import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Verdict;
import dev.menura.certificates.x509.OriginName;
import dev.menura.certificates.x509.Pem;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/// What ZLint, which authorities of the public web run over what they issue, says of mimics.
class LintTest {
  private static final String ISSUERS =
      "what the original says of its issuer is not copied, and this authority has none of it";

  /// Lints that mimics fail although their originals may not, and why.
  private static final Map<String, String> EXCUSED =
      Map.of(
          "e_missing_crl_distrib_point", ISSUERS,
          "e_sub_cert_aia_missing", ISSUERS,
          "w_sub_cert_aia_does_not_contain_issuing_ca_url", ISSUERS,
          "e_sub_cert_cert_policy_empty", ISSUERS,
          "e_sub_cert_certificate_policies_missing", ISSUERS);

  private final TestRoot root = TestRoot.create("Root");

  @TempDir Path data;

  @Test
  @Tag("long")
  void k9AMimicFailsNoLintThatItsOriginalPasses() throws Exception {
    var shapes = VariedShapes.of(FidelityTest.NAME, Clock.systemUTC());
    var files = new ArrayList<String>();
    var names = List.copyOf(shapes.keySet());
    var authority =
        CertificateAuthority.open(
            data.resolve("ca"), Crypto.preferred(), Clock.systemUTC(), new SecureRandom());
    try (var minter =
        new Minter(
            authority,
            MintLimits.DEFAULT,
            Crypto.preferred(),
            Clock.systemUTC(),
            new SecureRandom(),
            new SimpleMeterRegistry())) {
      minter.fill();
      for (var shape : shapes.values()) {
        var original = root.leaf(shape).certificate();
        var leaf =
            minter.mimic(
                OriginName.of(FidelityTest.NAME),
                new Seen(List.of(original), "TLSv1.3", "h2", Verdict.VALID));
        files.add(file("original-" + files.size(), original));
        files.add(file("mimic-" + files.size(), leaf.certificate()));
      }
    }
    var found = new ArrayList<Set<String>>();
    files.forEach(_ -> found.add(new TreeSet<>()));
    int ran = 0;
    for (String line : lint(files)) {
      var words = line.split(" ", 3);
      if (words[0].equals("ran")) {
        ran = Integer.parseInt(words[1]);
      } else {
        found.get(Integer.parseInt(words[0])).add(words[2]);
      }
    }
    for (int i = 0; i < names.size(); i++) {
      var more = new TreeSet<>(found.get(2 * i + 1));
      more.removeAll(found.get(2 * i));
      // ZLint stops early at originals that it cannot read whole; the first one is plain.
      more.removeAll(found.getFirst());
      more.removeAll(EXCUSED.keySet());
      assertThat(more).as(names.get(i)).isEmpty();
    }
    assertThat(ran).isGreaterThan(100 * files.size());
  }

  private String file(String name, X509Certificate certificate) throws IOException {
    return Files.writeString(data.resolve(name + ".pem"), Pem.certificate(certificate)).toString();
  }

  /// Skipped where there is no Go, or its modules cannot be had; a failure on a build machine.
  private List<String> lint(List<String> files) throws Exception {
    Path tool = data.resolve("lint").toAbsolutePath();
    run(List.of("go", "build", "-o", tool.toString(), "."), Path.of("src/test/go/lint"));
    var command = new ArrayList<>(List.of(tool.toString()));
    command.addAll(files);
    return run(command, data).lines().toList();
  }

  private static String run(List<String> command, Path directory) throws Exception {
    String output;
    int exit;
    try {
      var process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start();
      output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      exit = process.waitFor();
    } catch (IOException e) {
      output = String.valueOf(e.getMessage());
      exit = -1;
    }
    if (exit != 0) {
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError("ZLint, which Go builds from its module: " + output);
      }
      throw new TestAbortedException("ZLint, which Go builds from its module: " + output);
    }
    return output;
  }
}

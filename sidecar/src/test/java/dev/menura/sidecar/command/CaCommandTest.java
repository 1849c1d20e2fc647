package dev.menura.sidecar.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.menura.certificates.x509.Pem;
import dev.menura.sidecar.data.DataDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CaCommandTest {
  @TempDir Path folder;
  private Path data;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  @BeforeEach
  void choose() {
    data = folder.resolve("data");
  }

  private int run(String command, String... more) {
    out = new StringWriter();
    err = new StringWriter();
    CommandLine line = MenuraCommand.line();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    var arguments = new ArrayList<>(List.of("ca", command, "--data", data.toString()));
    arguments.addAll(List.of(more));
    return line.execute(arguments.toArray(String[]::new));
  }

  private JsonObject shown() {
    assertThat(run("show", "--json")).isZero();
    return JsonParser.parseString(out.toString()).getAsJsonObject();
  }

  private List<String> roles() {
    return shown().getAsJsonArray("authorities").asList().stream()
        .map(one -> one.getAsJsonObject().get("role").getAsString())
        .toList();
  }

  @Test
  void makesAnAuthorityOnceInAFolderThatAGatewayTakes() throws Exception {
    assertThat(run("show")).isEqualTo(1);
    assertThat(err.toString()).contains("there is no authority yet");
    assertThat(run("init")).isZero();
    assertThat(out.toString()).contains("Role:        active").contains("SHA-256:");
    String first = shown().toString();
    assertThat(run("init")).isZero();
    assertThat(out.toString()).startsWith("There is an authority already:");
    assertThat(shown()).hasToString(first);
    DataDirectory.open(data).close();
  }

  @Test
  void theAuthorityForClientsIsAnotherOne() throws Exception {
    run("init");
    assertThat(run("export", "--clients")).isEqualTo(1);
    assertThat(err.toString()).contains("there is no authority yet");
    assertThat(run("init", "--clients")).isZero();
    assertThat(run("show", "--clients")).isZero();
    assertThat(out.toString()).contains("Menura clients CA").contains("ca-clients/ca.pem");
    assertThat(run("export", "--clients")).isZero();
    var ofClients = Pem.readCertificates(out.toString()).getFirst();
    assertThat(ofClients.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(run("export")).isZero();
    assertThat(Pem.readCertificates(out.toString()).getFirst()).isNotEqualTo(ofClients);
    assertThat(run("rotate", "--clients")).isZero();
    assertThat(roles()).containsExactly("active");

    Path leaked = data.resolve("notes.txt");
    Files.copy(data.resolve("ca-clients").resolve("ca-key.pem"), leaked);
    assertThat(run("scan")).isEqualTo(1);
    assertThat(out.toString()).contains("notes.txt");
    Files.delete(leaked);
  }

  @Test
  void exportsWhatClientsAreToTrustInEachForm() throws Exception {
    run("init");
    assertThat(run("export")).isZero();
    var certificates = Pem.readCertificates(out.toString());
    assertThat(certificates).hasSize(1);
    assertThat(out.toString()).doesNotContain("PRIVATE");

    Path der = folder.resolve("ca.der");
    assertThat(run("export", "--format", "der")).isEqualTo(1);
    assertThat(run("export", "--format", "der", "--output", der.toString())).isZero();
    assertThat(Files.readAllBytes(der)).isEqualTo(certificates.getFirst().getEncoded());

    assertThat(run("export", "--format", "mobileconfig")).isZero();
    assertThat(out.toString())
        .startsWith("<?xml version=\"1.0\"")
        .contains("<string>com.apple.security.root</string>")
        .contains(
            java.util.Base64.getEncoder().encodeToString(certificates.getFirst().getEncoded()));
    assertThat(run("export", "--format", "jks")).isEqualTo(2);
  }

  @Test
  void rotatesInThreeSteps() throws Exception {
    run("init");
    assertThat(run("retire")).isEqualTo(1);
    assertThat(run("rotate")).isZero();
    assertThat(roles()).containsExactly("active", "next");
    run("export");
    assertThat(Pem.readCertificates(out.toString())).hasSize(2);
    assertThat(run("export", "--format", "der", "--output", folder.resolve("x").toString()))
        .isEqualTo(1);
    assertThat(err.toString()).contains("--fingerprint");
    assertThat(run("activate")).isZero();
    assertThat(roles()).containsExactly("active", "former");
    assertThat(run("retire")).isZero();
    assertThat(out.toString()).startsWith("Retired, and no longer to be trusted by clients");
    assertThat(roles()).containsExactly("active");
  }

  @Test
  void k6FindsAKeyThatHasLeakedAndNothingElse() throws Exception {
    run("init");
    assertThat(run("scan")).as(out.toString()).isZero();
    Path log = Files.createDirectories(data.resolve("logs")).resolve("menura.log");
    Files.writeString(
        log,
        "{\"dump\":\""
            + Files.readString(data.resolve("ca/ca-key.pem")).replace("\n", "\\n")
            + "\"}");

    assertThat(run("scan")).isEqualTo(1);
    assertThat(out.toString()).contains("FOUND in " + log + ": base64");
    assertThat(run("scan", "--json")).isEqualTo(1);
    assertThat(JsonParser.parseString(out.toString()).getAsJsonObject().getAsJsonArray("found"))
        .hasSize(1);
  }

  @Test
  void k7RefusesAKeyThatOthersMayRead() throws Exception {
    run("init");
    Files.setPosixFilePermissions(
        data.resolve("ca/ca-key.pem"), PosixFilePermissions.fromString("rw-r--r--"));

    assertThat(run("rotate")).isEqualTo(1);
    assertThat(err.toString()).contains("expected mode 0600").contains("chmod 600");
  }

  @Test
  void asksAnOfflineRootAndSaysSo() throws Exception {
    Path policy = policy("signed-by: offline-root");
    assertThat(run("request", "--policy", policy.toString())).isZero();
    assertThat(out.toString()).startsWith("-----BEGIN CERTIFICATE REQUEST-----");
    String request = out.toString();
    assertThat(run("request", "--policy", policy.toString())).isZero();
    assertThat(out.toString()).isEqualTo(request);
    assertThat(run("show", "--policy", policy.toString())).isZero();
    assertThat(out.toString()).contains("A certificate was asked for");
    assertThat(run("import", "--policy", policy.toString(), policy.resolve("p.yaml").toString()))
        .isEqualTo(1);
    assertThat(err.toString()).contains("expected an authority's certificate, found none");
  }

  @Test
  void exitsWithTwoWhereThePolicyIsWrong() throws Exception {
    assertThat(run("show", "--policy", policy("signed-by: nobody").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("p.yaml:").contains("'itself' or 'offline-root'");
  }

  private Path policy(String ca) throws IOException {
    Path policy = Files.createDirectory(folder.resolve("policy"));
    Files.writeString(
        policy.resolve("p.yaml"),
        """
        apiVersion: menura.dev/v1
        kind: Gateway
        metadata: {name: default}
        spec:
          ca: {%s}
        ---
        apiVersion: menura.dev/v1
        kind: Policy
        metadata: {name: p}
        spec:
          rules:
            - {name: all, when: true, then: allow}
        """
            .formatted(ca));
    return policy;
  }
}

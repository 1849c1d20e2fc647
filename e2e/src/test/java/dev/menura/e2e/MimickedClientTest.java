package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.x509.Pem;
import dev.menura.policy.Listen.Way;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Users who are presented to an origin by a certificate of their own, which the gateway issues,
/// through the real Envoy.
@ExtendWith(Failures.class)
class MimickedClientTest {
  private static final String PROXY = "proxy.example";
  private static final int URI = 6;
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final String GATEWAY =
      Lab.listening(PROXY, Way.EXPLICIT, Way.EXPLICIT_TLS)
          + """
            clients:
              require: false
              basic: {file: users.htpasswd, realm: Test proxy}
              certificate: {roots: [clients.pem]}
          """;
  private static final String RULES =
      Lab.policy(
          """
          - name: each-by-name
            when: host.name != 'plain.test'
            then: [{present-client-certificate: {mimic: true}}, allow]
          - {name: others, when: true, then: allow}
          """);

  @TempDir private static Path folder;
  private static TestRoot clients;
  private static Lab lab;
  private static Origin origin;

  @BeforeAll
  static void start() {
    clients = TestRoot.create("Clients");
    var files =
        Map.of(
            "clients.pem",
            clients.pem(),
            "users.htpasswd",
            ClientIdentityTest.line("ann", "anns") + ClientIdentityTest.line("bob", "bobs"));
    lab = Lab.startWith(folder, GATEWAY, RULES, files);
    origin =
        Origin.tls(
            folder,
            lab.root.leaf("crm.test", "word.test", "plain.test"),
            "-client-roots",
            Origin.file(folder, authority()));
  }

  @AfterAll
  static void stop() {
    origin.close();
    lab.close();
  }

  /// What the operator gives to origins.
  private static String authority() {
    return Pem.certificates(lab.sidecar().certificates().own().clientAuthorities());
  }

  private static GoClient as(String user, String host, String path) {
    var credentials = (user + ":" + user + "s").getBytes(StandardCharsets.UTF_8);
    return GoClient.to(lab, origin.url(host, path))
        .with("-proxy-authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
  }

  private static JsonObject request(String path) {
    return origin.await("request", line -> line.get("path").getAsString().equals(path));
  }

  private static boolean reached(String path) {
    return origin.record().stream()
        .anyMatch(line -> line.has("path") && line.get("path").getAsString().equals(path));
  }

  private static X509Certificate presented(JsonObject request) throws Exception {
    return Pem.readCertificates(request.get("client-chain").getAsString()).getFirst();
  }

  private static int status(JsonLines client) {
    return client.await("response").get("status").getAsInt();
  }

  @Test
  void usersAtTheSameTimeAreEachSeenByTheirOwnNameOverConnectionsOfTheirOwn() {
    Map<String, JsonLines> underWay = new HashMap<>();
    try {
      for (int i = 0; i < 3; i++) {
        for (String user : List.of("ann", "bob")) {
          underWay.put(
              "/" + user + "/h1/" + i,
              as(user, "crm.test", "/" + user + "/h1/" + i).with("-h1").start());
          underWay.put(
              "/" + user + "/h2/" + i, as(user, "crm.test", "/" + user + "/h2/" + i).start());
        }
      }
      underWay.forEach((path, client) -> assertThat(status(client)).as(path).isEqualTo(200));
    } finally {
      underWay.values().forEach(JsonLines::close);
    }
    Map<String, Set<String>> connections = new HashMap<>();
    Map<String, Set<String>> certificates = new HashMap<>();
    for (String path : underWay.keySet()) {
      var user = path.substring(1, 4);
      var request = request(path);
      assertThat(request.get("client").getAsString()).as(path).isEqualTo("CN=" + user);
      connections
          .computeIfAbsent(user, _ -> new HashSet<>())
          .add(request.get("from").getAsString());
      certificates
          .computeIfAbsent(user, _ -> new HashSet<>())
          .add(request.get("client-chain").getAsString());
    }
    assertThat(connections.get("ann")).doesNotContainAnyElementsOf(connections.get("bob"));
    assertThat(certificates.get("ann")).hasSize(1).isNotEqualTo(certificates.get("bob"));
    assertThat(lab.awaitConnection("crm.test").tls().presented()).isEqualTo("mimic");
    assertThat(lab.awaitConnection("crm.test").tls().clientCertificate()).isEqualTo("asked");
  }

  @Test
  void whoCameByACertificateIsSeenAsItsHolder() throws Exception {
    var pair = HeldCertificate.of(clients, "CN=cart,O=Shop", HeldCertificate.SPIFFE);
    var file = Origin.file(folder, pair.chainPem() + pair.keyPem());
    var command = new ArrayList<>(ClientKind.HTTP2_TLS.command(lab, PROXY));
    command.addAll(
        List.of(
            "-cacert",
            lab.ca().toString(),
            "-url",
            origin.url("crm.test", "/holder"),
            "-proxy-cert",
            file));
    try (var client = new JsonLines(command)) {
      assertThat(client.await("answer").get("status").getAsInt()).isEqualTo(200);
    }
    X509Certificate seen = presented(request("/holder/respond"));
    assertThat(seen.getSubjectX500Principal())
        .isEqualTo(pair.chain().getFirst().getSubjectX500Principal());
    assertThat(seen.getSubjectAlternativeNames())
        .containsExactly(List.of(URI, HeldCertificate.SPIFFE));
    assertThat(seen.getPublicKey()).isNotEqualTo(pair.chain().getFirst().getPublicKey());
    assertThat(seen.getIssuerX500Principal())
        .isEqualTo(
            lab.sidecar()
                .certificates()
                .own()
                .clientAuthorities()
                .getFirst()
                .getSubjectX500Principal());
  }

  @Test
  void whoIsNotKnownIsRefusedWithAReason() {
    try (var client = GoClient.to(lab, origin.url("crm.test", "/nobody")).start()) {
      var response = client.await("response");
      assertThat(response.get("status").getAsInt()).isEqualTo(403);
    }
    assertThat(lab.events.stream().map(event -> String.valueOf(event.common().reason())))
        .contains("no-client-identity");
    assertThat(reached("/nobody")).isFalse();
  }

  @Test
  void withoutTheWordNewConnectionsArePresentedNothing() throws Exception {
    try (var client = as("ann", "word.test", "/with").start()) {
      assertThat(status(client)).isEqualTo(200);
    }
    lab.files(Map.of(), GATEWAY, Lab.policy("- {name: all, when: true, then: allow}"));
    try {
      try (var client = as("ann", "word.test", "/without").start()) {
        assertThat(status(client)).isBetween(500, 599);
      }
      assertThat(reached("/without")).isFalse();
      assertThat(lab.sidecar().certificates().own().clientAuthorities()).isEmpty();
    } finally {
      lab.files(Map.of(), GATEWAY, RULES);
    }
    try (var client = as("ann", "word.test", "/again").start()) {
      assertThat(status(client)).isEqualTo(200);
    }
    assertThat(request("/again").get("client").getAsString()).isEqualTo("CN=ann");
  }

  @Test
  void openSslAndJavaAcceptTheChainForClientsAndForNothingElse() throws Exception {
    try (var client = as("bob", "crm.test", "/chain").start()) {
      assertThat(status(client)).isEqualTo(200);
    }
    var chain = request("/chain").get("client-chain").getAsString();
    var leaf = Pem.readCertificates(chain).getFirst();
    assertThat(leaf.getExtendedKeyUsage()).containsExactly(CLIENT_AUTH);
    assertThat(leaf.getBasicConstraints()).isNegative();
    assertThat(leaf.getSerialNumber().bitLength()).isBetween(96, 128);
    assertThat(Duration.between(Instant.now(), leaf.getNotAfter().toInstant()))
        .isBetween(Duration.ofHours(2), Duration.ofHours(8));
    var root = Pem.readCertificates(authority()).getFirst();
    assertThat(root.getExtendedKeyUsage()).containsExactly(CLIENT_AUTH);
    assertThat(root.getBasicConstraints()).isZero();
    assertThat(root.getPublicKey())
        .isNotEqualTo(lab.sidecar().certificates().authority().certificate().getPublicKey());

    assertThat(verify(chain, "sslclient")).endsWith("OK\n");
    assertThat(verify(chain, "sslserver")).doesNotContain("OK\n");
  }

  private static String verify(String chain, String purpose)
      throws IOException, InterruptedException {
    Missing.skipUnlessFound("openssl", "openssl");
    var process =
        new ProcessBuilder(
                "openssl",
                "verify",
                "-x509_strict",
                "-purpose",
                purpose,
                "-CAfile",
                Origin.file(folder, authority()),
                Origin.file(folder, chain))
            .redirectErrorStream(true)
            .start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  @Test
  void noKeyIsToldByAnybody() throws Exception {
    try (var client = as("ann", "crm.test", "/key").start()) {
      assertThat(status(client)).isEqualTo(200);
    }
    var file = folder.resolve("ca-clients").resolve("ca-key.pem");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    var key = Files.readString(file).lines().skip(1).findFirst().orElseThrow();
    var told =
        List.of(
            lab.admin().get("/config_dump?include_eds"),
            lab.admin().get("/certs"),
            lab.admin().get("/stats"),
            lab.events.toString(),
            Files.readString(folder.resolve("envoy.log")));
    var marker =
        Base64.getEncoder()
            .encodeToString("-----BEGIN PRIVATE KEY-----".getBytes(StandardCharsets.US_ASCII));
    assertThat(told)
        .noneMatch(text -> text.contains(key))
        .noneMatch(text -> text.contains("PRIVATE KEY"))
        .noneMatch(text -> text.contains(marker));
    // Nor does the name of a secret tell whose it is.
    assertThat(told.getFirst()).contains("menura/mimic/").doesNotContain("CN=ann");
  }
}

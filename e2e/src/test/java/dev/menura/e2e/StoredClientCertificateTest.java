package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.menura.certificates.testing.CertificateShape;
import dev.menura.certificates.testing.CertificateShape.Purpose;
import dev.menura.certificates.testing.TestRoot;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Client certificates that rules have presented to an origin which requires one, through the real
/// Envoy.
@ExtendWith(Failures.class)
class StoredClientCertificateTest {
  private static final String GATEWAY =
      Lab.GATEWAY
          + """
              client-certificates:
                - {name: sales, certificate: sales.pem, key: sales.key}
                - {name: staff, certificate: staff.pem, key: staff.key}
            clients:
              addresses:
                - {blocks: 127.0.0.1, user: somebody}
          """;
  private static final String RULES =
      Lab.policy(
          """
          - name: sales
            when: host.name in ['sales.test', 'also-sales.test']
            then: [{present-client-certificate: {name: sales}}, allow]
          - name: staff
            when: host.name == 'staff.test' && client.user == 'somebody'
            then: [{present-client-certificate: {name: staff}}, allow]
          - {name: others, when: true, then: allow}
          """);

  @TempDir private static Path folder;
  private static final Map<String, String> FILES = new HashMap<>();
  private static TestRoot clients;
  private static Lab lab;
  private static Origin origin;

  @BeforeAll
  static void start() {
    clients = TestRoot.create("The origin's clients");
    stored("sales", "CN=sales desk");
    stored("staff", "CN=staff desk");
    lab = Lab.startWith(folder, GATEWAY, RULES, FILES);
    origin =
        Origin.tls(
            folder,
            lab.root.leaf("sales.test", "also-sales.test", "staff.test", "plain.test"),
            "-client-roots",
            Origin.file(folder, clients.pem()));
  }

  @AfterAll
  static void stop() {
    origin.close();
    lab.close();
  }

  private static void stored(String name, String subject) {
    var pair = clients.leaf(CertificateShape.forNames().subject(subject).purpose(Purpose.CLIENT));
    FILES.put(name + ".pem", pair.chainPem());
    FILES.put(name + ".key", pair.keyPem());
  }

  private static JsonObject ask(String host, String path) {
    try (var client = GoClient.to(lab, origin.url(host, path)).start()) {
      return client.await("response");
    }
  }

  /// Whom the origin takes the client of the request with this path for.
  private static String client(String path) {
    return origin
        .await("request", line -> line.get("path").getAsString().equals(path))
        .get("client")
        .getAsString();
  }

  @Test
  void theRuleDecidesWhichIsPresented() {
    assertThat(ask("sales.test", "/1").get("status").getAsInt()).isEqualTo(200);
    assertThat(client("/1")).isEqualTo("CN=sales desk");
    assertThat(ask("staff.test", "/2").get("status").getAsInt()).isEqualTo(200);
    assertThat(client("/2")).isEqualTo("CN=staff desk");
    assertThat(ask("also-sales.test", "/3").get("status").getAsInt()).isEqualTo(200);
    assertThat(client("/3")).isEqualTo("CN=sales desk");
  }

  @Test
  void withoutSuchARuleNoneIsPresented() {
    assertThat(ask("plain.test", "/none").get("status").getAsInt()).isBetween(500, 599);
    assertThat(origin.record().stream().filter(line -> line.has("path")))
        .noneMatch(line -> line.get("path").getAsString().equals("/none"));
  }

  @Test
  void aChangedCertificateIsPresentedNextAndTheKeyIsNowhere() throws Exception {
    var key = FILES.getOrDefault("staff.key", "").lines().skip(1).findFirst().orElseThrow();
    assertThat(lab.admin().get("/config_dump")).doesNotContain(key);
    assertThat(lab.events.toString()).doesNotContain(key);

    stored("staff", "CN=staff desk two");
    lab.files(FILES, GATEWAY, RULES);

    assertThat(ask("staff.test", "/later").get("status").getAsInt()).isEqualTo(200);
    assertThat(client("/later")).isEqualTo("CN=staff desk two");
  }
}

package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The published chains of x509-limbo, presented by a server to the real Envoy: those that have a
/// key, a name or an address that a server here can have, and no date of their own.
@Tag("long")
@ExtendWith(Failures.class)
class LimboThroughEnvoyTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";

  /// Where Envoy's own validation refuses what ours accepts: both must agree.
  private static final Map<String, String> STRICTER_IN_ENVOY =
      Map.of(
          "rfc5280::nc::nc-forbids-same-chain-ica",
          "it holds an authority's subject to that authority's own name constraints",
          "rfc5280::nc::permitted-ipv6-match",
          "it knows no constraints of addresses, and refuses what it cannot check");

  /// The only address of the suite's that is of this machine.
  private static final String LOOPBACK = "::1";

  @TempDir private Path folder;
  private final Map<String, String> wrong = new TreeMap<>();
  private final List<String> unserved = new ArrayList<>();
  private int accepted;
  private int refused;

  @Test
  void noneThatMustFailGetsAMimicThatClientsTrust() throws Exception {
    try (var lab = Lab.start(folder, ALLOW)) {
      for (JsonElement each : cases()) {
        run(lab, each.getAsJsonObject());
      }
    }
    Files.writeString(
        Path.of("target/limbo-through-envoy.txt"),
        "accepted %d, refused %d, not servable %s, stricter in Envoy %s%n"
            .formatted(accepted, refused, unserved, STRICTER_IN_ENVOY));
    assertThat(wrong).isEmpty();
    assertThat(refused).as("unserved: %s", unserved).isGreaterThan(30);
    assertThat(accepted).isGreaterThan(8);
  }

  private void run(Lab lab, JsonObject each) throws Exception {
    var id = each.get("id").getAsString();
    var roots = new StringBuilder();
    each.getAsJsonArray("trusted_certs").forEach(pem -> roots.append(pem.getAsString()));
    try {
      lab.trust("webpki-strict", roots.toString(), ALLOW);
    } catch (IllegalArgumentException e) {
      // A root that is none is refused with the policy; then nothing below it is accepted.
      unserved.add(id);
      return;
    }
    var started = serve(each);
    if (started.isEmpty()) {
      unserved.add(id);
      return;
    }
    try (var server = started.get()) {
      var host = expectedName(each);
      judge(lab, each, id, server.url(host.equals(LOOPBACK) ? "[" + host + "]" : host));
    }
  }

  private void judge(Lab lab, JsonObject each, String id, String url) {
    boolean features = !each.getAsJsonArray("features").isEmpty();
    if (each.get("expected_result").getAsString().equals("FAILURE")) {
      var answer = Curl.through(lab, url);
      boolean mimic = answer.status() == 200 || answer.log().contains("HTTP/2 502");
      if (mimic && !features) {
        wrong.put(id, "accepted: " + answer.status());
      } else if (!mimic) {
        refused++;
      }
      return;
    }
    try {
      // Envoy takes the new roots over a moment later than the look does.
      Awaitility.await(id)
          .atMost(Duration.ofSeconds(5))
          .pollInterval(Duration.ofMillis(50))
          .until(() -> Curl.through(lab, url).status() == 200);
      accepted++;
    } catch (ConditionTimeoutException e) {
      var answer = Curl.through(lab, url);
      // A look that finds nothing wrong, and an Envoy that does, is a 502.
      boolean stricter = STRICTER_IN_ENVOY.containsKey(id) && answer.status() == 502;
      if (!features && !stricter) {
        wrong.put(id, "refused: " + answer.status() + " " + answer.body() + answer.log());
      }
    }
  }

  /// Nothing where there can be no server with such a certificate.
  private Optional<OpensslServer> serve(JsonObject each) {
    var chain = new StringBuilder();
    each.getAsJsonArray("untrusted_intermediates").forEach(pem -> chain.append(pem.getAsString()));
    return OpensslServer.startWithAny(
        folder,
        each.get("peer_certificate").getAsString(),
        each.get("peer_certificate_key").getAsString(),
        chain.toString(),
        expectedName(each).equals(LOOPBACK) ? List.of("-accept", "[::1]:0") : List.of());
  }

  private static String expectedName(JsonObject each) {
    return each.getAsJsonObject("expected_peer_name").get("value").getAsString();
  }

  private static List<JsonElement> cases() throws IOException {
    var named = System.getenv("MENURA_TESTDATA");
    var published =
        (named == null ? Path.of("../../shared/testdata") : Path.of(named))
            .toAbsolutePath()
            .normalize();
    var files = new ArrayList<Path>();
    if (Files.isDirectory(published)) {
      try (var found = Files.newDirectoryStream(published, "limbo*.json.gz")) {
        found.forEach(files::add);
      }
    }
    if (!"true".equals(System.getenv("CI"))) {
      assumeTrue(!files.isEmpty(), "the published cases; MENURA_TESTDATA names their folder");
    }
    assertThat(files).isNotEmpty();
    var cases = new ArrayList<JsonElement>();
    for (Path file : files) {
      try (var text =
          new InputStreamReader(
              new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8)) {
        JsonParser.parseReader(text).getAsJsonObject().getAsJsonArray("testcases").asList().stream()
            .filter(each -> isServable(each.getAsJsonObject()))
            .forEach(cases::add);
      }
    }
    return cases;
  }

  private static boolean isServable(JsonObject each) {
    return each.get("validation_kind").getAsString().equals("SERVER")
        && each.has("peer_certificate_key")
        && !each.get("peer_certificate_key").isJsonNull()
        && each.get("validation_time").isJsonNull()
        && each.get("expected_peer_name").isJsonObject()
        && (each.getAsJsonObject("expected_peer_name").get("kind").getAsString().equals("DNS")
            || expectedName(each).equals(LOOPBACK));
  }
}

package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.menura.sidecar.envoy.EnvoyBinary;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands that an operator runs for traffic of their own, as processes: `menura up`, `menura
/// run` with an Envoy of somebody else's, `menura check`.
class CommandTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";
  private static final String CLOSED =
      "- {name: closed, when: \"host.name == 'shop.test'\", then: block}\n" + ALLOW;
  private static final Duration EDIT_AT_MOST = Duration.ofSeconds(1);

  /// Short, so that the sockets can stand in the data directory.
  @TempDir private Path folder;

  @Test
  void upDecryptsAndTakesEditsWhileADownloadGoesOn() throws Exception {
    var policy = PolicyFiles.write(folder.resolve("policy"), ALLOW);
    var data = folder.resolve("data");
    try (var up =
            Program.menura(
                folder,
                "up",
                "--policy",
                policy.folder.toString(),
                "--data",
                data.toString(),
                "--listen",
                "127.0.0.1:0",
                "--admin",
                "127.0.0.1:0");
        var origin = Origin.tls(folder, policy.root.leaf("shop.test", "other.test"))) {
      var ready = up.awaitReady(data);
      var answer = curl(ready, origin.url("shop.test", "/"));
      assertThat(answer.status()).as(answer.log()).isEqualTo(200);
      assertThat(answer.issuer()).contains("Menura CA");
      try (var download = download(ready, origin.url("shop.test", "/gated"))) {
        origin.await("waiting");

        policy.rules(CLOSED);
        awaitBlocked(ready, origin.url("shop.test", "/"));
        Awaitility.await("the new version in ready.json")
            .until(() -> !version(Program.ready(data)).equals(version(ready)));
        var closed = version(Program.ready(data));

        policy.text("apiVersion: menura.dev/v1\nkind: Polcy\n");
        up.awaitSaid("the policy was not loaded");
        assertThat(up.said())
            .contains("policy.yaml:2:7: error:", "found 'Polcy'", "did you mean 'Policy'?");
        assertThat(metrics(ready)).contains("menura_policy_refused 1.0");
        assertThat(curl(ready, origin.url("shop.test", "/")).status()).isEqualTo(403);
        assertThat(curl(ready, origin.url("other.test", "/")).status()).isEqualTo(200);
        assertThat(version(Program.ready(data))).isEqualTo(closed);

        origin.release();
        download.await("end");
        assertThat(new String(download.body(), StandardCharsets.UTF_8))
            .isEqualTo("first half\nsecond half\n");
      }
      var envoy = up.descendants();
      assertThat(envoy).hasSize(1);
      up.terminate();
      assertThat(envoy).noneMatch(ProcessHandle::isAlive);
      assertThat(data.resolve("ready.json")).doesNotExist();
    }
  }

  @Test
  void runDrivesAnEnvoyThatSomebodyElseStarts() throws Exception {
    var policy = PolicyFiles.write(folder.resolve("policy"), ALLOW);
    var data = folder.resolve("data");
    var bootstrap = data.resolve("bootstrap.json");
    var run =
        List.of("run", "--policy", policy.folder.toString(), "--data", data.toString())
            .toArray(String[]::new);
    try (var origin = Origin.tls(folder, policy.root.leaf("shop.test"))) {
      var sidecar = Program.menura(folder, run);
      sidecar.awaitSaid("Waiting for Envoy to connect");
      assertThat(data.resolve("ready.json")).doesNotExist();
      try (var envoy =
          Program.start(folder, envoy(), "-c", bootstrap.toString(), "--use-dynamic-base-id")) {
        var ready = sidecar.awaitReady(data);
        assertThat(ready.get("listeners").getAsJsonObject().get("explicit"))
            .isEqualTo(ready.get("proxy"));
        assertThat(ready.get("ca").getAsString()).isEqualTo(data.resolve("ca.pem").toString());
        assertThat(curl(ready, origin.url("shop.test", "/")).status()).isEqualTo(200);
        policy.rules(CLOSED);
        awaitBlocked(ready, origin.url("shop.test", "/"));

        sidecar.terminate();
        assertThat(data.resolve("ready.json")).doesNotExist();
        assertThat(envoy.alive()).isTrue();
        assertThat(curl(ready, origin.url("shop.test", "/")).status()).isNotEqualTo(200);

        policy.rules(ALLOW);
        try (var again = Program.menura(folder, run)) {
          var after = again.awaitReady(data);
          assertThat(after.get("proxy")).isEqualTo(ready.get("proxy"));
          assertThat(curl(after, origin.url("shop.test", "/")).status()).isEqualTo(200);
        }
      } finally {
        sidecar.close();
      }
    }
  }

  @Test
  void bootstrapPrintsWhatRunWrites() throws Exception {
    var policy = PolicyFiles.write(folder.resolve("policy"), ALLOW);
    var data = folder.resolve("data");
    try (var printed = Program.menura(folder, "bootstrap", "--data", data.toString());
        var run =
            Program.menura(
                folder, "run", "--policy", policy.folder.toString(), "--data", data.toString())) {
      assertThat(printed.awaitEnd()).isZero();
      run.awaitSaid("Waiting for Envoy to connect");
      assertThat(Files.readString(data.resolve("bootstrap.json")).strip())
          .isEqualToIgnoringWhitespace(
              printed
                  .said()
                  .replace("\"id\": \"envoy\"", "\"id\": \"" + nodeOf(data) + "\"")
                  .strip());
    }
  }

  @Test
  void checkReportsEightMistakesInTwoFilesAtTheirPlaces() throws IOException {
    Files.writeString(
        folder.resolve("gateway.yaml"),
        """
        apiVersion: menura.dev/v1
        kind: Gateway
        metadata: {name: default}
        spec:
          listn:
            explicit: {address: 127.0.0.1:3128}
          upstream:
            trust: {system-roots: maybe, roots: [missing.pem]}
            allow-addresses: [10.20.0.0/33]
        """);
    Files.writeString(
        folder.resolve("policy.yaml"),
        """
        apiVersion: menura.dev/v1
        kind: Policy
        metadata: {name: corporate}
        spec:
          rules:
            - name: cards
              when: request.body.count('credit-crad') > 0
              then: blok
            - name: cards-too
              when: host.catgory == 'y'
              then: block
              then: allow
        """);
    try (var check = Program.menura(folder, "check", folder.toString());
        var json = Program.menura(folder, "check", "--json", folder.toString())) {
      assertThat(check.awaitEnd()).isEqualTo(2);
      assertThat(check.said().lines().filter(line -> line.contains(": error: ")))
          .extracting(line -> line.substring(0, line.indexOf(": error: ")))
          .containsExactly(
              "gateway.yaml:5:3",
              "gateway.yaml:8:27",
              "gateway.yaml:8:42",
              "gateway.yaml:9:23",
              "policy.yaml:7:32",
              "policy.yaml:8:13",
              "policy.yaml:10:13",
              "policy.yaml:12:7");
      assertThat(check.said()).endsWith("8 errors; the policy was not loaded\n");
      assertThat(json.awaitEnd()).isEqualTo(2);
      assertThat(JsonParser.parseString(json.said()).getAsJsonArray()).hasSize(8);
    }
  }

  private static String envoy() throws Exception {
    return EnvoyBinary.find(Optional.empty(), message -> {}).path().toString();
  }

  private static String nodeOf(Path data) throws IOException {
    return JsonParser.parseString(Files.readString(data.resolve("bootstrap.json")))
        .getAsJsonObject()
        .getAsJsonObject("node")
        .get("id")
        .getAsString();
  }

  /// The line that the README gives.
  private static Curl curl(JsonObject ready, String url) {
    return Curl.run(
        url,
        List.of(
            "-x",
            "http://" + ready.get("proxy").getAsString(),
            "--cacert",
            ready.get("ca").getAsString()));
  }

  private static JsonLines download(JsonObject ready, String url) {
    return new JsonLines(
        List.of(
            GoTools.program().toString(),
            "client",
            "-proxy",
            ready.get("proxy").getAsString(),
            "-url",
            url,
            "-cacert",
            ready.get("ca").getAsString()));
  }

  /// Holds that a request made a second after now is refused.
  private static void awaitBlocked(JsonObject ready, String url) {
    long edited = System.nanoTime();
    while (true) {
      var after = Duration.ofNanos(System.nanoTime() - edited);
      var answer = curl(ready, url);
      if (answer.status() == 403) {
        return;
      }
      assertThat(after).as("a request this long after the edit passed").isLessThan(EDIT_AT_MOST);
    }
  }

  private static String version(JsonObject ready) {
    return ready.get("policy-version").getAsString();
  }

  private static String metrics(JsonObject ready) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      var uri = URI.create("http://" + ready.get("admin").getAsString() + "/metrics");
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }
}

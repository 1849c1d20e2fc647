package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.menura.e2e.ManyOrigins.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A slice of Netflix's BetterTLS, presented by a server to the real Envoy: clients get a mimic
/// that they trust where the suite demands it, and nowhere else. `BetterTlsTest` runs all of the
/// suite in process.
@ExtendWith(Failures.class)
class BetterTlsThroughEnvoyTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";
  private static final int MINUTES_MAX = 5;

  /// Cases that the suite accepts, and with it our validation, and Envoy's alone refuses: all whose
  /// leaf has an address, and whose authority has constraints of addresses. BoringSSL checks none.
  private static final List<String> ENVOY_IS_STRICTER =
      Stream.of(1075, 1898, 3353, 7149, 7656, 8352, 8605)
          .map(id -> "nameconstraints " + id)
          .toList();

  @TempDir private Path folder;
  private final Map<String, String> wrong = new TreeMap<>();
  private final List<String> stricter = new ArrayList<>();
  private int accepted;
  private int refused;

  @Test
  void getsTheVerdictsOfSomeCasesOfBothSuites() throws Exception {
    run("pathbuilding", 12);
    run("nameconstraints", 12);
    assertThat(wrong).isEmpty();
    assertThat(stricter).isSubsetOf(ENVOY_IS_STRICTER);
    assertThat(accepted).isGreaterThan(3);
    assertThat(refused).isGreaterThan(3);
  }

  @Test
  @Tag("long")
  void getsTheVerdictOfEveryWayThatBranches() throws Exception {
    run("pathbuilding", 0);
    assertThat(wrong).isEmpty();
    assertThat(stricter).isEmpty();
    assertThat(accepted + refused).isGreaterThan(60);
  }

  @Test
  @Tag("long")
  void getsTheVerdictsOfNameConstraintsOfEveryKind() throws Exception {
    run("nameconstraints", 150);
    assertThat(wrong).isEmpty();
    assertThat(stricter).containsExactlyElementsOf(ENVOY_IS_STRICTER);
    assertThat(accepted + refused).isGreaterThan(100);
  }

  private void run(String suite, int most) throws Exception {
    var lines = cases(suite, most);
    var root = JsonParser.parseString(lines.getFirst()).getAsJsonObject();
    try (var lab = Lab.start(Files.createTempDirectory(folder, "data"), ALLOW);
        var origins = new ManyOrigins()) {
      lab.trust(
          "private-ca",
          "-----BEGIN CERTIFICATE-----\n"
              + root.get("root").getAsString()
              + "\n-----END CERTIFICATE-----\n",
          ALLOW);
      for (String line : lines.subList(1, lines.size())) {
        judge(lab, origins, suite, JsonParser.parseString(line).getAsJsonObject());
      }
    }
    Files.writeString(
        Path.of("target/bettertls-through-envoy-" + suite + ".txt"),
        "accepted %d, refused %d, stricter in Envoy %s%n".formatted(accepted, refused, stricter));
  }

  private void judge(Lab lab, ManyOrigins origins, String suite, JsonObject each) {
    var id = suite + " " + each.get("id").getAsInt();
    var chain = new ArrayList<byte[]>();
    each.getAsJsonArray("chain").forEach(der -> chain.add(bytes(der.getAsString())));
    int port =
        origins.serve(id, new Server(chain, bytes(each.get("key").getAsString()))).orElseThrow();
    var url = "https://" + each.get("host").getAsString() + ":" + port + "/";
    boolean firm = each.get("firm").getAsBoolean();
    if (!each.get("accept").getAsBoolean()) {
      var answer = Curl.through(lab, url);
      boolean mimic = answer.status() == 200;
      if (mimic && firm) {
        wrong.put(id, "accepted");
      } else if (!mimic) {
        refused++;
        assertThat(origins.requests(id)).isZero();
      }
      return;
    }
    try {
      // Envoy takes the root over a moment later than the look does.
      Awaitility.await(id)
          .atMost(Duration.ofSeconds(firm && accepted == 0 ? 20 : 3))
          .pollInterval(Duration.ofMillis(50))
          .until(() -> Curl.through(lab, url).status() == 200);
      accepted++;
    } catch (ConditionTimeoutException e) {
      var answer = Curl.through(lab, url);
      if (answer.status() == 502) {
        stricter.add(id);
      } else if (firm) {
        wrong.put(id, "refused: " + answer.status() + " " + answer.body());
      }
    }
  }

  private static byte[] bytes(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  /// The root, and then the cases, a line of JSON each.
  private List<String> cases(String suite, int most) throws IOException, InterruptedException {
    Missing.skipUnlessFound("go", "golang");
    var program = Path.of("target", "bettertls").toAbsolutePath();
    if (go(List.of("go", "build", "-o", program.toString(), "."), "build") != 0) {
      Missing.skip("BetterTLS, which Go builds from its module");
    }
    var command = List.of(program.toString(), "-suite", suite, "-most", String.valueOf(most));
    assertThat(go(command, "cases")).isZero();
    return Files.readAllLines(folder.resolve("cases"));
  }

  private int go(List<String> command, String output) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(command)
            .directory(Path.of("src/test/bettertls").toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectOutput(folder.resolve(output).toFile())
            .start();
    if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      return -1;
    }
    return process.exitValue();
  }
}

package dev.menura.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.event.GatewayEvent;
import dev.menura.extproc.inspect.Detectors;
import dev.menura.policy.load.PolicyLoader;
import dev.menura.sidecar.command.MenuraCommand;
import dev.menura.sidecar.envoy.EnvoyBinary;
import dev.menura.sidecar.policy.PolicyFolder;
import dev.menura.sidecar.policy.StarterPolicy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs what is in `envoy-configs/`: a bootstrap is what the command prints and Envoy accepts, and
/// a policy does what its comments promise.
@ExtendWith(Failures.class)
class EnvoyConfigsTest {
  private static final Path CONFIGS = Path.of("../envoy-configs");
  private static final Pattern BOOTSTRAP = Pattern.compile("menura (bootstrap .*) > (\\S+\\.json)");
  private static final Pattern PROMISE =
      Pattern.compile(
          "# +(?<method>GET|POST) https://(?<host>[a-z.]+)(?<path>/\\S*)(?: with '(?<body>.*)')?"
              + "(?: as (?<user>[a-z]+))?"
              + " -> (?<verdict>\\w+)(?: by (?<rule>[\\w-]+))?"
              + "(?:, observed (?<observed>\\w+) by (?<observedRule>[\\w-]+))?");

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir private Path folder;

  static List<Path> bootstraps() throws IOException {
    try (var files = Files.list(CONFIGS)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  static List<Path> policies() throws IOException {
    try (var folders = Files.list(CONFIGS.resolve("policies"))) {
      return folders.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("bootstraps")
  void aBootstrapIsWhatTheCommandPrintsAndEnvoyAccepts(Path bootstrap) throws Exception {
    var made =
        BOOTSTRAP
            .matcher(Files.readString(CONFIGS.resolve("README.md")))
            .results()
            .filter(line -> line.group(2).equals(bootstrap.getFileName().toString()))
            .findFirst();
    assertThat(made).as("the line in the README that makes it").isPresent();
    assertThat(Files.readString(bootstrap)).isEqualTo(printed(made.get().group(1)));
    var envoy = EnvoyBinary.find(Optional.empty(), message -> {}).path().toString();
    try (var validation =
        Program.start(folder, envoy, "--mode", "validate", "-c", bootstrap.toString())) {
      assertThat(validation.awaitEnd()).as(validation.said()).isZero();
    }
  }

  private static String printed(String arguments) {
    var out = new StringWriter();
    var line = MenuraCommand.line().setOut(new PrintWriter(out, true));
    assertThat(line.execute(arguments.split(" ", -1))).isZero();
    return out.toString();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void aPolicyDoesWhatItsCommentsPromise(Path policy) throws Exception {
    var documents = new PolicyLoader(Detectors.kinds()).load(new PolicyFolder(policy));
    assertThat(documents.warnings()).isEmpty();
    var text = withLists(policy);
    var promises = PROMISE.matcher(text).results().toList();
    assertThat(promises).isNotEmpty();
    var hosts = promises.stream().map(promise -> promise.group("host")).distinct();
    var gateway =
        Lab.GATEWAY.replace(
                "\"*.test\": 127.0.0.1",
                hosts.map(host -> host + ": 127.0.0.1").collect(Collectors.joining(", ")))
            + clients(policy);
    try (var lab = Lab.startWith(folder, gateway, text, further(policy))) {
      for (MatchResult promise : promises) {
        keep(lab, promise, isStreamed(text, promise));
      }
    }
  }

  /// Whether the head of a message may be with the origin before its rule has refused the body.
  private static boolean isStreamed(String policy, MatchResult promise) {
    var begin = "- name: ";
    int at = policy.indexOf(begin + promise.group("rule") + "\n");
    if (promise.group("body") == null || at < 0) {
      return false;
    }
    int next = policy.indexOf(begin, at + begin.length());
    return policy.substring(at, next < 0 ? policy.length() : next).contains("hold: window");
  }

  /// The folder's documents but for the gateway, which is the lab's.
  private static String withLists(Path policy) throws IOException {
    var text = new StringBuilder(Files.readString(policy.resolve("policy.yaml")));
    try (var files = Files.list(policy)) {
      for (Path file : files.sorted().toList()) {
        var name = file.getFileName().toString();
        if (name.endsWith(".yaml") && !List.of("policy.yaml", "gateway.yaml").contains(name)) {
          text.append("---\n").append(Files.readString(file));
        }
      }
    }
    return text.toString();
  }

  /// The end of the gateway's document, where it says who may ask.
  private static String clients(Path policy) throws IOException {
    var gateway = policy.resolve("gateway.yaml");
    var text = Files.exists(gateway) ? Files.readString(gateway) : "";
    int clients = text.indexOf("  clients:");
    return clients < 0 ? "" : text.substring(clients);
  }

  private static Map<String, String> further(Path policy) throws IOException {
    Map<String, String> texts = new HashMap<>();
    try (var files = Files.list(policy)) {
      for (Path file : files.filter(each -> !each.toString().endsWith(".yaml")).toList()) {
        texts.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return texts;
  }

  private void keep(Lab lab, MatchResult promise, boolean streamed) throws IOException {
    var host = promise.group("host");
    var verdict = promise.group("verdict");
    lab.events.clear();
    try (var origin = Origin.tls(folder, lab.root.leaf(host))) {
      var answer = ask(lab, origin, promise);
      Awaitility.await(promise.group())
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(lab.events).anyMatch(event -> fits(event, promise)));
      switch (verdict) {
        case "allow", "passthrough" -> {
          assertThat(answer.status()).as(answer.log()).isEqualTo(200);
          assertThat(answer.issuer())
              .contains(verdict.equals("allow") ? "Menura CA" : "Menura test origins");
          assertThat(origin.requests()).isEqualTo(1);
        }
        case "block" -> {
          assertThat(answer.log() + answer.body()).contains("403", promise.group("rule"));
          if (streamed) {
            assertThat(new String(origin.received(), UTF_8)).doesNotContain(promise.group("body"));
          } else {
            assertThat(origin.requests()).isZero();
          }
        }
        default -> throw new AssertionError("no verdict: " + promise.group());
      }
    }
  }

  private Curl ask(Lab lab, Origin origin, MatchResult promise) throws IOException {
    var both = folder.resolve("both.pem");
    Files.writeString(both, Files.readString(lab.ca()) + Files.readString(lab.originRoot()));
    var url = origin.url(promise.group("host"), promise.group("path"));
    var body = promise.group("body");
    var user = promise.group("user");
    var arguments = new ArrayList<>(List.of("--cacert", both.toString()));
    if (body != null) {
      arguments.addAll(List.of("--data", body));
    }
    if (user != null) {
      arguments.addAll(List.of("--proxy-user", user + ":try-" + user));
    }
    return Curl.through(lab, url, arguments.toArray(String[]::new));
  }

  private static boolean fits(GatewayEvent event, MatchResult promise) {
    var common = event.common();
    @Nullable String observed = promise.group("observed");
    return common.host().equals(promise.group("host"))
        && common.verdict().equals(promise.group("verdict"))
        && Objects.equals(promise.group("rule"), common.rule())
        && Objects.equals(observed, common.observedVerdict())
        && Objects.equals(promise.group("observedRule"), common.observedRule());
  }

  @Test
  void theStarterIsWhatUpWrites() throws IOException {
    var written = folder.resolve("policy");
    StarterPolicy.writeOnce(written);
    try (var files = Files.list(written)) {
      for (Path file : files.toList()) {
        assertThat(CONFIGS.resolve("policies/starter").resolve(file.getFileName()))
            .hasSameTextualContentAs(file);
      }
    }
  }
}

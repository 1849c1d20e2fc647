package dev.menura.e2e;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.sidecar.data.SocketFolder;
import dev.menura.sidecar.envoy.EnvoyAdmin;
import dev.menura.sidecar.envoy.EnvoyBinary;
import dev.menura.sidecar.envoy.EnvoyUnavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/// The product as a process of its own, as an operator runs it: `menura up` or `menura run` with a
/// policy folder and a data directory. It can be killed, ended, and started again on the same data.
/// Nothing of it outlives [#close].
final class GatewayProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  final TestRoot root = TestRoot.create("Menura test origins");
  private final Path folder;
  private final Path policy;
  private final Path data;
  private final Path output;
  private final Optional<Surroundings> namespace;
  private @Nullable Process process;
  private @Nullable JsonObject lastReady;

  private GatewayProcess(Path folder, String rules, Optional<Surroundings> namespace) {
    this.folder = folder;
    this.policy = folder.resolve("policy");
    this.data = folder.resolve("data");
    this.output = folder.resolve("output.txt");
    this.namespace = namespace;
    try {
      Files.createDirectories(policy);
      Files.createDirectories(data);
      Files.writeString(policy.resolve("origin-root.pem"), root.pem());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    document("gateway.yaml", Lab.GATEWAY);
    rules(rules);
    Failures.watch(this);
  }

  /// A gateway that is not started yet.
  ///
  /// @param rules the list under `spec.rules`, in YAML
  static GatewayProcess in(Path folder, String rules) {
    return new GatewayProcess(folder, rules, Optional.empty());
  }

  /// As [#in], in surroundings of its own.
  static GatewayProcess in(Path folder, String rules, Surroundings namespace) {
    return new GatewayProcess(folder, rules, Optional.of(namespace));
  }

  /// Starts Envoy and the sidecar, and waits until traffic can flow.
  GatewayProcess up() {
    start("up", "--envoy", envoyProgram().toString());
    awaitReady();
    return this;
  }

  /// Starts the sidecar alone, and waits until an Envoy can connect.
  GatewayProcess run() {
    start("run");
    await("the sidecar's socket")
        .until(() -> Files.exists(bootstrap()) && Relay.answers(sidecarSocket()));
    return this;
  }

  /// Starts a command of the product on this policy and this data.
  void start(String command, String... more) {
    var line = new ArrayList<String>();
    namespace.ifPresent(own -> line.addAll(own.prefix(folder)));
    line.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.menura.sidecar.Main",
            command,
            "--policy",
            policy.toString(),
            "--data",
            data.toString(),
            "--admin",
            "127.0.0.1:0"));
    line.addAll(List.of(more));
    try {
      // One that a killed sidecar left would be taken for the new one's.
      Files.deleteIfExists(data.resolve("ready.json"));
      process =
          new ProcessBuilder(line)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path envoyProgram() {
    try {
      return EnvoyBinary.find(Optional.empty(), message -> {}).path();
    } catch (EnvoyUnavailable e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// The sidecar's process id.
  long pid() {
    return running().pid();
  }

  /// Kills the sidecar, as `kill -9` does.
  void kill() {
    var _ = running().destroyForcibly();
    awaitExit();
  }

  /// Asks the sidecar to end, as `kill` does.
  ///
  /// @return its exit code
  int terminate() {
    running().destroy();
    return awaitExit();
  }

  /// Waits until the process has ended by itself.
  ///
  /// @return its exit code
  int awaitExit() {
    try {
      if (!running().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("the sidecar does not end:\n" + output());
      }
      return running().exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Process running() {
    var current = process;
    if (current == null) {
      throw new IllegalStateException("not started");
    }
    return current;
  }

  /// The Envoy that the sidecar runs, as its pid file says; empty where there is none.
  Optional<ProcessHandle> envoy() {
    try {
      return read("envoy.pid").lines().findFirst().map(Long::parseLong).flatMap(ProcessHandle::of);
    } catch (UncheckedIOException e) {
      return Optional.empty();
    }
  }

  /// Puts other rules into the policy's folder, in one step.
  void rules(String rules) {
    document("policy.yaml", Lab.policy(rules));
  }

  /// Puts a document into the policy's folder, in one step.
  void document(String name, String text) {
    try {
      var fresh = Files.writeString(folder.resolve("fresh.yaml"), text);
      Files.move(fresh, policy.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits until `ready.json` is there.
  JsonObject awaitReady() {
    return awaitReady(ready -> true);
  }

  /// Waits until `ready.json` is there and says what is expected.
  JsonObject awaitReady(Predicate<JsonObject> expected) {
    return await("ready.json")
        .until(
            () -> {
              if (!running().isAlive()) {
                throw new AssertionError("the gateway ended:\n" + output());
              }
              return ready();
            },
            ready -> ready.filter(expected).isPresent())
        .orElseThrow();
  }

  /// What `ready.json` says, empty where it is not there.
  Optional<JsonObject> ready() {
    try {
      var ready = JsonParser.parseString(read("ready.json")).getAsJsonObject();
      lastReady = ready;
      return Optional.of(ready);
    } catch (UncheckedIOException e) {
      return Optional.empty();
    }
  }

  /// Where the proxy was when it was last ready.
  String proxy() {
    return lastReady("proxy");
  }

  private String lastReady(String name) {
    var _ = ready();
    var last = lastReady;
    if (last == null) {
      throw new IllegalStateException("never ready");
    }
    return last.get(name).getAsString();
  }

  /// The certificate authority that clients trust.
  Path ca() {
    return inData("ca.pem");
  }

  /// The root of the origins, for connections that are passed through.
  Path originRoot() {
    return policy.resolve("origin-root.pem");
  }

  Path bootstrap() {
    return inData("bootstrap.json");
  }

  /// Where Envoy reaches the sidecar.
  Path sidecarSocket() {
    return SocketFolder.of(data).sidecar();
  }

  EnvoyAdmin envoyAdmin() {
    return new EnvoyAdmin(view(SocketFolder.of(data).admin()));
  }

  /// A file of the data directory, by a path that works for this process.
  Path inData(String name) {
    return view(data.resolve(name));
  }

  private Path view(Path path) {
    return namespace.isEmpty() || process == null
        ? path
        : Path.of("/proc/" + running().pid() + "/root" + path);
  }

  /// The content of a file of the data directory.
  String read(String name) {
    try {
      return Files.readString(inData(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The whole lines of the event log; each has to be a JSON object.
  List<JsonObject> events() {
    var text = read("events.jsonl");
    return text.substring(0, text.lastIndexOf('\n') + 1)
        .lines()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  /// A page of the admin server.
  ///
  /// @param status the status of the answer
  record Page(int status, String text) {}

  Page admin(String path) {
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create("http://" + lastReady("admin") + path))
              .timeout(PATIENCE)
              .build();
      var answer = client.send(request, BodyHandlers.ofString());
      return new Page(answer.statusCode(), answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// The value of one line of `/metrics`.
  double metric(String nameAndLabels) {
    return admin("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith(nameAndLabels + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(nameAndLabels.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no metric " + nameAndLabels));
  }

  /// Runs curl through the proxy.
  Curl curl(String url, String... more) {
    var arguments =
        new ArrayList<>(List.of("-x", "http://" + proxy(), "--cacert", ca().toString()));
    arguments.addAll(List.of(more));
    return Curl.run(url, arguments);
  }

  /// Starts a Go client through the proxy, whose body the test writes.
  JsonLines client(String url, String... more) {
    var line =
        new ArrayList<>(
            List.of(
                GoTools.program().toString(),
                "client",
                "-proxy",
                proxy(),
                "-url",
                url,
                "-cacert",
                ca().toString()));
    line.addAll(List.of(more));
    return new JsonLines(line);
  }

  /// What the program wrote to its standard output and error.
  String output() {
    try {
      return Files.readString(output);
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ConditionFactory await(String what) {
    return Awaitility.await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(10));
  }

  /// Keeps what tells why a test failed.
  void keepEvidence(Path target) throws IOException {
    Files.writeString(target.resolve("gateway-output.txt"), output());
    for (String name :
        List.of("events.jsonl", "logs/envoy.log", "bootstrap.json", "ready.json", "envoy.pid")) {
      var file = inData(name);
      if (Files.exists(file)) {
        Files.writeString(
            target.resolve("gateway-" + name.replace('/', '-')), Files.readString(file));
      }
    }
    try {
      Files.writeString(target.resolve("gateway-stats.txt"), envoyAdmin().get("/stats"));
    } catch (IOException e) {
      Files.writeString(target.resolve("gateway-stats.txt"), "not to be had: " + e);
    }
  }

  @Override
  public void close() {
    Failures.forget(this);
    // Before the sidecar: with it the namespace goes, and the pid file's view.
    var left = envoy();
    if (process != null) {
      running().destroyForcibly().onExit().join();
    }
    left.ifPresent(envoy -> {
      envoy.destroyForcibly();
      envoy.onExit().join();
    });
  }
}

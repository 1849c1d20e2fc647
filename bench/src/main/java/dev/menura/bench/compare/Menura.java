package dev.menura.bench.compare;

import dev.menura.sidecar.os.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `menura up`, the whole product with its events, with one policy.
///
/// @param launcher the program that an operator starts
/// @param rules the list under `spec.rules`, in YAML
record Menura(String name, String about, Path launcher, String rules, Start how)
    implements Contender {
  /// How its JVM is started.
  enum Start {
    AS_SHIPPED,
    WITHOUT_AOT_CACHE
  }

  private static final Duration PREPARED_LIMIT = Duration.ofMinutes(10);

  private static final String ALLOW = "    - {name: everything-else, when: 'true', then: allow}\n";

  /// A policy that needs no content.
  static Menura certificates(Path launcher) {
    return allowing("certificates", "Menura, allows all", launcher, "");
  }

  /// A policy about requests' heads that Envoy can tell by itself.
  static Menura cleared(Path launcher) {
    return allowing(
        "cleared",
        "Menura, a rule about heads that Envoy tells",
        launcher,
        """
            - name: no-administration
              when: request.url_path.startsWith('/administration') || 'x-forbidden' in request.headers
              then: block
        """);
  }

  /// A policy that asks Menura about each request's head: Envoy is not given lengths to compare.
  static Menura headers(Path launcher) {
    return allowing(
        "headers",
        "Menura, asked about each request's head",
        launcher,
        """
            - name: no-long-paths
              when: size(request.url_path) > 4000
              then: block
        """);
  }

  /// A policy that counts card numbers in both bodies.
  static Menura bodies(Path launcher) {
    return allowing(
        "bodies",
        "Menura, card numbers counted in both bodies",
        launcher,
        """
            - name: no-cards-up
              when: request.body.count('credit-card') >= 1
              then: block
            - name: no-cards-down
              when: response.body.count('credit-card') >= 1
              then: block
        """);
  }

  /// @param rules in front of the one that allows all
  private static Menura allowing(String name, String about, Path launcher, String rules) {
    return new Menura(name, about, launcher, rules + ALLOW, Start.AS_SHIPPED);
  }

  private static final String GATEWAY =
      """
      apiVersion: menura.dev/v1
      kind: Gateway
      metadata: {name: default}
      spec:
        upstream:
          trust: {system-roots: false, roots: [origin-root.pem]}
          allow-addresses: [127.0.0.0/8]
          hosts: {"*.test": %s}
        certificates: {names: 10000}
      """;

  /// The same without what the JVM has kept of an earlier start.
  Menura withoutAotCache() {
    return new Menura(name + "-no-aot", about, launcher, rules, Start.WITHOUT_AOT_CACHE);
  }

  /// Lets the launcher make what it makes once, so that no start that is measured waits for it.
  void prepare() throws InterruptedException {
    var _ = Tool.run(List.of(launcher.toString(), "--version"), PREPARED_LIMIT);
  }

  /// Whether its JVM starts from an AOT cache.
  boolean cached() {
    return how == Start.AS_SHIPPED && launcherCaches();
  }

  private boolean launcherCaches() {
    try {
      return Files.readString(launcher).contains("AOT");
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public Optional<String> missing() {
    if (!Files.isExecutable(launcher)) {
      return Optional.of(launcher + " is not a program");
    }
    return how == Start.WITHOUT_AOT_CACHE && !launcherCaches()
        ? Optional.of("the launcher has no AOT cache")
        : Optional.empty();
  }

  @Override
  public Running start(Workbench bench, Path folder, int port) throws IOException {
    return start(bench, bench.place(), folder, port, List.of());
  }

  /// As [#start(Workbench, Path, int)], elsewhere.
  ///
  /// @param more of its command line
  Running start(Workbench bench, Place place, Path folder, int port, List<String> more)
      throws IOException {
    var policy = Files.createDirectories(folder.resolve("policy"));
    Files.copy(
        bench.certificate("origin-root.pem"),
        policy.resolve("origin-root.pem"),
        StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(policy.resolve("gateway.yaml"), GATEWAY.formatted(place.origin().address()));
    Files.writeString(policyFile(folder), policy(""));
    var command =
        new ArrayList<>(
            List.of(
                launcher.toString(),
                "up",
                "--policy",
                policy.toString(),
                "--data",
                data(folder).toString(),
                "--listen",
                "127.0.0.1:" + port,
                "--admin",
                "127.0.0.1:0",
                "--envoy",
                bench.envoy().toString()));
    command.addAll(more);
    return Running.start(
        folder,
        folder.resolve("output.txt"),
        how == Start.WITHOUT_AOT_CACHE ? Map.of("MENURA_JAVA_OPTS", "-XX:AOTMode=off") : Map.of(),
        place.command(command));
  }

  /// The file with the rules, which may be changed while it runs.
  static Path policyFile(Path folder) {
    return folder.resolve("policy").resolve("policy.yaml");
  }

  /// The document with the rules.
  ///
  /// @param first further rules, before all others
  String policy(String first) {
    return """
    apiVersion: menura.dev/v1
    kind: Policy
    metadata: {name: bench}
    spec:
      rules:
    """
        + first
        + rules;
  }

  static Path data(Path folder) {
    return folder.resolve("data");
  }

  @Override
  public Path trusted(Workbench bench, Path folder) {
    return data(folder).resolve("ca.pem");
  }

  @Override
  public boolean reloads() {
    return true;
  }

  @Override
  public void reload(Path folder, Running running) throws IOException {
    var edited =
        policy("    - {name: added, when: \"host.name == 'added.example'\", then: block}\n");
    // In one step, so that no half of it is ever read.
    var fresh = Files.writeString(folder.resolve("policy.new"), edited);
    Files.move(fresh, policyFile(folder), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public int warming() {
    return 1;
  }
}

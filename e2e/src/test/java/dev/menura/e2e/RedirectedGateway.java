package dev.menura.e2e;

import com.google.gson.JsonObject;
import dev.menura.certificates.testing.TestRoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// `menura up` with a transparent listener on the gateway machine of a [Network], and `menura
/// redirect` there.
final class RedirectedGateway implements AutoCloseable {
  static final int PORT = 15001;

  /// Its listeners are those that are shown to operators.
  private static final Path EXAMPLE = Path.of("../envoy-configs/policies/sidecar/gateway.yaml");

  /// What a test needs besides: at the address of `elsewhere.test` nobody answers.
  private static final String UPSTREAM =
      """
        upstream:
          trust: {system-roots: false, roots: [origin-root.pem]}
          hosts:
            "*.test": [203.0.113.10, "2001:db8:2::10"]
            "*.example": [203.0.113.10, "2001:db8:2::10"]
            elsewhere.test: 203.0.113.99
            bank-elsewhere.test: 203.0.113.99
        timeouts: {dns: 2s, connect: 2s, peek: 2s}
      """;

  final Network network;
  final GatewayProcess process;
  private final Path folder;

  /// Readable by everybody, as the clients are not all root.
  private final Path trust;

  RedirectedGateway(Path folder, String rules) {
    this(folder, rules, "", Map.of());
  }

  /// @param more further keys of the `Gateway` document's `spec`, in YAML
  /// @param files further files of the policy, by their names
  RedirectedGateway(Path folder, String rules, String more, Map<String, String> files) {
    this.folder = folder;
    network = Network.create();
    try {
      process = GatewayProcess.in(folder, rules, network.gateway);
      process.document("gateway.yaml", Files.readString(EXAMPLE) + UPSTREAM + more.indent(2));
      files.forEach(process::document);
      process.up();
      trust = Files.createTempDirectory("menura-trust-");
      Files.setPosixFilePermissions(trust, PosixFilePermissions.fromString("rwxr-xr-x"));
      publish("ca.pem", Files.readString(process.ca()));
      publish("origins.pem", root().pem());
      publish("both.pem", root().pem() + Files.readString(process.ca()));
    } catch (IOException e) {
      network.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      network.close();
      throw e;
    }
  }

  private void publish(String name, String pem) throws IOException {
    var file = Files.writeString(trust.resolve(name), pem);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }

  TestRoot root() {
    return process.root;
  }

  Path ca() {
    return trust.resolve("ca.pem");
  }

  /// What a client trusts that may be decrypted or not.
  Path bothRoots() {
    return trust.resolve("both.pem");
  }

  /// The root of the origins, for a client that is not decrypted.
  Path originRoot() {
    return trust.resolve("origins.pem");
  }

  /// Runs `menura redirect` on the gateway machine.
  Network.Answer redirect(String... arguments) {
    var command = menura("redirect", "--data", folder.resolve("data").toString());
    command.addAll(List.of(arguments));
    return network.gateway.run(command.toArray(String[]::new));
  }

  /// The command line of the product with these arguments.
  static List<String> menura(String... arguments) {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.menura.sidecar.Main"));
    command.addAll(List.of(arguments));
    return command;
  }

  /// As [#redirect], which has to succeed.
  void redirected(String... arguments) {
    var answer = redirect(arguments);
    if (answer.exit() != 0) {
      throw new AssertionError("menura redirect failed: " + answer.text());
    }
  }

  /// curl on the client machine, which knows of no proxy.
  ///
  /// @param at the address that it takes for the host's, empty where the URL names one
  Curl curl(String url, String at, String... more) {
    return curl(network.client.prefix(), url, at, more);
  }

  Curl curl(List<String> prefix, String url, String at, String... more) {
    var arguments = new ArrayList<>(List.of("--noproxy", "*", "--cacert", ca().toString()));
    if (!at.isEmpty()) {
      arguments.addAll(List.of("--connect-to", "::" + bracketed(at) + ":"));
    }
    arguments.addAll(List.of(more));
    return Curl.run(prefix, url, arguments);
  }

  private static String bracketed(String address) {
    return address.contains(":") ? "[" + address + "]" : address;
  }

  /// The Go client on the client machine.
  ///
  /// @param at `host:port` to dial
  JsonLines goClient(String url, String at, String... more) {
    var command = new ArrayList<>(network.client.prefix());
    command.addAll(
        List.of(
            GoTools.program().toString(),
            "direct",
            "-url",
            url,
            "-dial",
            at,
            "-cacert",
            ca().toString()));
    command.addAll(List.of(more));
    return new JsonLines(command);
  }

  /// Waits for an event.
  JsonObject awaitEvent(Predicate<JsonObject> wanted) {
    return GatewayProcess.await("an event")
        .until(
            () -> process.events().stream().filter(wanted).reduce((a, b) -> b),
            java.util.Optional::isPresent)
        .orElseThrow();
  }

  @Override
  public void close() {
    process.close();
    network.close();
    try (var files = Files.list(trust)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(trust);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

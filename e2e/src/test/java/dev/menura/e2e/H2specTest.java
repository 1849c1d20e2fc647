package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.TestRoot;
import dev.menura.policy.Listen.Way;
import dev.menura.sidecar.envoy.EnvoyAdmin;
import dev.menura.sidecar.envoy.EnvoyBinary;
import dev.menura.sidecar.envoy.EnvoyProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The proxy's side of HTTP/2 passes at least as many of h2spec's cases as the same Envoy does with
/// a listener that has nothing of ours, in clear text and over TLS. What was counted is left in
/// `target/h2spec.txt`.
@Tag("long")
@ExtendWith(Failures.class)
class H2specTest {
  private static final String MODULE =
      "github.com/summerwind/h2spec/cmd/h2spec@v2.2.1+incompatible";
  private static final Pattern SUMMARY =
      Pattern.compile("(\\d+) tests, (\\d+) passed, (\\d+) skipped, (\\d+) failed");
  private static final int MINUTES_MAX = 5;

  private static final String GATEWAY =
      Lab.listening("proxy.example", Way.EXPLICIT, Way.EXPLICIT_TLS);

  @TempDir private Path folder;

  record Count(int passed, int all) {}

  @Test
  void passesAtLeastWhatEnvoyAlonePasses() throws IOException {
    var tool = tool(folder);
    var ours = Files.createDirectory(folder.resolve("ours"));
    var rules = Lab.policy("- {name: all, when: true, then: allow}");
    var seen = new ArrayList<String>();
    try (var lab = Lab.startWith(ours, GATEWAY, rules);
        var alone = PlainEnvoy.start(Files.createDirectory(folder.resolve("alone")))) {
      for (boolean tls : new boolean[] {false, true}) {
        var plain = count(tool, alone.port(tls ? "tls" : "clear"), tls);
        var menura = count(tool, lab.port(tls ? Way.EXPLICIT_TLS : Way.EXPLICIT), tls);
        seen.add(
            "%s: %d of %d here, %d of %d in Envoy alone"
                .formatted(
                    tls ? "over TLS" : "in clear text",
                    menura.passed(),
                    menura.all(),
                    plain.passed(),
                    plain.all()));
        Files.write(Path.of("target/h2spec.txt"), seen);
        assertThat(plain.all()).isGreaterThan(140);
        assertThat(plain.passed()).as(seen.toString()).isGreaterThan(plain.all() * 8 / 10);
        assertThat(menura.passed()).as(seen.toString()).isGreaterThanOrEqualTo(plain.passed());
      }
    }
  }

  private static Path tool(Path folder) {
    Missing.skipUnlessFound("go", "golang");
    var built = run(folder, List.of("go", "install", MODULE));
    var tool = folder.resolve("h2spec");
    if (!Files.isExecutable(tool)) {
      Missing.skip("h2spec, which Go builds from its module: " + built);
    }
    return tool;
  }

  private Count count(Path tool, int port, boolean tls) {
    var command =
        new ArrayList<>(
            List.of(tool.toString(), "-h", "127.0.0.1", "-p", Integer.toString(port), "-o", "2"));
    if (tls) {
      command.addAll(List.of("-t", "-k"));
    }
    var text = run(folder, command);
    var summary = SUMMARY.matcher(text);
    assertThat(summary.find()).as(text).isTrue();
    return new Count(Integer.parseInt(summary.group(2)), Integer.parseInt(summary.group(1)));
  }

  private static String run(Path folder, List<String> command) {
    try {
      var output = Files.createTempFile(folder, "output", ".txt");
      var builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().put("GOBIN", folder.toString());
      var process = builder.redirectOutput(output.toFile()).start();
      if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError("did not end: " + command + "\n" + Files.readString(output));
      }
      return Files.readString(output);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// The same Envoy, with listeners that answer every request by themselves.
  private record PlainEnvoy(EnvoyProcess process, EnvoyAdmin admin) implements AutoCloseable {
    private static final String LISTENER =
        """
        {"name": "%s", "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}},
         "filter_chains": [{%s "filters": [{"name": "http", "typed_config": {
           "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
           "stat_prefix": "plain", "codec_type": "AUTO",
           "route_config": {"virtual_hosts": [{"name": "any", "domains": ["*"], "routes": [
             {"match": {"prefix": "/"}, "direct_response": {"status": 200, "body": {"inline_string": "ok"}}}]}]},
           "http_filters": [{"name": "router", "typed_config": {
             "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]}
        """;

    static PlainEnvoy start(Path folder) throws IOException {
      var leaf = TestRoot.create("Plain").leaf("proxy.example");
      var chain = Files.writeString(folder.resolve("chain.pem"), leaf.chainPem());
      var key = Files.writeString(folder.resolve("key.pem"), leaf.keyPem());
      var socket = folder.resolve("admin.sock");
      var bootstrap =
          Files.writeString(
              folder.resolve("bootstrap.json"),
              """
              {"admin": {"address": {"pipe": {"path": "%s", "mode": 384}}},
               "static_resources": {"listeners": [%s, %s]}}
              """
                  .formatted(
                      socket,
                      LISTENER.formatted("clear", ""),
                      LISTENER.formatted("tls", tls(chain, key))));
      try {
        var process =
            EnvoyProcess.start(
                new EnvoyProcess.Launch(
                    EnvoyBinary.find(Optional.empty(), message -> {}).path(),
                    bootstrap,
                    folder.resolve("envoy.log"),
                    folder.resolve("envoy.pid"),
                    OptionalInt.of(2)));
        return new PlainEnvoy(process, new EnvoyAdmin(socket));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      } catch (dev.menura.sidecar.envoy.EnvoyUnavailable e) {
        throw new IllegalStateException(e);
      }
    }

    private static String tls(Path chain, Path key) {
      return """
      "transport_socket": {"name": "tls", "typed_config": {
        "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
        "common_tls_context": {"alpn_protocols": ["h2", "http/1.1"], "tls_certificates": [
          {"certificate_chain": {"filename": "%s"}, "private_key": {"filename": "%s"}}]}}},
      """
          .formatted(chain, key);
    }

    int port(String listener) {
      return Awaitility.await("Envoy's listener " + listener)
          .ignoreExceptionsInstanceOf(IOException.class)
          .until(() -> admin.portOf(listener), OptionalInt::isPresent)
          .getAsInt();
    }

    @Override
    public void close() {
      process.close();
    }
  }
}

package dev.menura.e2e;

import dev.menura.certificates.testing.TestRoot;
import dev.menura.controlplane.Bootstraps;
import dev.menura.extproc.event.GatewayEvent;
import dev.menura.extproc.event.GatewayEvent.ConnectionEvent;
import dev.menura.extproc.event.GatewayEvent.ExchangeEvent;
import dev.menura.extproc.inspect.Detectors;
import dev.menura.policy.Documents;
import dev.menura.policy.Gateway;
import dev.menura.policy.IssueFormat;
import dev.menura.policy.Listen;
import dev.menura.policy.Listen.Way;
import dev.menura.policy.PolicyException;
import dev.menura.policy.PolicySource;
import dev.menura.policy.load.PolicyLoader;
import dev.menura.sidecar.envoy.EnvoyAdmin;
import dev.menura.sidecar.envoy.EnvoyBinary;
import dev.menura.sidecar.envoy.EnvoyProcess;
import dev.menura.sidecar.run.Sidecar;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/// A gateway for a test: the real Envoy as a child, the sidecar in this process, a root that
/// origins are issued under, and a policy that the test sets. Listens on free ports of the
/// loopback; all files are in a directory of its own.
final class Lab implements AutoCloseable {
  /// Trusts the test root and lets the loopback be dialled.
  static final String GATEWAY =
      """
      apiVersion: menura.dev/v1
      kind: Gateway
      metadata: {name: default}
      spec:
        listen: {explicit: {address: "127.0.0.1:0"}}
        upstream:
          trust: {system-roots: false, roots: [origin-root.pem]}
          allow-addresses: [127.0.0.0/8]
          hosts: {"*.test": 127.0.0.1}
      """;

  /// As [#GATEWAY], with these ways in, and a certificate of the proxy for this name.
  static String listening(String proxy, Way... ways) {
    var listen =
        Arrays.stream(ways)
            .map(way -> way.word() + ": {address: \"127.0.0.1:0\"}, ")
            .collect(Collectors.joining());
    return GATEWAY.replace(
        "{explicit: {address: \"127.0.0.1:0\"}}",
        "{" + listen + "certificate: {names: [" + proxy + "]}}");
  }

  private static final Gateway.Listener ANY_PORT = new Gateway.Listener("127.0.0.1", 0);

  /// The proxy in clear text, and nothing else.
  static final Listen LISTEN = Listen.STANDARD.with(Way.EXPLICIT, ANY_PORT);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final Path data;
  final TestRoot root;
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final List<GatewayEvent> events = new CopyOnWriteArrayList<>();
  private final Sidecar sidecar;
  private final EnvoyProcess envoy;
  private final EnvoyAdmin admin;
  private final Map<Way, Integer> ports = new EnumMap<>(Way.class);

  private final Map<String, String> further;

  private Lab(Path data, String gateway, String policy) {
    this(data, gateway, policy, Map.of());
  }

  private Lab(Path data, String gateway, String policy, Map<String, String> further) {
    try {
      this.data = data;
      this.further = new HashMap<>(further);
      this.root = TestRoot.create("Menura test origins");
      var socket = data.resolve("menura.sock");
      var documents = documents(gateway, policy);
      // Whatever the document says, the proxy in clear text takes any free port.
      var listen = documents.gateway().listen().with(Way.EXPLICIT, ANY_PORT);
      sidecar = Sidecar.start(data, socket, documents, listen, events::add, meters);
      Files.writeString(data.resolve("origin-root.pem"), root.pem());
      Files.writeString(data.resolve("ca.pem"), sidecar.certificates().authority().pem());
      admin = new EnvoyAdmin(data.resolve("admin.sock"));
      var bootstrap = data.resolve("bootstrap.json");
      Files.writeString(
          bootstrap, Bootstraps.json("lab", socket.toString(), admin.socket().toString()));
      envoy =
          EnvoyProcess.start(
              new EnvoyProcess.Launch(
                  EnvoyBinary.find(Optional.empty(), message -> {}).path(),
                  bootstrap,
                  data.resolve("envoy.log"),
                  data.resolve("envoy.pid"),
                  OptionalInt.of(2)));
      for (Way way : listen.addresses().keySet()) {
        int port = awaitPort(way);
        ports.put(way, port);
        sidecar.own().add(port);
      }
      var real = listen;
      for (var port : ports.entrySet()) {
        var host = listen.at(port.getKey()).orElseThrow().host();
        real = real.with(port.getKey(), new Gateway.Listener(host, port.getValue()));
      }
      sidecar.listensOn(real);
      Failures.watch(this);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (Exception e) {
      throw new IllegalStateException("the gateway did not start: " + e.getMessage(), e);
    }
  }

  /// @param rules the list under `spec.rules`, in YAML
  static Lab start(Path data, String rules) {
    return new Lab(data, GATEWAY, policy(rules));
  }

  /// @param gateway a whole `Gateway` document
  /// @param policy further documents
  static Lab startWith(Path data, String gateway, String policy) {
    return new Lab(data, gateway, policy);
  }

  /// @param files further files of the policy, by their names
  static Lab startWith(Path data, String gateway, String policy, Map<String, String> files) {
    return new Lab(data, gateway, policy, files);
  }

  /// Puts another file of the policy in force, with whole documents.
  void file(String name, String text, String gateway, String policy) {
    files(Map.of(name, text), gateway, policy);
  }

  /// As [#file], of several at once.
  void files(Map<String, String> files, String gateway, String policy) {
    further.putAll(files);
    sidecar.apply(documents(gateway, policy));
  }

  /// A `Policy` document with these rules.
  static String policy(String rules) {
    return """
    apiVersion: menura.dev/v1
    kind: Policy
    metadata: {name: test}
    spec:
      rules:
    """
        + rules.indent(4);
  }

  private int awaitPort(Way way) {
    return Awaitility.await("Envoy's listener " + way)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> admin.portOf(way.word()), OptionalInt::isPresent)
        .getAsInt();
  }

  /// Puts other rules in force and waits until Envoy has acknowledged them.
  void rules(String rules) {
    documents(policy(rules));
  }

  /// As [#rules], with whole documents beside the lab's gateway.
  void documents(String documents) {
    sidecar.apply(documents(GATEWAY, documents));
    Awaitility.await("Envoy to acknowledge the policy")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(sidecar::everyEnvoyRunsThePolicy);
  }

  /// Puts another `Gateway` document and other rules in force.
  void gateway(String gateway, String rules) {
    sidecar.apply(documents(gateway, policy(rules)));
  }

  /// Trusts these roots alone, by a profile.
  ///
  /// @param roots in PEM
  /// @throws IllegalArgumentException where a root is not one
  void trust(String profile, String roots, String rules) {
    sidecar.apply(
        documents(
            GATEWAY
                .replace(
                    "roots: [origin-root.pem]", "roots: [origin-root.pem], profile: " + profile)
                .replace(
                    "\"*.test\": 127.0.0.1",
                    "\"*.com\": 127.0.0.1, \"*.uk\": 127.0.0.1, \"*.io\": 127.0.0.1, \"*.test\": 127.0.0.1, com: 127.0.0.1, localhost: 127.0.0.1,"
                        + " \"*.localhost\": 127.0.0.1")
                .replace("[127.0.0.0/8]", "[127.0.0.0/8, \"::1\"]"),
            policy(rules),
            roots));
  }

  private Documents documents(String gateway, String policy) {
    return documents(gateway, policy, root.pem());
  }

  private Documents documents(String gateway, String policy, String roots) {
    try {
      var files = new HashMap<>(further);
      files.putAll(
          Map.of("gateway.yaml", gateway, "policy.yaml", policy, "origin-root.pem", roots));
      return new PolicyLoader(Detectors.kinds()).load(new Source(files));
    } catch (PolicyException e) {
      throw new IllegalArgumentException(IssueFormat.text(e.issues()), e);
    }
  }

  String proxy() {
    return "127.0.0.1:" + proxyPort();
  }

  int proxyPort() {
    return port(Way.EXPLICIT);
  }

  /// Where clients come in on this way, which the gateway's document has opened.
  int port(Way way) {
    return Objects.requireNonNull(ports.get(way), way.word());
  }

  Sidecar sidecar() {
    return sidecar;
  }

  EnvoyProcess envoy() {
    return envoy;
  }

  EnvoyAdmin admin() {
    return admin;
  }

  /// The certificate authority that the lab's clients trust.
  Path ca() {
    return data.resolve("ca.pem");
  }

  /// The root of the lab's origins, for clients that reach one without being decrypted.
  Path originRoot() {
    return data.resolve("origin-root.pem");
  }

  /// Waits for the event of an exchange with this host.
  ExchangeEvent awaitExchange(String host) {
    return Awaitility.await("the exchange with " + host)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> last(ExchangeEvent.class, host), Optional::isPresent)
        .orElseThrow();
  }

  /// How many exchanges Envoy has asked the sidecar about.
  long streamsOfExchanges() {
    try {
      return admin
          .get("/stats?filter=ext_proc.*streams_started")
          .lines()
          .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// Waits for the event of a connection to this host.
  ConnectionEvent awaitConnection(String host) {
    return Awaitility.await("the connection to " + host)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> last(ConnectionEvent.class, host), Optional::isPresent)
        .orElseThrow();
  }

  private <E extends GatewayEvent> Optional<E> last(Class<E> type, String host) {
    return events.stream()
        .filter(type::isInstance)
        .map(type::cast)
        .filter(event -> event.common().host().equals(host))
        .reduce((a, b) -> b);
  }

  @Override
  public void close() {
    Failures.closing(this);
    envoy.close();
    sidecar.close();
  }

  private record Source(Map<String, String> files) implements PolicySource {
    @Override
    public List<String> documents() {
      return new TreeMap<>(files).keySet().stream().filter(name -> name.endsWith(".yaml")).toList();
    }

    @Override
    public byte[] read(String name, int atMost) throws IOException {
      var text = files.get(name);
      if (text == null) {
        throw new NoSuchFileException(name);
      }
      var bytes = text.getBytes(StandardCharsets.UTF_8);
      return Arrays.copyOf(bytes, Math.min(bytes.length, atMost));
    }
  }
}

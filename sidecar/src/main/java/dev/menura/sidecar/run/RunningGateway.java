package dev.menura.sidecar.run;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.menura.certificates.authority.AuthorityException;
import dev.menura.controlplane.Bootstraps;
import dev.menura.extproc.inspect.Detectors;
import dev.menura.policy.Documents;
import dev.menura.policy.Gateway;
import dev.menura.policy.PolicyException;
import dev.menura.policy.load.PolicyLoader;
import dev.menura.sidecar.admin.AdminServer;
import dev.menura.sidecar.envoy.EnvoyAdmin;
import dev.menura.sidecar.envoy.EnvoyProcess;
import dev.menura.sidecar.events.EventLog;
import dev.menura.sidecar.os.PrivateFiles;
import dev.menura.sidecar.policy.PolicyFolder;
import dev.menura.sidecar.policy.PolicyWatch;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A whole gateway: the sidecar, its policy's folder, the event log, the admin server, and Envoy
/// where it is ours to run. What was opened is closed in the opposite order, also where the start
/// fails halfway.
public final class RunningGateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunningGateway.class);
  private static final InetSocketAddress ADMIN_DEFAULT =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8686);
  private static final int PROBE_EVERY_MS = 50;

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final CountDownLatch firstReady = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ScheduledExecutorService probes =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("readiness").daemon().factory());
  private final DataDirectory data;
  private final Sidecar sidecar;
  private final EnvoyAdmin envoyAdmin;
  private final AdminServer admin;
  private final Gateway.Listener explicit;
  private final Optional<EnvoyProcess> envoy;
  private volatile OptionalInt proxyPort = OptionalInt.empty();
  private String written = "";

  private RunningGateway(GatewayOptions options) throws Exception {
    try {
      data = open(DataDirectory.open(options.data()));
      var loader = new PolicyLoader(Detectors.kinds());
      var folder = new PolicyFolder(options.policy());
      var documents = loader.load(folder);
      explicit = options.listen().orElse(documents.gateway().explicit());
      var meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      var events = open(EventLog.at(data.file("events.jsonl")));
      events.bindTo(meters);
      sidecar =
          open(
              Sidecar.start(
                  data.path(), data.socket("menura.sock"), documents, explicit, events, meters));
      PrivateFiles.write(data.file("ca.pem"), sidecar.certificates().authority().pem());
      envoyAdmin = new EnvoyAdmin(data.socket("envoy-admin.sock"));
      PrivateFiles.write(data.file("bootstrap.json"), bootstrap());
      admin = open(admin(options, meters));
      sidecar.own().add(admin.address().getPort());
      envoy =
          options.envoy().isPresent()
              ? Optional.of(start(options.envoy().get()))
              : Optional.empty();
      var watch = open(new PolicyWatch(folder, loader, documents, this::apply));
      Gauge.builder("menura.policy.refused", watch, bad -> bad.lastWasBad() ? 1 : 0)
          .description("1 while the policy's folder holds a policy that was refused")
          .register(meters);
      var _ = probes.scheduleWithFixedDelay(this::probe, 0, PROBE_EVERY_MS, TimeUnit.MILLISECONDS);
    } catch (Exception e) {
      // Whatever was opened is closed; the fault goes on.
      close();
      throw e;
    }
  }

  /// Starts a gateway; it is ready some time later.
  ///
  /// @throws PolicyException where the policy is wrong
  /// @throws AuthorityException where the certificate authority's files cannot be used
  /// @throws CannotStart where something else has to be mended first
  public static RunningGateway start(GatewayOptions options)
      throws PolicyException, AuthorityException, CannotStart, IOException, InterruptedException {
    try {
      return new RunningGateway(options);
    } catch (PolicyException
        | AuthorityException
        | CannotStart
        | IOException
        | InterruptedException
        | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private <T extends AutoCloseable> T open(T part) {
    opened.push(part);
    return part;
  }

  private EnvoyProcess start(Path program) throws IOException, InterruptedException {
    return open(
        EnvoyProcess.start(
            new EnvoyProcess.Launch(
                program,
                data.file("bootstrap.json"),
                data.file("logs/envoy.log"),
                data.file("envoy.pid"),
                OptionalInt.empty())));
  }

  private AdminServer admin(GatewayOptions options, PrometheusMeterRegistry meters)
      throws IOException, CannotStart {
    var wanted = options.admin().orElse(ADMIN_DEFAULT);
    try {
      return new AdminServer(wanted, meters, this::notReady);
    } catch (BindException e) {
      if (options.admin().isPresent()) {
        throw new CannotStart(
            "the admin address "
                + wanted
                + " cannot be bound ("
                + e.getMessage()
                + "); name another with --admin");
      }
      return new AdminServer(
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), meters, this::notReady);
    }
  }

  private void apply(Documents documents) {
    sidecar.apply(documents);
  }

  /// Why traffic cannot flow, empty where it can.
  private Optional<String> notReady() {
    if (envoy.isPresent() && envoy.get().problem().isPresent()) {
      return envoy.get().problem();
    }
    if (!sidecar.everyEnvoyRunsThePolicy()) {
      return Optional.of(
          "waiting for Envoy to acknowledge policy " + sidecar.documents().version());
    }
    return proxyPort.isEmpty()
        ? Optional.of("waiting for Envoy to listen on " + explicit)
        : Optional.empty();
  }

  /// Learns the port, and keeps `ready.json` true.
  private void probe() {
    try {
      if (sidecar.everyEnvoyRunsThePolicy()) {
        if (proxyPort.isEmpty()) {
          proxyPort = envoyAdmin.portOf("explicit");
          proxyPort.ifPresent(sidecar.own()::add);
        }
      } else if (envoy.isPresent() && envoy.get().running().isEmpty()) {
        proxyPort = OptionalInt.empty();
      }
      if (notReady().isEmpty()) {
        writeReady();
        firstReady.countDown();
      }
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("Envoy's admin interface does not answer yet");
    }
  }

  private void writeReady() throws IOException {
    var ready = new JsonObject();
    ready.addProperty("proxy", proxy());
    ready.addProperty("admin", address(admin.address()));
    ready.addProperty("ca", data.file("ca.pem").toString());
    ready.addProperty("policy-version", sidecar.documents().version());
    var listeners = new JsonObject();
    listeners.addProperty("explicit", proxy());
    ready.add("listeners", listeners);
    var text = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(ready);
    if (!text.equals(written)) {
      PrivateFiles.write(data.file("ready.json"), text + "\n");
      written = text;
    }
  }

  /// Waits until traffic can flow.
  ///
  /// @return false where it cannot within that time; [#problem] says why
  public boolean awaitReady(long seconds) throws InterruptedException {
    return firstReady.await(seconds, TimeUnit.SECONDS);
  }

  /// Why traffic cannot flow, in words.
  public String problem() {
    return notReady().orElse("none");
  }

  /// Waits until the gateway is closed.
  public void awaitClose() throws InterruptedException {
    closed.await();
  }

  /// The proxy's address with its real port, once the gateway is ready.
  public String proxy() {
    return new Gateway.Listener(explicit.host(), proxyPort.orElse(explicit.port())).toString();
  }

  public String adminAddress() {
    return address(admin.address());
  }

  /// The certificate that clients are to trust.
  public Path ca() {
    return data.file("ca.pem");
  }

  public Path dataDirectory() {
    return data.path();
  }

  public Documents documents() {
    return sidecar.documents();
  }

  /// The bootstrap for the Envoy of this gateway.
  private String bootstrap() {
    return Bootstraps.json(
        "menura-" + ProcessHandle.current().pid(),
        data.socket("menura.sock").toString(),
        envoyAdmin.socket().toString());
  }

  private static String address(InetSocketAddress address) {
    return new Gateway.Listener(address.getAddress().getHostAddress(), address.getPort())
        .toString();
  }

  @Override
  public void close() {
    probes.shutdownNow();
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        // One part that cannot be closed must not keep the others open.
        LOG.atError().setCause(e).log("a part of the gateway could not be closed");
      }
    }
    closed.countDown();
  }
}

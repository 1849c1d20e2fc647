package dev.menura.sidecar.run;

import dev.menura.certificates.authority.AuthorityException;
import dev.menura.controlplane.Bootstraps;
import dev.menura.extproc.inspect.Detectors;
import dev.menura.policy.Documents;
import dev.menura.policy.Gateway;
import dev.menura.policy.Issue;
import dev.menura.policy.IssueFormat;
import dev.menura.policy.PolicyException;
import dev.menura.policy.load.PolicyLoader;
import dev.menura.sidecar.admin.AdminServer;
import dev.menura.sidecar.data.DataDirectory;
import dev.menura.sidecar.data.DataDirectoryException;
import dev.menura.sidecar.data.Ready;
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
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
  private @Nullable Ready written;
  private volatile boolean policyRefused;

  private RunningGateway(GatewayOptions options)
      throws PolicyException, AuthorityException, CannotStart, IOException, InterruptedException {
    try {
      data = open(directory(options.data()));
      opened.push(LogFile.open(data.log()));
      opened.push(() -> Ready.remove(data.readyFile()));
      var loader = new PolicyLoader(Detectors.kinds());
      var watch =
          new PolicyWatch(
              new PolicyFolder(options.policy()),
              loader,
              new PolicyWatch.Listener() {
                @Override
                public void accepted(Documents documents) {
                  apply(documents);
                }

                @Override
                public void rejected(List<Issue> issues) {
                  refused(issues);
                }
              });
      var documents = watch.load();
      explicit = options.listen().orElse(documents.gateway().explicit());
      if (options.envoy().isPresent()) {
        EnvoyProcess.endStale(data.envoyPid());
        requireFree(explicit);
      }
      var meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      var events = open(EventLog.at(data.events()));
      events.bindTo(meters);
      sidecar =
          open(
              Sidecar.start(
                  data.root(), data.sidecarSocket(), documents, explicit, events, meters));
      sidecar.certificates().publishTo(pem -> PrivateFiles.write(data.ca(), pem));
      envoyAdmin = new EnvoyAdmin(data.adminSocket());
      PrivateFiles.write(data.bootstrap(), bootstrap());
      admin = open(admin(options, meters));
      sidecar.own().add(admin.address().getPort());
      envoy =
          options.envoy().isPresent()
              ? Optional.of(start(options.envoy().get()))
              : Optional.empty();
      watch.start();
      opened.push(watch);
      Gauge.builder("menura.policy.refused", () -> policyRefused ? 1 : 0)
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
    return new RunningGateway(options);
  }

  private <T extends AutoCloseable> T open(T part) {
    opened.push(part);
    return part;
  }

  private EnvoyProcess start(Path program) throws IOException, InterruptedException {
    return open(
        EnvoyProcess.start(
            new EnvoyProcess.Launch(
                program, data.bootstrap(), data.envoyLog(), data.envoyPid(), OptionalInt.empty())));
  }

  private AdminServer admin(GatewayOptions options, PrometheusMeterRegistry meters)
      throws IOException, CannotStart {
    var wanted = options.admin().orElse(ADMIN_DEFAULT);
    try {
      return AdminServer.start(wanted, meters::scrape, this::notReady);
    } catch (BindException e) {
      if (options.admin().isPresent()) {
        throw new CannotStart(
            "the admin address "
                + wanted
                + " cannot be bound ("
                + e.getMessage()
                + "); name another with --admin");
      }
      return AdminServer.start(
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
          meters::scrape,
          this::notReady);
    }
  }

  /// Envoy would only log that it cannot bind, and the gateway would wait for it in vain.
  private static void requireFree(Gateway.Listener listener) throws CannotStart {
    if (listener.port() == 0) {
      return;
    }
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(listener.host(), listener.port()));
    } catch (IOException e) {
      throw new CannotStart(
          "the proxy cannot listen on "
              + listener
              + " ("
              + e.getMessage()
              + "); name another address with --listen HOST:PORT");
    }
  }

  private static DataDirectory directory(Path path) throws CannotStart, IOException {
    try {
      DataDirectory directory = DataDirectory.open(path);
      Ready.remove(directory.readyFile());
      return directory;
    } catch (DataDirectoryException e) {
      throw new CannotStart(String.valueOf(e.getMessage()));
    }
  }

  private void apply(Documents documents) {
    policyRefused = false;
    sidecar.apply(documents);
    LOG.atInfo().addKeyValue("policy-version", documents.version()).log("policy changed");
  }

  private void refused(List<Issue> issues) {
    policyRefused = true;
    LOG.atError()
        .addKeyValue("policy-version", sidecar.documents().version())
        .log(
            "the policy was not loaded; the last good one stays in force\n{}",
            IssueFormat.text(issues));
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
    var ready =
        new Ready(
            proxy(),
            adminAddress(),
            ca(),
            sidecar.documents().version(),
            Map.of("explicit", proxy()));
    if (!ready.equals(written)) {
      ready.write(data.readyFile());
      written = ready;
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
    return data.ca();
  }

  public Path dataDirectory() {
    return data.root();
  }

  public Documents documents() {
    return sidecar.documents();
  }

  /// The bootstrap for the Envoy of this gateway.
  private String bootstrap() {
    return Bootstraps.json(
        "menura-" + ProcessHandle.current().pid(),
        data.sidecarSocket().toString(),
        envoyAdmin.socket().toString());
  }

  private static String address(InetSocketAddress address) {
    return new Gateway.Listener(address.getAddress().getHostAddress(), address.getPort())
        .toString();
  }

  @Override
  public synchronized void close() {
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

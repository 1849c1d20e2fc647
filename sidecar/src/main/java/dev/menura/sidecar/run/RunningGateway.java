package dev.menura.sidecar.run;

import dev.menura.certificates.authority.AuthorityException;
import dev.menura.controlplane.Bootstraps;
import dev.menura.extproc.inspect.Detectors;
import dev.menura.policy.Documents;
import dev.menura.policy.PolicyException;
import dev.menura.policy.load.PolicyLoader;
import dev.menura.proto.Wire;
import dev.menura.sidecar.admin.AdminServer;
import dev.menura.sidecar.data.DataDirectory;
import dev.menura.sidecar.data.DataDirectoryException;
import dev.menura.sidecar.data.Ready;
import dev.menura.sidecar.envoy.EnvoyAdmin;
import dev.menura.sidecar.envoy.EnvoyProcess;
import dev.menura.sidecar.events.EventLines;
import dev.menura.sidecar.events.EventLog;
import dev.menura.sidecar.os.PrivateFiles;
import dev.menura.sidecar.policy.PolicyFolder;
import dev.menura.sidecar.policy.PolicyWatch;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A whole gateway: the sidecar, its policy's folder, the event log, the admin server, and Envoy
/// where it is ours to run. What was opened is closed in the opposite order, also where the start
/// fails halfway.
public final class RunningGateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunningGateway.class);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final DataDirectory data;
  private final Sidecar sidecar;
  private final AdminServer admin;
  private final Readiness readiness;

  private RunningGateway(GatewayOptions options)
      throws PolicyException, AuthorityException, CannotStart, IOException, InterruptedException {
    var guard = StartGuard.set();
    try {
      data = open(directory(options.data()));
      opened.push(LogFile.open(data.log()));
      var meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      var watch =
          new PolicyWatch(
              new PolicyFolder(options.policy()),
              new PolicyLoader(
                  Detectors.kinds(),
                  options.certificates().isPresent()
                      ? PolicyLoader.Issuing.ELSEWHERE
                      : PolicyLoader.Issuing.HERE),
              new PolicyReload(this::sidecar, meters));
      var documents = watch.load();
      var listen = options.listen(documents.gateway().listen());
      if (options.envoy().isPresent()) {
        EnvoyProcess.endStale(data.envoyPid());
        Bindings.requireFree(listen);
      }
      var socket = open(GrpcSocket.bind(data.sidecarSocket()));
      PrivateFiles.write(data.bootstrap(), bootstrap(data));
      // It starts while the sidecar does, and waits at the socket.
      Optional<EnvoyProcess> envoy =
          options.envoy().isPresent()
              ? Optional.of(open(start(guard, options.envoy().get(), data)))
              : Optional.empty();
      var events = open(EventLog.at(data.events()));
      events.bindTo(meters);
      sidecar =
          open(
              Sidecar.start(
                  data.root(),
                  socket,
                  documents,
                  listen,
                  events,
                  meters,
                  Elsewhere.custodian(options.certificates(), data.root(), meters)));
      sidecar.certificates().publishTo(pem -> PrivateFiles.write(data.ca(), pem));
      admin =
          open(
              Bindings.admin(
                  options.admin(),
                  meters::scrape,
                  this::notReady,
                  () -> sidecar().certificates().problem(),
                  () -> EventLines.array(sidecar.pinned().proposals()),
                  sidecar.site()));
      sidecar.own().add(admin.address().getPort());
      if (envoy.isPresent()) {
        // From here on it is ended before what it uses.
        opened.remove(envoy.get());
        opened.push(envoy.get());
        // Envoy hands over what it has done by itself in batches.
        opened.push(() -> Thread.sleep(Wire.EXCHANGE_LOG_BATCH.multipliedBy(2)));
      }
      readiness =
          open(
              new Readiness(
                  sidecar,
                  envoy,
                  new EnvoyAdmin(data.adminSocket()),
                  listen,
                  adminAddress(),
                  data.ca(),
                  data.readyFile()));
      readiness.start();
      watch.start();
      opened.push(watch);
      guard.lift();
    } catch (Exception e) {
      // Whatever was opened is closed; the fault goes on.
      close();
      guard.lift();
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

  private static EnvoyProcess start(StartGuard guard, Path program, DataDirectory data)
      throws IOException, InterruptedException {
    return guard.start(
        new EnvoyProcess.Launch(
            program, data.bootstrap(), data.envoyLog(), data.envoyPid(), OptionalInt.empty()));
  }

  /// The bootstrap for the Envoy of this gateway.
  private static String bootstrap(DataDirectory data) {
    return Bootstraps.json(
        "menura-" + ProcessHandle.current().pid(),
        data.sidecarSocket().toString(),
        data.adminSocket().toString());
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

  private Sidecar sidecar() {
    return sidecar;
  }

  /// The admin server answers before there is anything to be ready.
  private Optional<String> notReady() {
    Readiness known = readiness;
    return known == null ? Optional.of("starting") : known.problem();
  }

  /// Waits until traffic can flow.
  ///
  /// @return false where it cannot within that time; [#problem] says why
  public boolean awaitReady(long seconds) throws InterruptedException {
    return readiness.await(seconds);
  }

  /// Why traffic cannot flow, in words.
  public String problem() {
    return readiness.problem().orElse("none");
  }

  /// Waits until the gateway is closed.
  public void awaitClose() throws InterruptedException {
    closed.await();
  }

  public boolean isClosed() {
    return closed.getCount() == 0;
  }

  /// The proxy's address with its real port, once the gateway is ready.
  public String proxy() {
    return readiness.proxy().toString();
  }

  public String adminAddress() {
    return Bindings.text(admin.address());
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

  @Override
  public synchronized void close() {
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

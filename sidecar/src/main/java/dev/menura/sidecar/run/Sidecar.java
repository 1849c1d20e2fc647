package dev.menura.sidecar.run;

import dev.menura.certificates.CertificateApi;
import dev.menura.certificates.CertificateProvider;
import dev.menura.certificates.Settings;
import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.authority.Custodian;
import dev.menura.controlplane.ClientCertificates;
import dev.menura.controlplane.Compiler;
import dev.menura.controlplane.EnvoyResources;
import dev.menura.controlplane.XdsServer;
import dev.menura.extproc.accesslog.AccessLogService;
import dev.menura.extproc.event.EventSink;
import dev.menura.extproc.exchange.ExchangeMetrics;
import dev.menura.extproc.exchange.Exchanges;
import dev.menura.extproc.exchange.ExtProcService;
import dev.menura.extproc.exchange.HeldBytes;
import dev.menura.extproc.exchange.SettledExchanges;
import dev.menura.extproc.gate.AuthorizationService;
import dev.menura.extproc.gate.Gate;
import dev.menura.extproc.gate.LargeHelloLog;
import dev.menura.extproc.gate.NameServers;
import dev.menura.extproc.gate.SystemAddresses;
import dev.menura.extproc.identity.Identities;
import dev.menura.extproc.inspect.BodyScan;
import dev.menura.extproc.pinning.PinnedClients;
import dev.menura.extproc.pinning.RejectionLog;
import dev.menura.policy.Clearance;
import dev.menura.policy.ClientCertificate;
import dev.menura.policy.Documents;
import dev.menura.policy.Gateway;
import dev.menura.policy.Listen;
import dev.menura.policy.TlsRules;
import dev.menura.proto.Wire;
import dev.menura.sidecar.site.Site;
import io.grpc.ServerServiceDefinition;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All parts in one process, wired together: the control plane, the gates, the exchange and the
/// certificate provider, behind one gRPC server on a Unix socket. Thread-safe.
public final class Sidecar implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sidecar.class);

  private final PolicyInForce policy;
  private final OwnListeners own;
  private final Listen listen;
  private final AtomicReference<Listen> listening;
  private final Site site;

  /// As at the start: what is compiled from it must not change under open connections.
  private final TlsRules tls;

  /// As [#tls].
  private final ClientCertificates clients;

  private final CertificateProvider certificates;
  private final XdsServer xds;
  private final PinnedClients pinned;
  private final ExecutorService threads;
  private final GrpcSocket socket;

  private Sidecar(
      PolicyInForce policy,
      OwnListeners own,
      Listen listen,
      AtomicReference<Listen> listening,
      Site site,
      TlsRules tls,
      ClientCertificates clients,
      CertificateProvider certificates,
      XdsServer xds,
      PinnedClients pinned,
      ExecutorService threads,
      GrpcSocket socket) {
    this.policy = policy;
    this.own = own;
    this.listen = listen;
    this.listening = listening;
    this.site = site;
    this.tls = tls;
    this.clients = clients;
    this.certificates = certificates;
    this.xds = xds;
    this.pinned = pinned;
    this.threads = threads;
    this.socket = socket;
  }

  /// Starts all parts. Envoys may connect to the socket from then on.
  ///
  /// @param data the data directory, whose `ca` directory holds the certificate authority
  /// @param socketPath in a directory that only its owner may enter
  /// @param documents the policy to begin with
  /// @param listen where Envoy listens, as the document or flags say
  /// @throws AuthorityException where the authority's files cannot be used; for the operator
  /// @throws IOException where the socket cannot be bound
  public static Sidecar start(
      Path data,
      Path socketPath,
      Documents documents,
      Listen listen,
      EventSink events,
      MeterRegistry meters)
      throws AuthorityException, IOException {
    var socket = GrpcSocket.bind(socketPath);
    try {
      return start(data, socket, documents, listen, events, meters, Optional.empty());
    } catch (AuthorityException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /// As [#start], on a socket that is bound already, and with an authority that is kept elsewhere
  /// where there is one.
  ///
  /// @param socket is closed with the sidecar
  /// @param custodian is closed with the sidecar
  static Sidecar start(
      Path data,
      GrpcSocket socket,
      Documents documents,
      Listen listen,
      EventSink events,
      MeterRegistry meters,
      Optional<Custodian> custodian)
      throws AuthorityException {
    var clock = Clock.systemUTC();
    var random = new SecureRandom();
    var tls = documents.gateway().tls();
    var policy = new PolicyInForce(documents);
    var own = new OwnListeners();
    var ids = new ConnectionIds(random);
    var settings = CertificateSettings.of(Settings.in(data), documents.gateway());
    var roots = CertificateSettings.roots(documents.gateway());
    var certificates =
        custodian.isPresent()
            ? CertificateProvider.open(settings, custodian.get(), roots, clock, random, meters)
            : CertificateProvider.open(settings, roots, clock, random, meters);
    var addresses =
        new SystemAddresses(
            () -> new OperatorsAddresses(policy.documents().gateway().upstream(), own),
            new NameServers(
                () -> policy.documents().gateway().upstream().resolvers(),
                documents.gateway().timeouts().dns()),
            documents.gateway().timeouts().dns());
    certificates.ask(
        new IssuerAddresses(addresses), CertificateSettings.revocation(documents.gateway()));
    var threads = Executors.newVirtualThreadPerTaskExecutor();
    var xds =
        new XdsServer(
            certificates.secretWatcher(),
            Map.of(
                Wire.CLASS_BLOCK,
                certificates.blockSecretWatcher(),
                Wire.CLASS_DISTRUST,
                certificates.distrustSecretWatcher(),
                Wire.CLASS_PINNED,
                certificates.pinnedSecretWatcher()),
            threads,
            meters);
    var pinned =
        new PinnedClients(
            () -> policy.documents().gateway().pinnedClients(),
            policy::rules,
            events,
            clock,
            meters);
    var gate =
        new Gate(
            policy::rules,
            () -> atStart(tls, policy.documents().gateway().tls()),
            new Identities(
                () -> policy.documents().gateway().clients(),
                new HttpsKeyFetch(addresses, () -> policy.documents().gateway()),
                random,
                clock),
            addresses,
            new CertificateOrigins(certificates),
            pinned,
            events,
            ids,
            clock,
            meters);
    var held = new HeldBytes(HeldBytes.MAX_DEFAULT);
    var metrics = new ExchangeMetrics(meters, held);
    var listening = new AtomicReference<>(listen);
    var site =
        new Site(
            policy::documents,
            () -> certificates.authority().published(),
            listening::get,
            certificates.own()::clientAuthorities);
    var exchanges =
        new Exchanges(policy::rules, BodyScan::of, held, events, metrics, clock, ids, site);
    var services = new ArrayList<ServerServiceDefinition>();
    xds.services().forEach(service -> services.add(service.bindService()));
    services.add(AuthorizationService.of(gate, threads));
    var connections = new Connections();
    services.add(new ExtProcService(exchanges, connections::context).bindService());
    services.add(
        new AccessLogService(
                new SettledExchanges(
                    connections::settled,
                    new ClearedRequests(policy, connections),
                    events,
                    metrics,
                    clock,
                    ids),
                new LargeHelloLog(gate, new RejectionLog(pinned)))
            .bindService());
    services.add(
        new CertificateApi(
                certificates,
                address -> policy.documents().gateway().upstream().addressRules().allowed(address))
            .bindService());
    ProxyIdentity.present(listen, listen.certificate(), certificates);
    var clients = asked(documents.gateway());
    trustClients(certificates, documents.gateway());
    storeForOrigins(certificates, documents.gateway());
    if (documents.policy().mimicsClients()) {
      certificates.own().mimicClients();
    }
    xds.publish(compiled(listen, documents, tls, clients));
    socket.serve(services);
    return new Sidecar(
        policy,
        own,
        listen,
        listening,
        site,
        tls,
        clients,
        certificates,
        xds,
        pinned,
        threads,
        socket);
  }

  private static EnvoyResources compiled(
      Listen listen, Documents documents, TlsRules tls, ClientCertificates clients) {
    return Compiler.compile(
        listen,
        documents.version(),
        tls,
        clients,
        documents.policy().clearance().map(Clearance::formula));
  }

  /// Puts another policy in force. Open connections stay open; their next request is judged by it.
  public void apply(Documents documents) {
    var before = policy.documents().gateway();
    var after = documents.gateway();
    if (!before.upstream().clientCertificates().equals(after.upstream().clientCertificates())) {
      storeForOrigins(certificates, after);
    }
    boolean mimicked = policy.documents().policy().mimicsClients();
    if (documents.policy().mimicsClients() && !mimicked) {
      mimicClients();
    }
    policy.set(documents);
    if (mimicked && !documents.policy().mimicsClients()) {
      certificates.own().forgetClients();
    }
    if (!before.upstream().trust().equals(after.upstream().trust())) {
      certificates.roots(CertificateSettings.roots(after));
      certificates.revocation(CertificateSettings.revocation(after));
    }
    if (!before.listen().certificate().equals(after.listen().certificate())) {
      ProxyIdentity.present(listen, after.listen().certificate(), certificates);
    }
    if (!before.clients().certificate().equals(after.clients().certificate())) {
      trustClients(certificates, after);
    }
    xds.publish(compiled(listen, documents, tls, clients));
    before.upstream().clientCertificates().stream()
        .map(ClientCertificate::name)
        .filter(name ->
            after.upstream().clientCertificates().stream()
                .noneMatch(stored -> stored.name().equals(name)))
        .forEach(certificates.own()::forgetForOrigins);
    if (!before.listen().addresses().equals(after.listen().addresses())
        || !before.certificates().equals(after.certificates())
        || !before.timeouts().equals(after.timeouts())
        || !atStart(tls, after.tls()).equals(after.tls())
        || (!listen.encrypted().isEmpty() && asked(after) != clients)) {
      LOG.atWarn()
          .addKeyValue("policy-version", documents.version())
          .log(
              "changes of listeners, certificate limits, timeouts, TLS minimums and restrictions, and"
                  + " whether clients are asked for a certificate, take effect at the next start");
    }
  }

  /// Where it cannot be, connections that need it are refused, and it is tried again for each.
  private void mimicClients() {
    try {
      certificates.own().mimicClients();
    } catch (AuthorityException e) {
      LOG.atError()
          .addKeyValue("reason", e.getMessage())
          .log("the authority for clients cannot be used");
    }
  }

  private static ClientCertificates asked(Gateway gateway) {
    return gateway.clients().certificate().isPresent()
        ? ClientCertificates.ASKED
        : ClientCertificates.NOT_ASKED;
  }

  /// Where the policy has no roots any more, Envoy keeps those that it has; nobody reads what it
  /// validates by them.
  private static void trustClients(CertificateProvider certificates, Gateway gateway) {
    gateway.clients().certificate().ifPresent(way -> certificates.own().trustClients(way.roots()));
  }

  /// Which filter chain a client is given may change at any time; what the chains and clusters are
  /// made of may not.
  private static TlsRules atStart(TlsRules start, TlsRules now) {
    return new TlsRules(
        now.clientVersions(), start.clientMinimum(), start.upstreamMinimum(), start.restriction());
  }

  private static void storeForOrigins(CertificateProvider certificates, Gateway gateway) {
    gateway
        .upstream()
        .clientCertificates()
        .forEach(stored ->
            certificates
                .own()
                .storeForOrigins(stored.name(), stored.chainPem(), stored.key().pem()));
  }

  public Documents documents() {
    return policy.documents();
  }

  /// True where at least one Envoy is connected, and each one has acknowledged the policy in force.
  public boolean everyEnvoyRunsThePolicy() {
    return xds.acknowledgements().everyEnvoyRuns(policy.documents().version());
  }

  /// The control plane, for its acknowledgements.
  public XdsServer xds() {
    return xds;
  }

  public CertificateProvider certificates() {
    return certificates;
  }

  /// The hosts whose clients reject our certificates.
  public PinnedClients pinned() {
    return pinned;
  }

  /// The listeners of this gateway, which nobody reaches through the proxy.
  public OwnListeners own() {
    return own;
  }

  /// The gateway's own pages.
  public Site site() {
    return site;
  }

  /// Tells where Envoy listens.
  ///
  /// @param real with the ports that Envoy was given
  public void listensOn(Listen real) {
    listening.set(real);
  }

  @Override
  public void close() {
    socket.close();
    certificates.close();
    threads.shutdownNow();
  }
}

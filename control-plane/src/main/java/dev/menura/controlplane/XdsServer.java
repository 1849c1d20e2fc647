package dev.menura.controlplane;

import dev.menura.controlplane.Acknowledgements.Logged;
import io.envoyproxy.controlplane.cache.ConfigWatcher;
import io.envoyproxy.controlplane.cache.DeltaResponse;
import io.envoyproxy.controlplane.cache.DeltaWatch;
import io.envoyproxy.controlplane.cache.DeltaXdsRequest;
import io.envoyproxy.controlplane.cache.Response;
import io.envoyproxy.controlplane.cache.Watch;
import io.envoyproxy.controlplane.cache.XdsRequest;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.secret.v3.SecretDiscoveryServiceGrpc.SecretDiscoveryServiceImplBase;
import io.grpc.BindableService;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// The xDS services: everything over one delta ADS stream an Envoy, and the secrets of other
/// classes than `trusted` on streams of their own. State-of-the-world xDS is not served: the
/// bootstrap asks for delta.
public final class XdsServer {
  private final SnapshotWatcher snapshots = new SnapshotWatcher();
  private final Acknowledgements acknowledgements = new Acknowledgements();
  private final ConfigWatcher secrets;
  private final Map<String, ClassOfSecrets> classes;
  private final Executor executor;

  /// @param secrets answers for the secrets that are asked for over ADS
  /// @param ofClass answers for the secrets of each other class
  /// @param executor runs the streams' work
  public XdsServer(
      ConfigWatcher secrets,
      Map<String, ? extends ConfigWatcher> ofClass,
      Executor executor,
      MeterRegistry meters) {
    this.secrets = secrets;
    this.classes =
        ofClass.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey,
                    each -> new ClassOfSecrets(each.getValue(), new Acknowledgements())));
    this.executor = executor;
    Gauge.builder("menura.xds.envoys", acknowledgements, known -> known.versions().size())
        .description("Envoys that are connected to the control plane")
        .register(meters);
    rejections("configuration", acknowledgements, meters);
    classes.forEach((name, each) -> rejections(name + "-secrets", each.acknowledgements, meters));
  }

  private record ClassOfSecrets(ConfigWatcher watcher, Acknowledgements acknowledgements) {}

  private static void rejections(
      String stream, Acknowledgements acknowledgements, MeterRegistry meters) {
    FunctionCounter.builder("menura.xds.rejections", acknowledgements, Acknowledgements::rejections)
        .description("answers of Envoys that reject what was sent to them (NACK)")
        .tag("stream", stream)
        .register(meters);
  }

  /// Replaces what every Envoy runs. Only what differs is sent.
  public void publish(EnvoyResources resources) {
    snapshots.set(resources);
  }

  public Acknowledgements acknowledgements() {
    return acknowledgements;
  }

  public List<BindableService> services() {
    return List.of(
        new OneClass(Set.of())
            .before(
                new AggregatedDiscoveryServiceImplBase() {
                  @Override
                  public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
                      StreamObserver<DeltaDiscoveryResponse> out) {
                    return new DeltaStream(
                        new ByType(snapshots, secrets),
                        acknowledgements.open(Logged.YES),
                        out,
                        executor);
                  }
                }),
        new OneClass(classes.keySet())
            .before(
                new SecretDiscoveryServiceImplBase() {
                  @Override
                  public StreamObserver<DeltaDiscoveryRequest> deltaSecrets(
                      StreamObserver<DeltaDiscoveryResponse> out) {
                    var named = Objects.requireNonNull(classes.get(OneClass.named()));
                    return new DeltaStream(
                        named.watcher, named.acknowledgements.open(Logged.NO), out, executor);
                  }
                }));
  }

  /// Secrets come from the certificate provider, all other types from the snapshot.
  private record ByType(ConfigWatcher snapshots, ConfigWatcher secrets) implements ConfigWatcher {
    @Override
    public Watch createWatch(
        boolean isAds,
        XdsRequest request,
        Set<String> knownResourceNames,
        Consumer<Response> responseConsumer,
        boolean hasClusterChanged,
        boolean allowDefaultEmptyEdsUpdate) {
      return snapshots.createWatch(
          isAds,
          request,
          knownResourceNames,
          responseConsumer,
          hasClusterChanged,
          allowDefaultEmptyEdsUpdate);
    }

    @Override
    public DeltaWatch createDeltaWatch(
        DeltaXdsRequest request,
        String requesterVersion,
        Map<String, String> resourceVersions,
        Set<String> pendingResources,
        boolean isWildcard,
        Consumer<DeltaResponse> responseConsumer,
        boolean hasClusterChanged) {
      var watcher = request.getTypeUrl().equals(EnvoyResources.SECRET) ? secrets : snapshots;
      return watcher.createDeltaWatch(
          request,
          requesterVersion,
          resourceVersions,
          pendingResources,
          isWildcard,
          responseConsumer,
          hasClusterChanged);
    }
  }
}

package dev.menura.certificates.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.controlplane.cache.ConfigWatcher;
import io.envoyproxy.controlplane.cache.Resources;
import io.envoyproxy.controlplane.server.V3DiscoveryServer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.envoyproxy.envoy.service.secret.v3.SecretDiscoveryServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/// A delta stream of an Envoy to a real discovery server in this process. All runs on the test's
/// thread: when a method returns, what it caused has happened.
public final class TestEnvoy implements AutoCloseable {
  private final ManagedChannel channel;
  private final StreamObserver<DeltaDiscoveryRequest> requests;
  private final Queue<DeltaDiscoveryResponse> responses = new ArrayDeque<>();
  private final List<Throwable> errors = new ArrayList<>();

  /// A discovery server on which several Envoys can call.
  public static final class Discovery implements AutoCloseable {
    private final String name = InProcessServerBuilder.generateName();
    private final Server server;

    public Discovery(ConfigWatcher watcher) throws IOException {
      var discovery = new V3DiscoveryServer(watcher);
      this.server =
          InProcessServerBuilder.forName(name)
              .directExecutor()
              .addService(discovery.getAggregatedDiscoveryServiceImpl())
              .addService(discovery.getSecretDiscoveryServiceImpl())
              .build()
              .start();
    }

    public TestEnvoy ads() {
      return new TestEnvoy(name, true);
    }

    public TestEnvoy sds() {
      return new TestEnvoy(name, false);
    }

    @Override
    public void close() {
      server.shutdownNow();
    }
  }

  private TestEnvoy(String name, boolean ads) {
    this.channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    var observer =
        new StreamObserver<DeltaDiscoveryResponse>() {
          @Override
          public void onNext(DeltaDiscoveryResponse response) {
            responses.add(response);
          }

          @Override
          public void onError(Throwable error) {
            errors.add(error);
          }

          @Override
          public void onCompleted() {}
        };
    this.requests =
        ads
            ? AggregatedDiscoveryServiceGrpc.newStub(channel).deltaAggregatedResources(observer)
            : SecretDiscoveryServiceGrpc.newStub(channel).deltaSecrets(observer);
  }

  private static DeltaDiscoveryRequest.Builder request() {
    return DeltaDiscoveryRequest.newBuilder().setTypeUrl(Resources.V3.SECRET_TYPE_URL);
  }

  public void subscribe(String... names) {
    requests.onNext(request().addAllResourceNamesSubscribe(List.of(names)).build());
  }

  /// As an Envoy does that connects again.
  public void subscribeHaving(Map<String, String> versions, String... names) {
    requests.onNext(
        request()
            .addAllResourceNamesSubscribe(List.of(names))
            .putAllInitialResourceVersions(versions)
            .build());
  }

  public void unsubscribe(String... names) {
    requests.onNext(request().addAllResourceNamesUnsubscribe(List.of(names)).build());
  }

  public void ack(DeltaDiscoveryResponse response) {
    requests.onNext(request().setResponseNonce(response.getNonce()).build());
  }

  public void nack(DeltaDiscoveryResponse response, String error) {
    var request = request().setResponseNonce(response.getNonce());
    request.getErrorDetailBuilder().setMessage(error);
    requests.onNext(request.build());
  }

  /// The one response that has come.
  public DeltaDiscoveryResponse response() {
    assertThat(responses).hasSize(1);
    return responses.remove();
  }

  /// The one response that has come, acknowledged.
  public DeltaDiscoveryResponse acknowledged() {
    DeltaDiscoveryResponse response = response();
    ack(response);
    return response;
  }

  public void heardNothing() {
    assertThat(responses).isEmpty();
    assertThat(errors).isEmpty();
  }

  public List<Throwable> errors() {
    return errors;
  }

  public static List<String> names(DeltaDiscoveryResponse response) {
    return response.getResourcesList().stream().map(Resource::getName).sorted().toList();
  }

  public static Secret secret(DeltaDiscoveryResponse response, String name) throws IOException {
    Resource found =
        response.getResourcesList().stream()
            .filter(resource -> resource.getName().equals(name))
            .findAny()
            .orElseThrow();
    return found.getResource().unpack(Secret.class);
  }

  @Override
  public void close() {
    if (!channel.isShutdown()) {
      requests.onCompleted();
      channel.shutdownNow();
    }
  }
}

package dev.menura.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Status;
import dev.menura.controlplane.Acknowledgements.Logged;
import dev.menura.policy.Listen;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeltaStreamTest {
  private final SnapshotWatcher snapshots = new SnapshotWatcher();
  private final Acknowledgements acknowledgements = new Acknowledgements();
  private final Sent sent = new Sent();

  @Test
  void sendsEveryClusterToAWildcardRequest() {
    snapshots.set(version("v1"));
    stream().onNext(request(EnvoyResources.CLUSTER).build());
    assertThat(sent.last().getResourcesList())
        .extracting(Resource::getName)
        .contains("front", "decrypt", "origin");
    assertThat(sent.last().getSystemVersionInfo()).isEqualTo("v1");
  }

  @Test
  void waitsForTheFirstSnapshot() {
    stream().onNext(request(EnvoyResources.CLUSTER).build());
    assertThat(sent.responses).isEmpty();
    snapshots.set(version("v1"));
    assertThat(sent.responses).hasSize(1);
  }

  @Test
  void sendsOnlyWhatAPolicyChangeAlters() {
    snapshots.set(version("v1"));
    var stream = stream();
    stream.onNext(request(EnvoyResources.LISTENER).build());
    acknowledge(stream);
    stream.onNext(extensions().build());
    acknowledge(stream);
    sent.responses.clear();
    snapshots.set(version("v2"));
    assertThat(sent.responses)
        .extracting(DeltaDiscoveryResponse::getTypeUrl)
        .containsExactly(EnvoyResources.EXTENSION);
  }

  @Test
  void doesNotRepeatWhatWasRejected() {
    snapshots.set(version("v1"));
    var stream = stream();
    stream.onNext(request(EnvoyResources.LISTENER).build());
    stream.onNext(
        request(EnvoyResources.LISTENER)
            .setResponseNonce(sent.last().getNonce())
            .setErrorDetail(Status.newBuilder().setMessage("no such filter"))
            .build());
    assertThat(sent.responses).hasSize(1);
    assertThat(acknowledgements.rejections()).isEqualTo(1);
    assertThat(acknowledgements.everyEnvoyRuns("v1")).isFalse();
  }

  @Test
  void sendsANewVersionAfterARejection() {
    snapshots.set(version("v1"));
    var stream = stream();
    stream.onNext(extensions().build());
    stream.onNext(
        request(EnvoyResources.EXTENSION)
            .setResponseNonce(sent.last().getNonce())
            .setErrorDetail(Status.newBuilder().setMessage("no"))
            .build());
    snapshots.set(version("v2"));
    assertThat(sent.responses).hasSize(2);
    stream.onNext(
        request(EnvoyResources.EXTENSION).setResponseNonce(sent.last().getNonce()).build());
    assertThat(acknowledgements.everyEnvoyRuns("v2")).isTrue();
  }

  @Test
  void sendsNoResourceThatAReconnectingEnvoyHasAndLearnsItsVersion() {
    snapshots.set(version("v1"));
    stream().onNext(extensions().build());
    var had = extensions();
    sent.last()
        .getResourcesList()
        .forEach(
            resource -> had.putInitialResourceVersions(resource.getName(), resource.getVersion()));
    sent.responses.clear();
    var stream = stream();
    stream.onNext(had.build());
    assertThat(sent.responses).hasSize(1);
    assertThat(sent.last().getResourcesList()).isEmpty();
    stream.onNext(
        request(EnvoyResources.EXTENSION).setResponseNonce(sent.last().getNonce()).build());
    assertThat(acknowledgements.anyEnvoyIsConfigured()).isTrue();
    assertThat(sent.responses).hasSize(1);
  }

  @Test
  void tellsItsListenersWhenAnEnvoyConnectsAcknowledgesAndGoes() {
    var told = new ArrayList<String>();
    acknowledgements.onChange(() ->
        told.add(
            acknowledgements.connections()
                + (acknowledgements.anyEnvoyIsConfigured() ? " configured" : "")
                + (acknowledgements.connected() ? "" : " gone")));
    snapshots.set(version("v1"));
    var stream = stream();
    stream.onNext(extensions().build());
    acknowledge(stream);
    stream.onCompleted();
    assertThat(told).contains("1", "1 configured").endsWith("1 gone");
  }

  @Test
  void removesWhatAReconnectingEnvoyShouldNoLongerHave() {
    snapshots.set(version("v1"));
    stream()
        .onNext(request(EnvoyResources.LISTENER).putInitialResourceVersions("stale", "1").build());
    assertThat(sent.last().getRemovedResourcesList()).containsExactly("stale");
  }

  @Test
  void answersANameThatIsAskedForAgain() {
    snapshots.set(version("v1"));
    var stream = stream();
    stream.onNext(extensions().build());
    acknowledge(stream);
    stream.onNext(
        request(EnvoyResources.EXTENSION)
            .addResourceNamesUnsubscribe(ExchangeFilters.NAME)
            .build());
    stream.onNext(
        request(EnvoyResources.EXTENSION).addResourceNamesSubscribe(ExchangeFilters.NAME).build());
    assertThat(sent.last().getResourcesList())
        .extracting(Resource::getName)
        .containsExactly(ExchangeFilters.NAME);
    assertThat(sent.responses).hasSize(2);
  }

  @Test
  void forgetsAnEnvoyWhoseStreamEnded() {
    snapshots.set(version("v1"));
    var stream = stream();
    stream.onNext(extensions().build());
    stream.onNext(
        request(EnvoyResources.EXTENSION).setResponseNonce(sent.last().getNonce()).build());
    assertThat(acknowledgements.versions()).containsKey("node");
    stream.onCompleted();
    assertThat(acknowledgements.versions()).isEmpty();
    sent.responses.clear();
    snapshots.set(version("v2"));
    assertThat(sent.responses).isEmpty();
  }

  @Test
  void ignoresAReplyToWhatWasNeverSent() {
    snapshots.set(version("v1"));
    var stream = stream();
    stream.onNext(extensions().setResponseNonce("99").build());
    assertThat(sent.responses).hasSize(1);
  }

  private void acknowledge(DeltaStream stream) {
    stream.onNext(
        request(sent.last().getTypeUrl()).setResponseNonce(sent.last().getNonce()).build());
  }

  private DeltaStream stream() {
    return new DeltaStream(snapshots, acknowledgements.open(Logged.YES), sent, Runnable::run);
  }

  private static DeltaDiscoveryRequest.Builder extensions() {
    return request(EnvoyResources.EXTENSION).addResourceNamesSubscribe(ExchangeFilters.NAME);
  }

  private static DeltaDiscoveryRequest.Builder request(String type) {
    return DeltaDiscoveryRequest.newBuilder()
        .setNode(Node.newBuilder().setId("node"))
        .setTypeUrl(type);
  }

  private static EnvoyResources version(String version) {
    return Compiler.compile(Listen.STANDARD, version);
  }

  /// What was sent to the Envoy.
  private static final class Sent implements StreamObserver<DeltaDiscoveryResponse> {
    private final List<DeltaDiscoveryResponse> responses = new ArrayList<>();

    DeltaDiscoveryResponse last() {
      return responses.getLast();
    }

    @Override
    public void onNext(DeltaDiscoveryResponse response) {
      responses.add(response);
    }

    @Override
    public void onError(Throwable error) {
      throw new AssertionError(error);
    }

    @Override
    public void onCompleted() {}
  }
}

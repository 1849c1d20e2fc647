package dev.menura.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.rpc.Status;
import dev.menura.policy.Listen;
import dev.menura.proto.Wire;
import io.envoyproxy.controlplane.cache.ConfigWatcher;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.secret.v3.SecretDiscoveryServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XdsServerTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  /// Stands for the secrets: it notes who asks.
  private final List<String> asked = new ArrayList<>();

  private Server server;
  private ManagedChannel channel;
  private XdsServer xds;

  @BeforeEach
  void open() throws IOException {
    xds = new XdsServer(noting("trusted"), Map.of("block", noting("block")), Runnable::run, meters);
    xds.publish(Compiler.compile(Listen.STANDARD, "v1"));
    var name = InProcessServerBuilder.generateName();
    var builder = InProcessServerBuilder.forName(name).directExecutor();
    xds.services().forEach(builder::addService);
    server = builder.build().start();
    channel = InProcessChannelBuilder.forName(name).directExecutor().build();
  }

  @AfterEach
  void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  @Test
  void servesSecretsOfTheBlockPageToStreamsOfThatClass() {
    sds(Wire.CLASS_BLOCK).onNext(secrets());
    assertThat(asked).containsExactly("block");
  }

  @ParameterizedTest
  @ValueSource(strings = {"trusted", "", "BLOCK", "block,trusted", "distrust"})
  void refusesSecretStreamsOfOtherClasses(String named) {
    var replies = new Replies();
    SecretDiscoveryServiceGrpc.newStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(naming(named)))
        .deltaSecrets(replies)
        .onNext(secrets());
    assertThat(asked).isEmpty();
    assertThatThrownBy(replies::raise)
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("PERMISSION_DENIED");
  }

  @Test
  void refusesSecretStreamsWithoutAClass() {
    var replies = new Replies();
    SecretDiscoveryServiceGrpc.newStub(channel).deltaSecrets(replies).onNext(secrets());
    assertThat(asked).isEmpty();
    assertThat(replies.errors).hasSize(1);
  }

  @Test
  void neverServesMimicsToAStreamOfTheBlockClass() {
    var replies = new Replies();
    AggregatedDiscoveryServiceGrpc.newStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(naming(Wire.CLASS_BLOCK)))
        .deltaAggregatedResources(replies)
        .onNext(secrets());
    assertThat(asked).isEmpty();
    assertThat(replies.errors).hasSize(1);
  }

  @Test
  void countsRejections() {
    var replies = new Replies();
    var ads = AggregatedDiscoveryServiceGrpc.newStub(channel).deltaAggregatedResources(replies);
    ads.onNext(
        DeltaDiscoveryRequest.newBuilder()
            .setNode(Node.newBuilder().setId("envoy-1"))
            .setTypeUrl(EnvoyResources.CLUSTER)
            .build());
    assertThat(rejections()).isZero();
    assertThat(meters.get("menura.xds.envoys").gauge().value()).isEqualTo(1);
    ads.onNext(
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(EnvoyResources.CLUSTER)
            .setResponseNonce(replies.received.remove().getNonce())
            .setErrorDetail(Status.newBuilder().setMessage("no such cluster type"))
            .build());
    assertThat(rejections()).isEqualTo(1);
  }

  private double rejections() {
    return meters
        .get("menura.xds.rejections")
        .tag("stream", "configuration")
        .functionCounter()
        .count();
  }

  private StreamObserver<DeltaDiscoveryRequest> sds(String named) {
    return SecretDiscoveryServiceGrpc.newStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(naming(named)))
        .deltaSecrets(new Replies());
  }

  private static Metadata naming(String secretClass) {
    var headers = new Metadata();
    headers.put(Metadata.Key.of(Wire.SECRET_CLASS, Metadata.ASCII_STRING_MARSHALLER), secretClass);
    return headers;
  }

  private static DeltaDiscoveryRequest secrets() {
    return DeltaDiscoveryRequest.newBuilder()
        .setTypeUrl(EnvoyResources.SECRET)
        .addResourceNamesSubscribe("shop.test")
        .build();
  }

  private ConfigWatcher noting(String name) {
    return new NotingWatcher(name, asked);
  }

  private static final class Replies implements StreamObserver<DeltaDiscoveryResponse> {
    final Queue<DeltaDiscoveryResponse> received = new ArrayDeque<>();
    final List<Throwable> errors = new ArrayList<>();

    void raise() throws Throwable {
      for (Throwable error : errors) {
        throw error;
      }
    }

    @Override
    public void onNext(DeltaDiscoveryResponse response) {
      received.add(response);
    }

    @Override
    public void onError(Throwable error) {
      errors.add(error);
    }

    @Override
    public void onCompleted() {}
  }
}

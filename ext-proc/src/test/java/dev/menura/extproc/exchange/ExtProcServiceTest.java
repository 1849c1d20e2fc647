package dev.menura.extproc.exchange;

import static dev.menura.extproc.exchange.Policies.BLOCK;
import static dev.menura.extproc.exchange.Policies.allowAll;
import static dev.menura.extproc.exchange.Policies.answeredCards;
import static dev.menura.extproc.exchange.Policies.cards;
import static dev.menura.extproc.exchange.Policies.policy;
import static dev.menura.extproc.exchange.Policies.rule;
import static dev.menura.extproc.exchange.Policies.setRequest;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.menura.extproc.event.GatewayEvent;
import dev.menura.policy.Policy;
import io.envoyproxy.envoy.config.core.v3.HeaderMap;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.service.ext_proc.v3.ExternalProcessorGrpc;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpBody;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpHeaders;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpTrailers;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProtocolConfiguration;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Both ends run in the calling thread, so that every answer has come when a call returns.
class ExtProcServiceTest {
  private final List<GatewayEvent> events = new ArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final HeldBytes held = new HeldBytes(HeldBytes.MAX_DEFAULT);
  private final List<Runnable> cleanup = new ArrayList<>();

  @AfterEach
  void stop() {
    cleanup.reversed().forEach(Runnable::run);
  }

  /// What Envoy's side of a stream saw.
  private static final class Envoy
      implements ClientResponseObserver<ProcessingRequest, ProcessingResponse> {
    final List<ProcessingResponse> answers = new ArrayList<>();
    @Nullable ClientCallStreamObserver<ProcessingRequest> stream;
    @Nullable Status status;

    @Override
    public void beforeStart(ClientCallStreamObserver<ProcessingRequest> requestStream) {
      stream = requestStream;
    }

    @Override
    public void onNext(ProcessingResponse answer) {
      answers.add(answer);
    }

    @Override
    public void onError(Throwable cause) {
      status = Status.fromThrowable(cause);
    }

    @Override
    public void onCompleted() {
      status = Status.OK;
    }

    List<ProcessingResponse> send(ProcessingRequest message) {
      answers.clear();
      if (stream != null) {
        stream.onNext(message);
      }
      return List.copyOf(answers);
    }

    /// How the stream ended; UNKNOWN while it has not.
    Status.Code ended() {
      return status == null ? Status.Code.UNKNOWN : status.getCode();
    }

    void close() {
      if (stream != null) {
        stream.onCompleted();
      }
    }
  }

  private Envoy connect(Policy policy, String mode) throws IOException {
    return connect(policy, mode, MarkScan::new);
  }

  private Envoy connect(Policy policy, String mode, ScanFactory scans) throws IOException {
    String name = InProcessServerBuilder.generateName();
    Exchanges exchanges =
        new Exchanges(
            () -> policy,
            scans,
            held,
            events::add,
            new ExchangeMetrics(meters, held),
            Clock.fixed(Playbook.NOW, ZoneOffset.UTC),
            () -> "r1");
    ExtProcService service =
        new ExtProcService(
            exchanges,
            text -> "good".equals(text) ? Optional.of(Playbook.TRUSTED) : Optional.empty());
    Server server =
        InProcessServerBuilder.forName(name).directExecutor().addService(service).build().start();
    ManagedChannel channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    cleanup.add(server::shutdownNow);
    cleanup.add(channel::shutdownNow);
    Metadata metadata = new Metadata();
    metadata.put(Metadata.Key.of("x-menura-mode", Metadata.ASCII_STRING_MARSHALLER), mode);
    Envoy envoy = new Envoy();
    ExternalProcessorGrpc.newStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
        .process(envoy);
    return envoy;
  }

  private static ProcessingRequest requestHead(
      String method, boolean end, UnaryOperator<ProcessingRequest.Builder> more) {
    HeaderMap headers =
        HeaderMap.newBuilder()
            .addHeaders(raw(":method", method))
            .addHeaders(raw(":path", "/a"))
            .addHeaders(raw(":scheme", "https"))
            // Older Envoys send the text in `value`.
            .addHeaders(HeaderValue.newBuilder().setKey(":authority").setValue("shop.example"))
            .build();
    return more.apply(
            ProcessingRequest.newBuilder()
                .setRequestHeaders(HttpHeaders.newBuilder().setHeaders(headers).setEndOfStream(end))
                .putAttributes("envoy.filters.http.ext_proc", connection("good")))
        .build();
  }

  private static Struct connection(String text) {
    return Struct.newBuilder()
        .putFields(
            "filter_state['menura.connection']", Value.newBuilder().setStringValue(text).build())
        .build();
  }

  private static HeaderValue raw(String key, String value) {
    return HeaderValue.newBuilder().setKey(key).setRawValue(ByteString.copyFromUtf8(value)).build();
  }

  private static ProcessingRequest requestHead(String method, boolean end) {
    return requestHead(method, end, b -> b);
  }

  private static ProcessingRequest responseHead(boolean end) {
    return ProcessingRequest.newBuilder()
        .setResponseHeaders(
            HttpHeaders.newBuilder()
                .setHeaders(HeaderMap.newBuilder().addHeaders(raw(":status", "200")))
                .setEndOfStream(end))
        .build();
  }

  private static ProcessingRequest requestBody(String text, boolean end) {
    return ProcessingRequest.newBuilder().setRequestBody(content(text, end)).build();
  }

  private static ProcessingRequest responseBody(String text, boolean end) {
    return ProcessingRequest.newBuilder().setResponseBody(content(text, end)).build();
  }

  private static HttpBody content(String text, boolean end) {
    return HttpBody.newBuilder().setBody(ByteString.copyFromUtf8(text)).setEndOfStream(end).build();
  }

  @Test
  void heldRequestIsReleasedInOrder() throws IOException {
    Envoy envoy = connect(policy(rule("cards", cards(1), BLOCK), allowAll()), "bodies");
    assertThat(envoy.send(requestHead("POST", false))).isEmpty();
    assertThat(envoy.send(requestBody("abc", false))).isEmpty();
    List<ProcessingResponse> answers = envoy.send(requestBody("def", true));
    assertThat(answers).hasSize(2);
    assertThat(answers.get(0).hasRequestHeaders()).isTrue();
    assertThat(answers.get(0).hasModeOverride()).isFalse();
    var streamed =
        answers.get(1).getRequestBody().getResponse().getBodyMutation().getStreamedResponse();
    assertThat(streamed.getBody().toStringUtf8()).isEqualTo("abcdef");
    assertThat(streamed.getEndOfStream()).isTrue();
    assertThat(envoy.send(responseHead(true)).getFirst().hasResponseHeaders()).isTrue();
    envoy.close();
    assertThat(envoy.ended()).isEqualTo(Status.Code.OK);
    assertThat(events).hasSize(1);
  }

  @Test
  void trailersAreAnsweredLast() throws IOException {
    Envoy envoy = connect(policy(rule("cards", cards(1), BLOCK), allowAll()), "bodies");
    envoy.send(requestHead("POST", false));
    envoy.send(requestBody("abc", false));
    List<ProcessingResponse> answers =
        envoy.send(
            ProcessingRequest.newBuilder()
                .setRequestTrailers(HttpTrailers.getDefaultInstance())
                .build());
    assertThat(answers).hasSize(3);
    assertThat(answers.get(2).hasRequestTrailers()).isTrue();
  }

  @Test
  void blockIsAnImmediateResponse() throws IOException {
    Envoy envoy = connect(policy(rule("cards", cards(1), BLOCK), allowAll()), "bodies");
    envoy.send(requestHead("POST", false));
    var page = envoy.send(requestBody("#1111", false)).getFirst().getImmediateResponse();
    assertThat(page.getStatus().getCodeValue()).isEqualTo(403);
    assertThat(page.getBody().toStringUtf8()).contains("cards");
    assertThat(
            page.getHeaders().getSetHeadersList().stream()
                .map(header -> header.getHeader().getKey()))
        .contains("content-type", "x-menura-rule", "x-menura-policy-version");
    assertThat(envoy.status).isNull();
    assertThat(held.held()).isZero();
  }

  @Test
  void headerActionsAreMutations() throws IOException {
    Envoy envoy =
        connect(
            policy(
                rule("tenant", new Condition.Always(), setRequest("x-tenant", "ours")), allowAll()),
            "headers");
    var changes =
        envoy
            .send(requestHead("GET", true))
            .getFirst()
            .getRequestHeaders()
            .getResponse()
            .getHeaderMutation();
    assertThat(changes.getSetHeaders(0).getHeader().getKey()).isEqualTo("x-tenant");
    assertThat(changes.getSetHeaders(0).getHeader().getRawValue().toStringUtf8()).isEqualTo("ours");
  }

  @Test
  void responseBodyIsAskedForByAModeOverrideThatKeepsTheRequestsMode() throws IOException {
    Policy answers = policy(rule("leaks", answeredCards(1), BLOCK), allowAll());
    ProcessingMode bodies =
        connect(answers, "bodies").send(requestHead("GET", true)).getFirst().getModeOverride();
    assertThat(bodies.getRequestBodyMode()).isEqualTo(BodySendMode.FULL_DUPLEX_STREAMED);
    assertThat(bodies.getResponseBodyMode()).isEqualTo(BodySendMode.FULL_DUPLEX_STREAMED);
    assertThat(bodies.getResponseTrailerMode()).isEqualTo(ProcessingMode.HeaderSendMode.SEND);
    ProcessingMode headers =
        connect(answers, "headers").send(requestHead("GET", true)).getFirst().getModeOverride();
    assertThat(headers.getRequestBodyMode()).isEqualTo(BodySendMode.NONE);
    assertThat(headers.getResponseBodyMode()).isEqualTo(BodySendMode.FULL_DUPLEX_STREAMED);
  }

  @Test
  void staticResponseBodyModeNeedsNoOverride() throws IOException {
    Envoy envoy = connect(policy(rule("leaks", answeredCards(1), BLOCK), allowAll()), "headers");
    ProcessingRequest head =
        requestHead(
            "GET",
            true,
            b ->
                b.setProtocolConfig(
                    ProtocolConfiguration.newBuilder()
                        .setResponseBodyMode(BodySendMode.FULL_DUPLEX_STREAMED)));
    assertThat(envoy.send(head).getFirst().hasModeOverride()).isFalse();
    assertThat(envoy.send(responseHead(false))).isEmpty();
    assertThat(envoy.send(responseBody("abc", true))).hasSize(2);
  }

  @Test
  void cutEndsTheStreamWithAnError() throws IOException {
    Envoy envoy =
        connect(
            policy(
                rule(
                    "leaks",
                    new dev.menura.policy.Rule.Hold.Window(),
                    dev.menura.policy.Rule.OnLimit.BLOCK,
                    answeredCards(1),
                    BLOCK),
                allowAll()),
            "headers");
    envoy.send(requestHead("GET", true));
    envoy.send(responseHead(false));
    envoy.send(responseBody("abc ", false));
    envoy.send(responseBody("#1111", false));
    assertThat(envoy.ended()).isEqualTo(Status.Code.ABORTED);
  }

  @Test
  void streamWithoutConnectionIsRefused() throws IOException {
    for (Map<String, Struct> attributes :
        List.of(
            Map.<String, Struct>of(), Map.of("envoy.filters.http.ext_proc", connection("odd")))) {
      Envoy envoy = connect(policy(allowAll()), "headers");
      ProcessingRequest head =
          requestHead("GET", true, b -> b.clearAttributes().putAllAttributes(attributes));
      assertThat(envoy.send(head).getFirst().getImmediateResponse().getStatus().getCodeValue())
          .isEqualTo(500);
    }
    assertThat(events).extracting(e -> e.common().reason()).containsOnly("no-connection");
  }

  @Test
  void whatEnvoyNeverShouldSendEndsTheStreamWithAnError() throws IOException {
    ProcessingRequest head = requestHead("POST", false);
    List<List<ProcessingRequest>> wrong =
        List.of(
            List.of(requestBody("abc", false)),
            List.of(responseBody("abc", false)),
            List.of(head, head),
            List.of(head, requestBody("abc", true), requestBody("def", false)),
            List.of(head, requestBody("abc", true), responseBody("abc", false)),
            List.of(ProcessingRequest.getDefaultInstance()),
            List.of(head, ProcessingRequest.getDefaultInstance()),
            List.of(requestHead("GET", true, b -> b.setObservabilityMode(true))),
            List.of(
                requestHead(
                    "GET",
                    true,
                    b ->
                        b.setProtocolConfig(
                            ProtocolConfiguration.newBuilder()
                                .setRequestBodyMode(BodySendMode.STREAMED)))));
    for (List<ProcessingRequest> messages : wrong) {
      events.clear();
      Envoy envoy = connect(policy(allowAll()), "bodies");
      messages.forEach(envoy::send);
      assertThat(envoy.ended()).as("%s", messages).isEqualTo(Status.Code.ABORTED);
      assertThat(events).as("%s", messages).hasSize(1);
      assertThat(events.getFirst().common().verdict()).isEqualTo("error");
    }
    assertThat(meters.get("menura.protocol.violations").counter().count()).isEqualTo(wrong.size());
    assertThat(held.held()).isZero();
  }

  @Test
  void streamWithoutModeIsAnError() throws IOException {
    Envoy envoy = connect(policy(allowAll()), "tunnel");
    envoy.send(requestHead("GET", true));
    assertThat(envoy.ended()).isEqualTo(Status.Code.ABORTED);
  }

  @Test
  void errorOfOurOwnIsAPageAndEndsOneExchangeOnly() throws IOException {
    Envoy envoy =
        connect(
            policy(rule("cards", cards(1), BLOCK), allowAll()),
            "bodies",
            (kinds, coding, limits) -> {
              throw new IllegalStateException("broken detector");
            });
    envoy.send(requestHead("POST", false));
    var page = envoy.send(requestBody("abc", false)).getFirst().getImmediateResponse();
    assertThat(page.getStatus().getCodeValue()).isEqualTo(500);
    assertThat(page.getBody().toStringUtf8()).doesNotContain("broken detector");
    assertThat(envoy.ended()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(meters.get("menura.exchange.faults").counter().count()).isEqualTo(1);
    assertThat(events.getFirst().common().reason()).isEqualTo("internal-error");
  }

  @Test
  void envoyThatGoesAwayLeavesNothingBehind() throws IOException {
    Envoy envoy = connect(policy(rule("cards", cards(1), BLOCK), allowAll()), "bodies");
    envoy.send(requestHead("POST", false));
    envoy.send(requestBody("abc", false));
    assertThat(held.held()).isEqualTo(3);
    if (envoy.stream != null) {
      envoy.stream.cancel("gone", null);
    }
    assertThat(held.held()).isZero();
    assertThat(events).hasSize(1);
  }

  @Test
  void halfClosedStreamWithAnOpenVerdictEndsWithAnError() throws IOException {
    Envoy envoy = connect(policy(rule("cards", cards(1), BLOCK), allowAll()), "bodies");
    envoy.send(requestHead("POST", false));
    envoy.close();
    assertThat(envoy.ended()).isEqualTo(Status.Code.CANCELLED);
  }
}

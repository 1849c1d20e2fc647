package dev.menura.extproc.gate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.menura.extproc.exchange.BlockPage;
import dev.menura.policy.Facts;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc.AuthorizationImplBase;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Envoy's authorization checks (`envoy.service.auth.v3`), translated for the gate and back. Each
/// check runs on the executor, since the gate blocks.
public final class AuthorizationService extends AuthorizationImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(AuthorizationService.class);
  private static final Context.Key<Metadata> METADATA = Context.key("menura-metadata");
  private static final Metadata.Key<String> GATE = key(Wire.GATE);
  private static final Metadata.Key<String> TICKET = key(Wire.TICKET);
  private static final Metadata.Key<String> PROTOCOL = key(Wire.PROTOCOL);
  private static final Metadata.Key<String> JA4 = key(Wire.JA4);
  private static final Pattern JA4_FORM =
      Pattern.compile("[0-9a-zA-Z]{10}_[0-9a-f]{12}_[0-9a-f]{12}");

  /// The client's credentials for the proxy. Nobody after the gate gets them.
  private static final String PROXY_AUTHORIZATION = "proxy-authorization";

  private final Gate gate;
  private final Executor executor;

  private AuthorizationService(Gate gate, Executor executor) {
    this.gate = gate;
    this.executor = executor;
  }

  /// The service, ready to be added to a server.
  public static ServerServiceDefinition of(Gate gate, Executor executor) {
    return ServerInterceptors.intercept(
        new AuthorizationService(gate, executor), new MetadataInterceptor());
  }

  @Override
  public void check(CheckRequest request, StreamObserver<CheckResponse> out) {
    var metadata = METADATA.get();
    executor.execute(() -> answer(metadata, request, out));
  }

  private void answer(Metadata metadata, CheckRequest request, StreamObserver<CheckResponse> out) {
    CheckResponse response;
    try {
      response =
          switch (text(metadata, GATE)) {
            case Wire.GATE_CONNECT -> connect(request.getAttributes());
            case Wire.GATE_HELLO -> hello(metadata, request.getAttributes());
            case Wire.GATE_TRANSPARENT -> transparent(metadata, request.getAttributes());
            case Wire.GATE_TRANSPARENT_REQUEST -> request(request.getAttributes());
            default -> denied().build();
          };
    } catch (RuntimeException e) {
      // The edge: whatever goes wrong in a decision refuses the connection.
      LOG.atError().setCause(e).log("the gate failed; the connection is refused");
      response = denied().build();
    }
    out.onNext(response);
    out.onCompleted();
  }

  private CheckResponse connect(AttributeContext attributes) {
    var credentials =
        new Credentials(
            attributes.getRequest().getHttp().getHeadersMap().getOrDefault(PROXY_AUTHORIZATION, ""),
            attributes.getSource().getCertificate());
    return answer(
        gate.connect(question(attributes, credentials, Optional.of(dialled(attributes)))));
  }

  private CheckResponse request(AttributeContext attributes) {
    return answer(
        gate.request(
            question(attributes, Credentials.NONE, Optional.empty()), dialled(attributes)));
  }

  private static Dialled dialled(AttributeContext attributes) {
    var address = attributes.getDestination().getAddress().getSocketAddress();
    return Dialled.of(address.getAddress(), address.getPortValue());
  }

  private static ConnectQuestion question(
      AttributeContext attributes, Credentials credentials, Optional<Dialled> reached) {
    var http = attributes.getRequest().getHttp();
    var client = attributes.getSource().getAddress().getSocketAddress();
    return new ConnectQuestion(
        http.getMethod().equals("CONNECT"),
        http.getScheme().toLowerCase(Locale.ROOT),
        http.getHost(),
        client.getAddress(),
        client.getAddress() + ":" + client.getPortValue(),
        http.getHeadersMap().getOrDefault("accept", ""),
        credentials,
        reached);
  }

  private static CheckResponse answer(ConnectAnswer answer) {
    return switch (answer) {
      case ConnectAnswer.Refuse(var page) -> refused(page, List.of());
      case ConnectAnswer.Challenge(var page, var challenges) -> refused(page, challenges);
      case ConnectAnswer.Admit admit ->
          ok(Map.of(
                  Wire.CONNECTION,
                  Ticket.encode(admit.connection()),
                  Wire.MODE,
                  admit.mode(),
                  Wire.TARGET,
                  admit.target(),
                  Wire.POOL,
                  admit.pool(),
                  Wire.ADDRESS,
                  admit.address()))
              .setOkResponse(OkHttpResponse.newBuilder().addHeadersToRemove(PROXY_AUTHORIZATION))
              .build();
    };
  }

  private static CheckResponse refused(BlockPage.Rendered page, List<String> challenges) {
    var denied =
        DeniedHttpResponse.newBuilder()
            .setStatus(HttpStatus.newBuilder().setCodeValue(page.status()))
            .setBody(page.body());
    page.headers()
        .forEach((name, value) ->
            denied.addHeaders(
                header(name, value)
                    .setAppendAction(
                        HeaderValueOption.HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)));
    challenges.forEach(challenge ->
        denied.addHeaders(
            header("proxy-authenticate", challenge)
                .setAppendAction(HeaderValueOption.HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD)));
    return denied().setDeniedResponse(denied).build();
  }

  private static HeaderValueOption.Builder header(String name, String value) {
    return HeaderValueOption.newBuilder()
        .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value));
  }

  private CheckResponse hello(Metadata metadata, AttributeContext attributes) {
    var ticket = Ticket.decode(text(metadata, TICKET));
    return answer(gate.hello(ticket, facts(metadata, attributes)), _ -> Map.of());
  }

  private CheckResponse transparent(Metadata metadata, AttributeContext attributes) {
    var hello = facts(metadata, attributes);
    var dialled = dialled(attributes);
    var client = attributes.getSource().getAddress().getSocketAddress().getAddress();
    return answer(
        gate.transparent(client, dialled, hello),
        tunnel ->
            Map.of(
                Wire.TARGET, dialled.target(hello.sni()), Wire.POOL, tunnel.connection().getId()));
  }

  private static Facts.Hello facts(Metadata metadata, AttributeContext attributes) {
    return new Facts.Hello(
        text(metadata, PROTOCOL),
        attributes.getTlsSession().getSni().toLowerCase(Locale.ROOT),
        ja4(text(metadata, JA4)));
  }

  /// Envoy writes `-` where there is no fingerprint.
  private static String ja4(String text) {
    return JA4_FORM.matcher(text).matches() ? text : "";
  }

  /// @param more what goes onto the connection besides
  private static CheckResponse answer(
      HelloAnswer answer, Function<HelloAnswer.Tunnel, Map<String, String>> more) {
    return switch (answer) {
      case HelloAnswer.Close _ -> denied().build();
      case HelloAnswer.Tunnel tunnel -> {
        var state = new HashMap<>(more.apply(tunnel));
        state.put(Wire.CONNECTION, Ticket.encode(tunnel.connection()));
        state.put(Wire.CLASS, tunnel.connectionClass());
        state.put(Wire.MODE, tunnel.mode());
        state.put(Wire.ADDRESS, tunnel.address());
        if (!tunnel.note().isEmpty()) {
          state.put(Wire.NOTE, tunnel.note());
        }
        var certificate = tunnel.connection().getClientCertificate();
        if (!certificate.isEmpty()) {
          state.put(Wire.CLIENT_CERTIFICATE, Wire.clientSecret(certificate));
        }
        var mimicked = tunnel.connection().getMimickedClient();
        if (!mimicked.isEmpty()) {
          state.put(Wire.CLIENT_CERTIFICATE, mimicked);
        }
        yield ok(state).build();
      }
    };
  }

  private static CheckResponse.Builder ok(Map<String, String> state) {
    var metadata = Struct.newBuilder();
    state.forEach((name, value) ->
        metadata.putFields(name, Value.newBuilder().setStringValue(value).build()));
    return CheckResponse.newBuilder()
        .setStatus(Status.newBuilder().setCode(Code.OK_VALUE))
        .setDynamicMetadata(metadata);
  }

  private static CheckResponse.Builder denied() {
    return CheckResponse.newBuilder()
        .setStatus(Status.newBuilder().setCode(Code.PERMISSION_DENIED_VALUE));
  }

  private static String text(Metadata metadata, Metadata.Key<String> key) {
    var value = metadata.get(key);
    return value == null ? "" : value;
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /// Puts the call's metadata where the service's method finds it.
  private static final class MetadataInterceptor implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      return Contexts.interceptCall(
          Context.current().withValue(METADATA, headers), call, headers, next);
    }
  }
}

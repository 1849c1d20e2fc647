package dev.menura.extproc.exchange;

import dev.menura.proto.Wire;
import io.envoyproxy.envoy.service.ext_proc.v3.ExternalProcessorGrpc;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.function.Function;

/// Envoy's external processing service: each stream is one exchange. Never blocks, so that it can
/// run on the event loop.
public final class ExtProcService implements BindableService {
  private static final Metadata.Key<String> MODE_METADATA =
      Metadata.Key.of(Wire.EXCHANGE_MODE, Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<String> MODE = Context.key(Wire.EXCHANGE_MODE);

  private final Exchanges exchanges;
  private final Function<String, Optional<ConnectionContext>> connections;

  /// @param connections reads what the gate left on a connection; empty where that cannot be read
  public ExtProcService(
      Exchanges exchanges, Function<String, Optional<ConnectionContext>> connections) {
    this.exchanges = exchanges;
    this.connections = connections;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerInterceptors.intercept(new Processor(), new ModeFromMetadata());
  }

  private final class Processor extends ExternalProcessorGrpc.ExternalProcessorImplBase {
    @Override
    public StreamObserver<ProcessingRequest> process(StreamObserver<ProcessingResponse> out) {
      ExtProcStream stream =
          new ExtProcStream(
              exchanges,
              connections,
              Optional.ofNullable(MODE.get()).orElse(""),
              (ServerCallStreamObserver<ProcessingResponse>) out);
      stream.start();
      return stream;
    }
  }

  private static final class ModeFromMetadata implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      String mode = Optional.ofNullable(headers.get(MODE_METADATA)).orElse("");
      return Contexts.interceptCall(Context.current().withValue(MODE, mode), call, headers, next);
    }
  }
}

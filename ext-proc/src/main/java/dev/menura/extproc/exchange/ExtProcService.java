package dev.menura.extproc.exchange;

import dev.menura.proto.Wire;
import io.envoyproxy.envoy.service.ext_proc.v3.ExternalProcessorGrpc;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import java.util.Optional;
import java.util.function.Function;

/// Envoy's external processing service: each stream is one exchange. Never blocks, so that it can
/// run on the event loop.
public final class ExtProcService implements BindableService {
  private static final Metadata.Key<String> MODE_METADATA =
      Metadata.Key.of(Wire.EXCHANGE_MODE, Metadata.ASCII_STRING_MARSHALLER);

  private final Exchanges exchanges;
  private final Function<String, Optional<ConnectionContext>> connections;

  /// @param connections reads what the gate left on a connection; empty where that cannot be read
  public ExtProcService(
      Exchanges exchanges, Function<String, Optional<ConnectionContext>> connections) {
    this.exchanges = exchanges;
    this.connections = connections;
  }

  /// Takes calls as they come instead of by the generated stub, which makes an exception with its
  /// stack trace for each stream that Envoy ends.
  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(ExternalProcessorGrpc.getServiceDescriptor())
        .addMethod(ExternalProcessorGrpc.getProcessMethod(), this::begin)
        .build();
  }

  private ServerCall.Listener<ProcessingRequest> begin(
      ServerCall<ProcessingRequest, ProcessingResponse> call, Metadata headers) {
    String mode = Optional.ofNullable(headers.get(MODE_METADATA)).orElse("");
    call.request(1);
    return new ExtProcStream(exchanges, connections, mode, call);
  }
}

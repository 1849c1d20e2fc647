package dev.menura.extproc.accesslog;

import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import io.envoyproxy.envoy.service.accesslog.v3.AccessLogServiceGrpc;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsResponse;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Envoy's access log service (`envoy.service.accesslog.v3`): hands each entry on. Never blocks.
public final class AccessLogService implements BindableService {
  private static final Logger LOG = LoggerFactory.getLogger(AccessLogService.class);

  private static final MethodDescriptor<LogMessage, StreamAccessLogsResponse> METHOD =
      AccessLogServiceGrpc.getStreamAccessLogsMethod().toBuilder(
              new LogMessages(),
              AccessLogServiceGrpc.getStreamAccessLogsMethod().getResponseMarshaller())
          .setSchemaDescriptor(null)
          .build();

  private final Consumer<LoggedRequest> exchanges;
  private final Consumer<TCPAccessLogEntry> unused;

  /// @param exchanges takes the requests that no exchange has seen; thread-safe
  /// @param unused takes the connections on which nothing of a request came; thread-safe
  public AccessLogService(Consumer<LoggedRequest> exchanges, Consumer<TCPAccessLogEntry> unused) {
    this.exchanges = exchanges;
    this.unused = unused;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(AccessLogServiceGrpc.SERVICE_NAME)
        .addMethod(METHOD, ServerCalls.asyncClientStreamingCall(this::entries))
        .build();
  }

  private StreamObserver<LogMessage> entries(StreamObserver<StreamAccessLogsResponse> out) {
    return new StreamObserver<>() {
      @Override
      public void onNext(LogMessage message) {
        message.requests().forEach(entry -> take(exchanges, entry));
        message.connections().forEach(entry -> take(unused, entry));
      }

      @Override
      public void onError(Throwable cause) {
        LOG.atDebug().addKeyValue("status", Status.fromThrowable(cause)).log("access log ended");
      }

      @Override
      public void onCompleted() {
        out.onNext(StreamAccessLogsResponse.getDefaultInstance());
        out.onCompleted();
      }
    };
  }

  /// The edge at which an error about one entry costs no other.
  private static <T> void take(Consumer<T> taker, T entry) {
    try {
      taker.accept(entry);
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("an entry of the access log cannot be recorded");
    }
  }
}

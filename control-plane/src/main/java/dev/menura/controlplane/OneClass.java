package dev.menura.controlplane;

import com.google.common.collect.ImmutableList;
import dev.menura.proto.Wire;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Refuses streams of another class of secrets than the one that is served here, so that a chain
/// that shows the block page never gets the mimic of an origin, nor a chain that forwards the
/// page's certificate.
///
/// @param name what [Wire#SECRET_CLASS] must say; empty where it must be absent
record OneClass(String name) implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(OneClass.class);
  private static final Metadata.Key<String> CLASS =
      Metadata.Key.of(Wire.SECRET_CLASS, Metadata.ASCII_STRING_MARSHALLER);

  /// The service, with this check before it.
  BindableService before(BindableService service) {
    return () -> ServerInterceptors.intercept(service, this);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    var named = headers.getAll(CLASS);
    if (ImmutableList.copyOf(named == null ? List.of() : named)
        .equals(name.isEmpty() ? List.of() : List.of(name))) {
      return next.startCall(call, headers);
    }
    LOG.atWarn()
        .addKeyValue("method", call.getMethodDescriptor().getFullMethodName())
        .log("a stream asks for another class of secrets than it is served; it is refused");
    call.close(
        Status.PERMISSION_DENIED.withDescription("no secrets of that class are served here"),
        new Metadata());
    return new ServerCall.Listener<>() {};
  }
}

package dev.menura.controlplane;

import com.google.common.collect.ImmutableList;
import dev.menura.proto.Wire;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Refuses streams that do not name exactly one of the classes of secrets that are served here, so
/// that a chain of one class never gets the certificates of another: the one that shows the block
/// page never the mimic of an origin, the one that forwards unchecked never one that is trusted.
///
/// @param names what [Wire#SECRET_CLASS] may say; empty where it must be absent
record OneClass(Set<String> names) implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(OneClass.class);
  private static final Metadata.Key<String> CLASS =
      Metadata.Key.of(Wire.SECRET_CLASS, Metadata.ASCII_STRING_MARSHALLER);

  private static final Context.Key<String> NAMED = Context.key("menura-secret-class");

  /// The class that the stream names which is being opened.
  static String named() {
    return NAMED.get();
  }

  /// The service, with this check before it.
  BindableService before(BindableService service) {
    return () -> ServerInterceptors.intercept(service, this);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    var all = headers.getAll(CLASS);
    var named = ImmutableList.copyOf(all == null ? List.of() : all);
    if (names.isEmpty() && named.isEmpty()) {
      return next.startCall(call, headers);
    }
    if (named.size() == 1 && names.contains(named.getFirst())) {
      return Contexts.interceptCall(
          Context.current().withValue(NAMED, named.getFirst()), call, headers, next);
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

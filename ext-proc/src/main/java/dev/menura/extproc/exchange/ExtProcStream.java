package dev.menura.extproc.exchange;

import dev.menura.proto.Wire;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProtocolConfiguration;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One stream of Envoy's, which is one exchange: translates, and decides nothing.
///
/// A stream that we end with OK lets Envoy go on uninspected, so ours end with an error, save where
/// Envoy has closed its own half and the exchange is over.
final class ExtProcStream extends ServerCall.Listener<ProcessingRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(ExtProcStream.class);

  private final Exchanges exchanges;
  private final Function<String, Optional<ConnectionContext>> connections;
  private final String mode;
  private final ServerCall<ProcessingRequest, ProcessingResponse> call;

  private @Nullable Exchange exchange;
  private Streams streams = new Streams(false, false);
  private boolean ended;
  private boolean owed;
  private boolean answered;

  /// @param call with one message asked for. Further ones are asked for only while Envoy takes
  ///   ours, so that what is released cannot pile up here.
  ExtProcStream(
      Exchanges exchanges,
      Function<String, Optional<ConnectionContext>> connections,
      String mode,
      ServerCall<ProcessingRequest, ProcessingResponse> call) {
    this.exchanges = exchanges;
    this.connections = connections;
    this.mode = mode;
    this.call = call;
  }

  @Override
  public void onReady() {
    if (owed) {
      owed = false;
      call.request(1);
    }
  }

  @Override
  public void onMessage(ProcessingRequest message) {
    if (ended) {
      return;
    }
    guarded(() -> take(message));
    if (!ended) {
      if (call.isReady()) {
        call.request(1);
      } else {
        owed = true;
      }
    }
  }

  @Override
  public void onCancel() {
    closed();
    ended = true;
  }

  @Override
  public void onHalfClose() {
    if (ended) {
      return;
    }
    boolean finished = exchange != null && exchange.finished();
    closed();
    ended = true;
    call.close(
        finished ? Status.OK : Status.CANCELLED.withDescription("closed before its end"),
        new Metadata());
  }

  private void closed() {
    guarded(() -> exchange == null ? List.of() : exchange.on(new Event.Closed()));
  }

  private List<Reply> take(ProcessingRequest message) {
    if (exchange == null) {
      return begin(message);
    }
    Exchange running = exchange;
    return ExtProcMessages.event(message)
        .map(running::on)
        .orElseGet(() -> running.violated("a message without content"));
  }

  private List<Reply> begin(ProcessingRequest message) {
    ProtocolConfiguration configured = message.getProtocolConfig();
    boolean bodies = mode.equals(Wire.MODE_BODIES);
    streams =
        new Streams(bodies, configured.getResponseBodyMode() == BodySendMode.FULL_DUPLEX_STREAMED);
    Exchange begun =
        exchanges.open(
            streams,
            connections
                .apply(ExtProcMessages.connection(message))
                .orElse(ConnectionContext.UNKNOWN));
    exchange = begun;
    if (!bodies && !mode.equals(Wire.MODE_HEADERS)) {
      return begun.violated("no mode");
    }
    if (message.hasProtocolConfig()
        && bodies != (configured.getRequestBodyMode() == BodySendMode.FULL_DUPLEX_STREAMED)) {
      return begun.violated("another body mode than said");
    }
    if (message.getObservabilityMode()) {
      return begun.violated("observability mode");
    }
    return ExtProcMessages.event(message)
        .map(begun::on)
        .orElseGet(() -> begun.violated("a message without content"));
  }

  /// The edge at which an error of our own ends one exchange and nothing else.
  private void guarded(Supplier<List<Reply>> step) {
    try {
      step.get().forEach(this::send);
    } catch (RuntimeException fault) {
      LOG.atError().addKeyValue("id", id()).setCause(fault).log("exchange failed");
      fail();
    }
  }

  private void fail() {
    List<Reply> last = List.of();
    try {
      if (exchange == null) {
        exchanges.metrics().fault();
      } else {
        last = exchange.fail();
        last.forEach(this::send);
      }
    } catch (RuntimeException fault) {
      LOG.atError().setCause(fault).log("exchange failed to end");
    }
    if (last.isEmpty() && !ended) {
      cut("internal error");
    }
  }

  private String id() {
    return exchange == null ? "" : exchange.id();
  }

  private void send(Reply reply) {
    if (ended) {
      return;
    }
    Optional<ProcessingResponse> message = ExtProcMessages.message(reply, streams, id());
    if (message.isPresent()) {
      say(message.get());
    } else if (reply instanceof Reply.Cut(String reason)) {
      cut(reason);
    }
  }

  /// The head of our answer goes with the first message, in one write.
  private void say(ProcessingResponse message) {
    if (!answered) {
      answered = true;
      call.sendHeaders(new Metadata());
    }
    call.sendMessage(message);
  }

  private void cut(String reason) {
    ended = true;
    if (!call.isCancelled()) {
      LOG.atWarn().addKeyValue("id", id()).addKeyValue("reason", reason).log("stream cut");
      call.close(Status.ABORTED.withDescription(reason), new Metadata());
    }
  }
}

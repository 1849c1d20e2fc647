package dev.menura.extproc.pinning;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import dev.menura.extproc.gate.Ticket;
import dev.menura.gate.v1.Connection;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import io.envoyproxy.envoy.service.accesslog.v3.AccessLogServiceGrpc.AccessLogServiceImplBase;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsResponse;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Envoy's log of the connections on which nothing of a request came
/// (`envoy.service.accesslog.v3`), translated for [PinnedClients].
public final class RejectionLog extends AccessLogServiceImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(RejectionLog.class);

  private final PinnedClients pinned;

  public RejectionLog(PinnedClients pinned) {
    this.pinned = pinned;
  }

  @Override
  public StreamObserver<StreamAccessLogsMessage> streamAccessLogs(
      StreamObserver<StreamAccessLogsResponse> out) {
    return new StreamObserver<>() {
      @Override
      public void onNext(StreamAccessLogsMessage message) {
        message.getTcpLogs().getLogEntryList().forEach(RejectionLog.this::read);
      }

      @Override
      public void onError(Throwable t) {
        // Envoy opens another stream with its next entry.
        LOG.atDebug().addKeyValue("cause", t.getMessage()).log("a log stream ended");
      }

      @Override
      public void onCompleted() {
        out.onNext(StreamAccessLogsResponse.getDefaultInstance());
        out.onCompleted();
      }
    };
  }

  private void read(TCPAccessLogEntry entry) {
    var common = entry.getCommonProperties();
    // Without a cipher no ServerHello was sent, and so no certificate.
    if (!common.getTlsProperties().hasTlsCipherSuite()
        || entry.getConnectionProperties().getReceivedBytes() > 0
        || !common.getConnectionTerminationDetails().isEmpty()) {
      return;
    }
    var sign = end(common).sign();
    var connection = ticket(common);
    if (sign.isPresent() && connection.isPresent()) {
      pinned.rejected(connection.get(), sign.get());
    }
  }

  private static Sign.End end(AccessLogCommon common) {
    var lasted =
        Duration.ofSeconds(common.getDuration().getSeconds(), common.getDuration().getNanos());
    return new Sign.End(
        common.getDownstreamTransportFailureReason(),
        handshake(common.getCustomTagsOrDefault(Wire.HANDSHAKE_TAG, "")),
        lasted);
  }

  private static Optional<Duration> handshake(String text) {
    try {
      return Optional.of(Duration.ofMillis(Long.parseLong(text)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<Connection> ticket(AccessLogCommon common) {
    Any state = common.getFilterStateObjectsMap().get(Wire.CONNECTION);
    if (state == null) {
      return Optional.empty();
    }
    try {
      return Ticket.decode(state.unpack(StringValue.class).getValue());
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }
}

package dev.menura.extproc.pinning;

import dev.menura.extproc.gate.Ticket;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/// Envoy's log of the connections on which nothing of a request came, translated for
/// [PinnedClients].
public final class RejectionLog implements Consumer<TCPAccessLogEntry> {
  private final PinnedClients pinned;

  public RejectionLog(PinnedClients pinned) {
    this.pinned = pinned;
  }

  @Override
  public void accept(TCPAccessLogEntry entry) {
    var common = entry.getCommonProperties();
    // Without a cipher no ServerHello was sent, and so no certificate.
    if (!common.getTlsProperties().hasTlsCipherSuite()
        || entry.getConnectionProperties().getReceivedBytes() > 0
        || !common.getConnectionTerminationDetails().isEmpty()) {
      return;
    }
    var sign = end(common).sign();
    var connection = Ticket.of(common);
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
}

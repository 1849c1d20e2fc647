package dev.menura.extproc.gate;

import dev.menura.gate.v1.Connection;
import dev.menura.gate.v1.Hello;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import java.util.function.Consumer;

/// Envoy's log of connections, of which it takes those whose ClientHello was too large to be read.
/// Nobody has asked the gate about them.
public final class LargeHelloLog implements Consumer<TCPAccessLogEntry> {
  private final Gate gate;
  private final Consumer<TCPAccessLogEntry> others;

  /// @param others takes all other entries
  public LargeHelloLog(Gate gate, Consumer<TCPAccessLogEntry> others) {
    this.gate = gate;
    this.others = others;
  }

  @Override
  public void accept(TCPAccessLogEntry entry) {
    var common = entry.getCommonProperties();
    if (isTooLarge(common)) {
      gate.tooLarge(Ticket.of(common).orElseGet(() -> dialled(common)));
    } else {
      others.accept(entry);
    }
  }

  private static boolean isTooLarge(AccessLogCommon entry) {
    var inspector = entry.getMetadata().getFilterMetadataMap().get(Wire.HELLO_METADATA);
    return inspector != null
        && inspector.containsFields(Wire.HELLO_FAILURE)
        && inspector
            .getFieldsOrThrow(Wire.HELLO_FAILURE)
            .getStringValue()
            .equals(Wire.HELLO_TOO_LARGE);
  }

  /// A connection that was redirected here, of which nothing but its ends is known.
  private static Connection dialled(AccessLogCommon entry) {
    var client = entry.getDownstreamRemoteAddress().getSocketAddress();
    var target = entry.getDownstreamLocalAddress().getSocketAddress();
    return Connection.newBuilder()
        .setClientIp(client.getAddress())
        .setHost(target.getAddress())
        .setPort(target.getPortValue())
        .addAddresses(target.getAddress())
        .setHello(Hello.newBuilder().setProtocol("tls"))
        .build();
  }
}

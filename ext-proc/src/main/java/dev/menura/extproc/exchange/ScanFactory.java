package dev.menura.extproc.exchange;

import dev.menura.extproc.inspect.BodyScan;
import dev.menura.policy.Limits;
import java.util.Set;

/// Where the exchange gets the inspection of a body from.
@FunctionalInterface
public interface ScanFactory {
  /// @param kinds the kinds of finding that are looked for
  /// @param contentEncoding the value of the `content-encoding` header, empty where there is none
  BodyScan of(Set<String> kinds, String contentEncoding, Limits limits);

  /// The same of what one peer of a WebSocket sends.
  ///
  /// @param masked true for what the client sends
  default BodyScan ofSocket(Set<String> kinds, boolean masked, Limits limits) {
    return BodyScan.ofSocket(kinds, masked, limits);
  }

  /// The same of the messages of a gRPC call.
  ///
  /// @param encoding the value of the `grpc-encoding` header, empty where there is none
  default BodyScan ofGrpc(Set<String> kinds, String encoding, Limits limits) {
    return BodyScan.ofGrpc(kinds, encoding, limits);
  }
}

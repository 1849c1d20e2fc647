package dev.menura.extproc.accesslog;

import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import java.util.List;

/// One message of Envoy's access log: entries of requests, or of connections.
record LogMessage(List<LoggedRequest> requests, List<TCPAccessLogEntry> connections) {
  LogMessage {
    requests = List.copyOf(requests);
    connections = List.copyOf(connections);
  }
}

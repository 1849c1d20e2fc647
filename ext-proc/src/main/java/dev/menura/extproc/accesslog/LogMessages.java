package dev.menura.extproc.accesslog;

import static dev.menura.extproc.accesslog.Fields.BYTES;
import static dev.menura.extproc.accesslog.Fields.tag;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/// Reads messages of Envoy's access log (`StreamAccessLogsMessage`) without the many fields that
/// nobody uses. How long one may be is gRPC's limit on messages. One that is malformed ends its
/// stream; what is passed over may be.
final class LogMessages implements MethodDescriptor.Marshaller<LogMessage> {
  // StreamAccessLogsMessage
  private static final int HTTP_LOGS = tag(2, BYTES);
  private static final int TCP_LOGS = tag(3, BYTES);
  // HTTPAccessLogEntries and TCPAccessLogEntries
  private static final int LOG_ENTRY = tag(1, BYTES);

  @Override
  public LogMessage parse(InputStream stream) {
    try {
      return read(CodedInputStream.newInstance(stream.readAllBytes()));
    } catch (IOException e) {
      throw Status.INTERNAL
          .withDescription("Invalid protobuf byte sequence")
          .withCause(e)
          .asRuntimeException();
    }
  }

  /// A message of ours is never sent.
  @Override
  public InputStream stream(LogMessage message) {
    throw new UnsupportedOperationException("messages of an access log are only read");
  }

  static LogMessage read(CodedInputStream in) throws IOException {
    var reading = new Reading();
    Fields.read(in, reading::logs);
    return reading.message();
  }

  /// A message as far as it was read. The kinds of entry exclude each other; the last one is meant.
  private static final class Reading {
    private final List<LoggedRequest> requests = new ArrayList<>();
    private final List<TCPAccessLogEntry> connections = new ArrayList<>();
    private int kind;

    private boolean logs(int tag, CodedInputStream in) throws IOException {
      if (tag == HTTP_LOGS) {
        Fields.nested(in, this::request);
      } else if (tag == TCP_LOGS) {
        Fields.nested(in, this::connection);
      } else {
        return false;
      }
      kind = tag;
      return true;
    }

    private boolean request(int tag, CodedInputStream in) throws IOException {
      return tag == LOG_ENTRY && requests.add(RequestReader.read(in));
    }

    private boolean connection(int tag, CodedInputStream in) throws IOException {
      if (tag != LOG_ENTRY) {
        return false;
      }
      var entry = TCPAccessLogEntry.newBuilder();
      in.readMessage(entry, ExtensionRegistryLite.getEmptyRegistry());
      return connections.add(entry.build());
    }

    private LogMessage message() {
      return new LogMessage(
          kind == HTTP_LOGS ? requests : List.of(), kind == TCP_LOGS ? connections : List.of());
    }
  }
}

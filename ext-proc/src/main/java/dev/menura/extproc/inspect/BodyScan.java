package dev.menura.extproc.inspect;

import dev.menura.policy.Facts;
import dev.menura.policy.Limits;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The inspection of one body while it streams by. Not thread-safe: one scan belongs to one body.
///
/// Offsets count bytes of the body as it was sent, before any content coding is undone. A scan may
/// hold native memory until its body is complete, it has stopped, or it is closed.
public interface BodyScan extends Facts.Body, AutoCloseable {
  /// Starts the inspection of a body.
  ///
  /// @param kinds the kinds to look for, each of them one of [Detectors#kinds]
  /// @param contentEncoding the value of the `content-encoding` header, empty where there is none
  static BodyScan of(Set<String> kinds, String contentEncoding, Limits limits) {
    return new StreamScan(kinds, contentEncoding, limits);
  }

  /// Starts the inspection of what one peer of a WebSocket sends (RFC 6455), message by message. A
  /// message may be as long as `inspectedBytes`; all of them together have no limit. What was found
  /// bars nothing that follows: it has been counted, and such a stream has no end to wait for.
  ///
  /// @param kinds as above
  /// @param masked true for what the client sends
  static BodyScan ofSocket(Set<String> kinds, boolean masked, Limits limits) {
    return new MessageScan(kinds, messages -> new WebSocketFrames(masked, messages), false, limits);
  }

  /// Starts the inspection of the body of a gRPC call, message by message. The limits hold for each
  /// message; all of them together have none.
  ///
  /// @param kinds as above
  /// @param encoding the value of the `grpc-encoding` header, empty where there is none
  static BodyScan ofGrpc(Set<String> kinds, String encoding, Limits limits) {
    return new MessageScan(
        kinds, messages -> new GrpcFrames(encoding, limits, messages), true, limits);
  }

  /// Inspects the next bytes of the body. The buffer is read, never kept and never changed. Bytes
  /// that come after a stop are not looked at.
  ///
  /// @param last true where the body ends with these bytes
  void write(ByteBuffer chunk, boolean last);

  /// How many bytes, from the start of the body, can be let go: nothing in them belongs to a
  /// finding of these kinds, and nothing in them can become part of one, whatever follows. Never
  /// decreases for the same kinds, and goes no further than where the first finding starts.
  ///
  /// Exact to the byte where no content coding is undone. Otherwise the bytes before this offset
  /// decode, whoever decodes them, to bytes that have all been inspected and that end at or before
  /// the first byte of the first finding.
  long clearable(Set<String> kinds);

  /// How many bytes, from the start of the body, belong to messages that have been inspected as a
  /// whole: of a socket those up to the end of its last whole message, of another body none until
  /// it is complete.
  long whole();

  /// Inspects trailers, which end the body. What they hold counts with it; no value spans them.
  ///
  /// @param fields names and values
  void trailers(Map<String, String> fields);

  /// How many different values of this kind were found so far.
  ///
  /// @throws IllegalArgumentException where the scan does not look for this kind
  @Override
  long count(String kind);

  /// Why the inspection of this body ended early. Once present the counts no longer say anything
  /// about what follows.
  Optional<Stop> stopped();

  /// What was found, a record for each kind of which there is any.
  List<Found> found();

  /// Ends the inspection and frees what it holds. What was found stays. Closing twice does nothing.
  @Override
  void close();

  /// What can end the inspection of a body.
  enum Stop {
    /// The body is longer, as sent, than `inspectedBytes`.
    INSPECTED_BYTES,
    /// The body comes to more than `decompressedBytes` with one of its codings undone.
    DECOMPRESSED_BYTES,
    /// The body comes to more than `decompressionRatio` times what was sent.
    DECOMPRESSION_RATIO,
    /// The content coding is not one that can be undone.
    UNKNOWN_CODING,
    /// The body is not what its content coding says.
    MALFORMED_CODING,
    /// What should be messages of a WebSocket or of gRPC are none.
    MALFORMED_FRAMES
  }

  /// @param kind the detector's word, as `credit-card`
  /// @param count how many different values were found
  /// @param evidence masked, a few of the values at the most
  record Found(String kind, long count, List<String> evidence) {
    public Found {
      evidence = List.copyOf(evidence);
    }
  }
}

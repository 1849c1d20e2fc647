package dev.menura.extproc.exchange;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The frame with which a WebSocket is ended for its client (RFC 6455 5.5.1), as its server would
/// send it.
final class CloseFrame {
  private static final byte CLOSE = (byte) 0x88;
  private static final short POLICY_VIOLATION = 1008;
  private static final short INTERNAL_ERROR = 1011;
  private static final int PAYLOAD_BYTES_MAX = 125;

  private CloseFrame() {}

  /// @param id the exchange's, by which it is found in the log
  static ByteBuffer of(Refusal why, String id) {
    String by = why.rule().isEmpty() ? why.reason() : why.rule();
    // Names of rules and ids are in ASCII.
    byte[] reason = ("blocked by " + by + ", " + id).getBytes(StandardCharsets.US_ASCII);
    int length = Math.min(reason.length, PAYLOAD_BYTES_MAX - Short.BYTES);
    ByteBuffer frame = ByteBuffer.allocate(2 + Short.BYTES + length);
    frame.put(CLOSE).put((byte) (Short.BYTES + length));
    frame.putShort(why.verdict().equals("block") ? POLICY_VIOLATION : INTERNAL_ERROR);
    return frame.put(reason, 0, length).flip().asReadOnlyBuffer();
  }
}

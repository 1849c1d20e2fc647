package dev.menura.extproc.inspect;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Frames of a WebSocket as a peer would send them.
public final class Frames {
  public static final int CONTINUATION = 0;
  public static final int TEXT = 1;
  public static final int BINARY = 2;
  public static final int CLOSE = 8;
  public static final int PING = 9;

  private static final int HEAD_BYTES_MAX = 14;
  private static final byte[] MASK = {0x35, (byte) 0xa7, 0x00, 0x5c};

  private Frames() {}

  /// A whole text message of a client.
  public static byte[] fromClient(String text) {
    return frame(true, TEXT, true, text);
  }

  /// A whole text message of a server.
  public static byte[] fromServer(String text) {
    return frame(false, TEXT, true, text);
  }

  public static byte[] frame(boolean masked, int opcode, boolean last, String text) {
    return frame(masked, opcode | (last ? 0x80 : 0), text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /// @param first the first byte of the head
  public static byte[] frame(boolean masked, int first, byte[] payload) {
    var head = ByteBuffer.allocate(HEAD_BYTES_MAX);
    head.put((byte) first);
    int bit = masked ? 0x80 : 0;
    if (payload.length < 126) {
      head.put((byte) (bit | payload.length));
    } else if (payload.length < 1 << 16) {
      head.put((byte) (bit | 126)).putShort((short) payload.length);
    } else {
      head.put((byte) (bit | 127)).putLong(payload.length);
    }
    if (masked) {
      head.put(MASK);
    }
    var bytes = new ByteArrayOutputStream();
    bytes.write(head.array(), 0, head.position());
    for (int i = 0; i < payload.length; i++) {
      bytes.write(masked ? payload[i] ^ MASK[i % MASK.length] : payload[i]);
    }
    return bytes.toByteArray();
  }

  public static byte[] joined(byte[]... frames) {
    var bytes = new ByteArrayOutputStream();
    for (byte[] frame : frames) {
      bytes.writeBytes(frame);
    }
    return bytes.toByteArray();
  }
}

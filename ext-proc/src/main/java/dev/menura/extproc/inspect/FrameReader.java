package dev.menura.extproc.inspect;

import java.nio.ByteBuffer;

/// Reads what one peer of a WebSocket sends (RFC 6455 5.2), in pieces of any size, and takes the
/// mask off. Stricter than some receivers and never laxer: what a receiver could read in another
/// way is an error. Extensions are errors too, for nobody here has agreed to any.
final class FrameReader {
  /// Takes what comes out, in order.
  interface Messages {
    /// Bytes of the message that runs; the array is used again afterwards.
    ///
    /// @param at the offset, in what the peer sent, of the first of these bytes
    void data(byte[] bytes, int length, long at);

    /// The message is whole.
    ///
    /// @param at the offset behind it
    void messageEnds(long at);

    /// A whole control frame, which may come in the middle of a message.
    ///
    /// @param at the offset behind it
    void control(byte[] bytes, int length, long at);
  }

  /// What the peer sent is not what RFC 6455 says.
  static final class MalformedFrames extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedFrames(String message) {
      super(message);
    }
  }

  private static final int FINAL = 0x80;
  private static final int RESERVED = 0x70;
  private static final int OPCODE = 0x0f;
  private static final int CONTINUATION = 0;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PONG = 10;
  private static final int MASKED = 0x80;
  private static final int LENGTH = 0x7f;
  private static final int LENGTH_16 = 126;
  private static final int LENGTH_64 = 127;
  private static final int CONTROL_BYTES_MAX = 125;
  private static final int MASK_BYTES = 4;
  private static final int HEAD_BYTES_MAX = 2 + Long.BYTES + MASK_BYTES;
  private static final int BUFFER_BYTES = 16 * 1024;

  private final boolean masked;
  private final Messages messages;
  private final byte[] head = new byte[HEAD_BYTES_MAX];
  private final byte[] control = new byte[CONTROL_BYTES_MAX];
  private final byte[] buffer = new byte[BUFFER_BYTES];

  private long at;
  private int headRead;
  private int headBytes = 2;
  private boolean inPayload;
  private long payloadRead;
  private long payloadBytes;
  private boolean inMessage;

  /// @param masked true for what a client sends, whose frames must all be masked; those of a server
  ///   must not (RFC 6455 5.1)
  FrameReader(boolean masked, Messages messages) {
    this.masked = masked;
    this.messages = messages;
  }

  /// Whether a message has begun that is not whole yet.
  boolean inMessage() {
    return inMessage;
  }

  void read(ByteBuffer in) throws MalformedFrames {
    while (in.hasRemaining()) {
      if (inPayload) {
        payload(in);
      } else {
        head[headRead++] = in.get();
        at++;
        if (headRead == headBytes) {
          head();
        }
      }
      if (inPayload && payloadRead == payloadBytes) {
        frameEnds();
      }
    }
  }

  /// As much of the head is there as was known to belong to it.
  private void head() throws MalformedFrames {
    if (headRead == 2) {
      begin();
    }
    if (headRead == headBytes) {
      payloadBytes = length();
      payloadRead = 0;
      inPayload = true;
    }
  }

  private void begin() throws MalformedFrames {
    int opcode = opcode();
    boolean whole = isFinal();
    int shortLength = head[1] & LENGTH;
    if ((head[0] & RESERVED) != 0) {
      throw new MalformedFrames("a reserved bit is set");
    }
    if (((head[1] & MASKED) != 0) != masked) {
      throw new MalformedFrames(masked ? "not masked" : "masked");
    }
    if (isControl()) {
      if (opcode > PONG || !whole || shortLength > CONTROL_BYTES_MAX) {
        throw new MalformedFrames("not a control frame");
      }
    } else if (opcode > BINARY || (opcode == CONTINUATION) != inMessage) {
      throw new MalformedFrames("not a data frame that can come here");
    } else {
      inMessage = true;
    }
    int more = shortLength == LENGTH_16 ? Short.BYTES : shortLength == LENGTH_64 ? Long.BYTES : 0;
    headBytes = 2 + more + (masked ? MASK_BYTES : 0);
  }

  private long length() throws MalformedFrames {
    int shortLength = head[1] & LENGTH;
    ByteBuffer fields = ByteBuffer.wrap(head);
    if (shortLength == LENGTH_16) {
      return fields.getShort(2) & 0xffff;
    }
    if (shortLength == LENGTH_64) {
      long length = fields.getLong(2);
      if (length < 0) {
        throw new MalformedFrames("a length of 64 bits");
      }
      return length;
    }
    return shortLength;
  }

  private void payload(ByteBuffer in) {
    int room = isControl() ? CONTROL_BYTES_MAX : BUFFER_BYTES;
    int n = (int) Math.min(Math.min(in.remaining(), room), payloadBytes - payloadRead);
    byte[] into = isControl() ? control : buffer;
    int start = isControl() ? (int) payloadRead : 0;
    in.get(into, start, n);
    if (masked) {
      unmask(into, start, n);
    }
    if (!isControl()) {
      messages.data(buffer, n, at);
    }
    payloadRead += n;
    at += n;
  }

  private void unmask(byte[] bytes, int start, int n) {
    int mask = headBytes - MASK_BYTES;
    for (int i = 0; i < n; i++) {
      bytes[start + i] ^= head[mask + (int) ((payloadRead + i) & (MASK_BYTES - 1))];
    }
  }

  private void frameEnds() {
    if (isControl()) {
      messages.control(control, (int) payloadBytes, at);
    } else if (isFinal()) {
      inMessage = false;
      messages.messageEnds(at);
    }
    inPayload = false;
    headRead = 0;
    headBytes = 2;
  }

  private int opcode() {
    return head[0] & OPCODE;
  }

  private boolean isFinal() {
    return (head[0] & FINAL) != 0;
  }

  private boolean isControl() {
    return opcode() >= CLOSE;
  }
}

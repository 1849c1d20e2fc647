package dev.menura.extproc.inspect;

import dev.menura.extproc.inspect.BodyScan.Stop;
import java.nio.ByteBuffer;

/// Reads what one peer of a WebSocket sends (RFC 6455 5.2), in pieces of any size, and takes the
/// mask off. Stricter than some receivers and never laxer: what a receiver could read in another
/// way is an error. Extensions are errors too, for nobody here has agreed to any.
final class WebSocketFrames implements MessageFrames {
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
  private static final int BUFFER_BYTES = 4 * 1024;

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
  private boolean full;

  /// @param masked true for what a client sends, whose frames must all be masked; those of a server
  ///   must not (RFC 6455 5.1)
  WebSocketFrames(boolean masked, Messages messages) {
    this.masked = masked;
    this.messages = messages;
  }

  @Override
  public boolean inMessage() {
    return inMessage;
  }

  /// Extensions are refused, so that no message is compressed (RFC 7692).
  @Override
  public long codedFrom() {
    return PLAIN;
  }

  @Override
  public void close() {}

  @Override
  public void read(ByteBuffer in) throws StoppedException {
    while (in.hasRemaining() && !full) {
      if (inPayload) {
        payload(in);
      } else {
        head[headRead++] = in.get();
        at++;
        if (headRead == headBytes) {
          head();
        }
      }
      if (inPayload && payloadRead == payloadBytes && !full) {
        frameEnds();
      }
    }
  }

  /// As much of the head is there as was known to belong to it.
  private void head() throws StoppedException {
    if (headRead == 2) {
      begin();
    }
    if (headRead == headBytes) {
      payloadBytes = length();
      payloadRead = 0;
      inPayload = true;
    }
  }

  private void begin() throws StoppedException {
    int opcode = opcode();
    boolean whole = isFinal();
    int shortLength = head[1] & LENGTH;
    if ((head[0] & RESERVED) != 0) {
      throw malformed("a reserved bit is set");
    }
    if (((head[1] & MASKED) != 0) != masked) {
      throw malformed(masked ? "not masked" : "masked");
    }
    if (isControl()) {
      if (opcode > PONG || !whole || shortLength > CONTROL_BYTES_MAX) {
        throw malformed("not a control frame");
      }
    } else if (opcode > BINARY || (opcode == CONTINUATION) != inMessage) {
      throw malformed("not a data frame that can come here");
    } else {
      inMessage = true;
    }
    int more = shortLength == LENGTH_16 ? Short.BYTES : shortLength == LENGTH_64 ? Long.BYTES : 0;
    headBytes = 2 + more + (masked ? MASK_BYTES : 0);
  }

  private long length() throws StoppedException {
    int shortLength = head[1] & LENGTH;
    ByteBuffer fields = ByteBuffer.wrap(head);
    if (shortLength == LENGTH_16) {
      return fields.getShort(2) & 0xffff;
    }
    if (shortLength == LENGTH_64) {
      long length = fields.getLong(2);
      if (length < 0) {
        throw malformed("a length of 64 bits");
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
      full = !messages.data(buffer, 0, n, at);
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
      messages.aside(control, (int) payloadBytes, at);
    } else if (isFinal()) {
      inMessage = false;
      messages.messageEnds(at);
    }
    inPayload = false;
    headRead = 0;
    headBytes = 2;
  }

  private static StoppedException malformed(String what) {
    return new StoppedException(Stop.MALFORMED_FRAMES, what);
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

package dev.menura.sidecar.demo;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// The server's side of a WebSocket that sends every message back (RFC 6455).
final class WebSocketEcho {
  /// The longest message that is taken; the demo's are short.
  private static final int MESSAGE_BYTES_MAX = 64 * 1024;

  /// RFC 6455 1.3.
  private static final String KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  private WebSocketEcho() {}

  /// Answers the handshake, and echoes until the client closes.
  static void serve(String key, InputStream from, OutputStream out) throws IOException {
    out.write(
        ("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
                + "sec-websocket-accept: "
                + accept(key)
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    out.flush();
    DataInputStream in = new DataInputStream(from);
    try {
      while (echo(in, out)) {}
    } catch (EOFException e) {
      // The client went away without a closing frame.
    }
  }

  private static boolean echo(DataInputStream in, OutputStream out) throws IOException {
    int first = in.readUnsignedByte();
    int second = in.readUnsignedByte();
    int length = second & 0x7f;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      throw new IOException("the message is too long");
    }
    if (length > MESSAGE_BYTES_MAX || (second & 0x80) == 0) {
      throw new IOException("a client's frame is masked, and short");
    }
    byte[] mask = in.readNBytes(4);
    byte[] message = in.readNBytes(length);
    if (mask.length < 4 || message.length < length) {
      throw new EOFException();
    }
    for (int i = 0; i < length; i++) {
      message[i] ^= mask[i % 4];
    }
    int opcode = first & 0x0f;
    out.write((first & 0xf0) | (opcode == PING ? PONG : opcode));
    if (length < 126) {
      out.write(length);
    } else {
      out.write(new byte[] {126, (byte) (length >> 8), (byte) length});
    }
    out.write(message);
    out.flush();
    return opcode != CLOSE;
  }

  private static String accept(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1")
              .digest((key + KEY_SUFFIX).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}

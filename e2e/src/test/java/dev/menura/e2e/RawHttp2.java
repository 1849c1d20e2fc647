package dev.menura.e2e;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One connection of HTTP/2 whose frames (RFC 9113 4.1) a test writes one by one, sound or not.
final class RawHttp2 {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int CONTINUATION = 9;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  private final OutputStream out;
  private final DataInputStream in;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
  private final Map<Integer, RawClient.Answer> begun = new HashMap<>();
  private final Map<Integer, RawClient.Answer> ended = new HashMap<>();

  /// Sends the preface and empty settings.
  RawHttp2(Socket socket) throws IOException {
    out = socket.getOutputStream();
    in = new DataInputStream(socket.getInputStream());
    out.write(RawClient.latin1("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    out.write(frame(SETTINGS, 0, 0, new byte[0]));
    out.flush();
  }

  static byte[] frame(int type, int flags, int stream, byte[] payload) {
    var frame = new byte[9 + payload.length];
    frame[0] = (byte) (payload.length >> 16);
    frame[1] = (byte) (payload.length >> 8);
    frame[2] = (byte) payload.length;
    frame[3] = (byte) type;
    frame[4] = (byte) flags;
    frame[5] = (byte) (stream >> 24);
    frame[6] = (byte) (stream >> 16);
    frame[7] = (byte) (stream >> 8);
    frame[8] = (byte) stream;
    System.arraycopy(payload, 0, frame, 9, payload.length);
    return frame;
  }

  /// The fields of a request, in this order.
  static List<Map.Entry<String, String>> request(String method, String authority, String path) {
    var fields = new ArrayList<Map.Entry<String, String>>();
    fields.add(Map.entry(":method", method));
    fields.add(Map.entry(":scheme", "https"));
    fields.add(Map.entry(":path", path));
    fields.add(Map.entry(":authority", authority));
    return fields;
  }

  /// Literal fields without indexing and without Huffman coding (RFC 7541 6.2.2).
  static byte[] block(List<Map.Entry<String, String>> fields) {
    var block = new ByteArrayOutputStream();
    for (var field : fields) {
      block.write(0);
      string(block, field.getKey());
      string(block, field.getValue());
    }
    return block.toByteArray();
  }

  /// RFC 7541 5.1, 5.2.
  static void string(ByteArrayOutputStream block, String text) {
    if (text.length() < 127) {
      block.write(text.length());
    } else {
      block.write(127);
      int rest = text.length() - 127;
      for (; rest >= 128; rest >>= 7) {
        block.write(rest % 128 + 128);
      }
      block.write(rest);
    }
    block.writeBytes(RawClient.latin1(text));
  }

  /// Sends bytes as they are. False where the gateway has closed the connection.
  boolean write(byte[] bytes) {
    try {
      out.write(bytes);
      out.flush();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  boolean headers(int stream, int flags, List<Map.Entry<String, String>> fields) {
    return write(frame(HEADERS, flags, stream, block(fields)));
  }

  /// A request without a body, and its answer.
  RawClient.Answer ask(int stream, List<Map.Entry<String, String>> fields) {
    headers(stream, END_STREAM | END_HEADERS, fields);
    return answer(stream);
  }

  /// Reads until the stream's answer is here with its body; closed where the stream or the
  /// connection ends without one.
  RawClient.Answer answer(int wanted) {
    try {
      while (!ended.containsKey(wanted)) {
        if (read() == GOAWAY) {
          return ended.getOrDefault(wanted, RawClient.Answer.CLOSED);
        }
      }
      return ended.get(wanted);
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("no answer in time", e);
    } catch (IOException e) {
      return RawClient.Answer.CLOSED;
    }
  }

  /// Reads until the gateway says that it ends the connection, or ends it.
  boolean awaitEnd() {
    try {
      while (true) {
        if (read() == GOAWAY) {
          return true;
        }
      }
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /// Reads one frame, and gives its type.
  private int read() throws IOException {
    int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    var payload = in.readNBytes(length);
    if (payload.length < length) {
      throw new EOFException();
    }
    if (type == HEADERS) {
      head(stream, payload);
    } else if (type == DATA) {
      begun.computeIfPresent(
          stream,
          (_, answer) ->
              new RawClient.Answer(
                  answer.status(), answer.text() + new String(payload, StandardCharsets.UTF_8)));
    } else if (type == RST_STREAM) {
      end(stream);
    }
    if ((type == HEADERS || type == DATA) && (flags & END_STREAM) != 0) {
      end(stream);
    }
    return type;
  }

  private void end(int stream) {
    ended.putIfAbsent(stream, begun.getOrDefault(stream, RawClient.Answer.CLOSED));
  }

  private void head(int stream, byte[] payload) throws IOException {
    try {
      var fields = decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(payload));
      if (fields.status() != null && fields.status().charAt(0) != '1') {
        int status = Integer.parseInt(fields.status().toString());
        begun.put(stream, new RawClient.Answer(status, fields + "\n"));
      }
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }
}

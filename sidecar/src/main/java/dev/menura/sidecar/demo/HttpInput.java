package dev.menura.sidecar.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Reads HTTP/1.1 requests from a stream (RFC 9112), as far as the demo's origins need it.
record HttpInput(InputStream in) {
  private static final int HEAD_BYTES_MAX = 64 * 1024;

  /// @param line method, target and version
  /// @param headers by name in lower case
  record Head(String line, Map<String, String> headers) {
    String method() {
      return line.split(" ", 2)[0];
    }

    String path() {
      String[] parts = line.split(" ", 3);
      return parts.length > 1 ? parts[1] : "";
    }

    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /// The next request's head; empty where the peer is done.
  Optional<Head> head() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int ends = 0;
    while (ends < 4) {
      int next = in.read();
      if (next < 0) {
        return Optional.empty();
      }
      if (bytes.size() >= HEAD_BYTES_MAX) {
        throw new IOException("the request's head is too long");
      }
      bytes.write(next);
      ends = next == (ends % 2 == 0 ? '\r' : '\n') ? ends + 1 : next == '\r' ? 1 : 0;
    }
    String[] lines = bytes.toString(StandardCharsets.ISO_8859_1).split("\r\n", -1);
    Map<String, String> headers = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0) {
        headers.put(
            lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
            lines[i].substring(colon + 1).strip());
      }
    }
    return Optional.of(new Head(lines[0], headers));
  }

  /// Reads the body to its end and returns its length.
  long body(Head head) throws IOException {
    if (head.header("transfer-encoding").equalsIgnoreCase("chunked")) {
      return chunks();
    }
    long length = head.header("content-length").isEmpty() ? 0 : length(head);
    in.skipNBytes(length);
    return length;
  }

  private static long length(Head head) throws IOException {
    try {
      return Long.parseLong(head.header("content-length"));
    } catch (NumberFormatException e) {
      throw new IOException("the body's length is no number", e);
    }
  }

  private long chunks() throws IOException {
    long total = 0;
    while (true) {
      int size;
      try {
        size = Integer.parseInt(line().split(";", 2)[0].strip(), 16);
      } catch (NumberFormatException e) {
        throw new IOException("a chunk's length is no number", e);
      }
      if (size == 0) {
        while (!line().isEmpty()) {}
        return total;
      }
      in.skipNBytes(size);
      line();
      total += size;
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0 || line.length() > HEAD_BYTES_MAX) {
        throw new IOException("the request ended early");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }
}

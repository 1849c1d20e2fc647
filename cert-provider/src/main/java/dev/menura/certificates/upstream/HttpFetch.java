package dev.menura.certificates.upstream;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A client for one HTTP/1.1 exchange in clear text (RFC 5280 8: what is fetched is signed). It
/// dials only addresses that were checked, follows no redirect, keeps no connection, and reads a
/// bounded number of bytes within a deadline.
final class HttpFetch implements Fetch {
  private static final Logger LOG = LoggerFactory.getLogger(HttpFetch.class);
  private static final int PORT = 80;
  private static final int HEADER_BYTES_MAX = 16 * 1024;
  private static final int OK = 200;
  private static final int ADDRESS_LENGTH_MAX = 2048;

  private final AllowedAddresses allowed;

  HttpFetch(AllowedAddresses allowed) {
    this.allowed = allowed;
  }

  @Override
  public Optional<byte[]> from(
      String address, Optional<Body> body, int bytesMax, Deadline deadline) {
    try {
      Optional<URI> uri = uri(address);
      if (uri.isEmpty()) {
        return Optional.empty();
      }
      int port = uri.get().getPort() < 0 ? PORT : uri.get().getPort();
      List<InetAddress> targets = allowed.of(uri.get().getHost(), port);
      if (targets.isEmpty()) {
        return Optional.empty();
      }
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(targets.getFirst(), port), deadline.remainingMs());
        socket.getOutputStream().write(request(uri.get(), body));
        var in = new BufferedInputStream(new Timed(socket, deadline));
        return Optional.of(response(in, bytesMax));
      }
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("nothing fetched for a certificate");
      return Optional.empty();
    }
  }

  private static Optional<URI> uri(String address) {
    if (address.length() > ADDRESS_LENGTH_MAX) {
      return Optional.empty();
    }
    try {
      var uri = new URI(address);
      boolean usable =
          "http".equalsIgnoreCase(uri.getScheme())
              && uri.getHost() != null
              && uri.getRawUserInfo() == null
              && uri.getPort() <= 65_535;
      return usable ? Optional.of(uri) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static byte[] request(URI uri, Optional<Body> body) {
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    var head =
        new StringBuilder(body.isPresent() ? "POST " : "GET ")
            .append(path)
            .append(query)
            .append(" HTTP/1.1\r\nHost: ")
            .append(uri.getRawAuthority())
            .append("\r\nConnection: close\r\nAccept: */*\r\nUser-Agent: menura\r\n");
    body.ifPresent(posted ->
        head.append("Content-Type: ")
            .append(posted.type())
            .append("\r\nContent-Length: ")
            .append(posted.bytes().length)
            .append("\r\n"));
    byte[] first = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    byte[] second = body.map(Body::bytes).orElseGet(() -> new byte[0]);
    var all = new byte[first.length + second.length];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  private static byte[] response(InputStream in, int bytesMax) throws IOException {
    List<String> head = head(in);
    String[] status = head.getFirst().split(" ", 3);
    if (status.length < 2
        || !status[0].startsWith("HTTP/1.")
        || !status[1].equals(Integer.toString(OK))) {
      throw new IOException("the answer is not '200'");
    }
    boolean chunked = false;
    long length = -1;
    for (String line : head.subList(1, head.size())) {
      String lower = line.toLowerCase(Locale.ROOT);
      chunked |= lower.startsWith("transfer-encoding:") && lower.endsWith("chunked");
      if (lower.startsWith("content-length:")) {
        length = number(line.substring(line.indexOf(':') + 1).strip(), 10);
      }
    }
    return chunked ? chunks(in, bytesMax) : body(in, length, bytesMax);
  }

  private static byte[] body(InputStream in, long length, int bytesMax) throws IOException {
    if (length > bytesMax) {
      throw new IOException("the answer is too large");
    }
    byte[] all = in.readNBytes(length < 0 ? bytesMax + 1 : (int) length);
    if (all.length > bytesMax) {
      throw new IOException("the answer is too large");
    }
    if (length >= 0 && all.length < length) {
      throw new EOFException("the answer is cut");
    }
    return all;
  }

  private static byte[] chunks(InputStream in, int bytesMax) throws IOException {
    var all = new java.io.ByteArrayOutputStream();
    while (true) {
      String line = line(in, HEADER_BYTES_MAX);
      int extension = line.indexOf(';');
      long size = number((extension < 0 ? line : line.substring(0, extension)).strip(), 16);
      if (size == 0) {
        return all.toByteArray();
      }
      if (size > bytesMax - all.size()) {
        throw new IOException("the answer is too large");
      }
      byte[] chunk = in.readNBytes((int) size);
      if (chunk.length < size || !line(in, 2).isEmpty()) {
        throw new EOFException("the answer is cut");
      }
      all.writeBytes(chunk);
    }
  }

  private static long number(String text, int radix) throws IOException {
    try {
      long value = Long.parseUnsignedLong(text, radix);
      if (value < 0) {
        throw new IOException("a length that is none");
      }
      return value;
    } catch (NumberFormatException e) {
      throw new IOException("a length that is none", e);
    }
  }

  private static List<String> head(InputStream in) throws IOException {
    var lines = new ArrayList<String>();
    int left = HEADER_BYTES_MAX;
    for (String line = line(in, left); !line.isEmpty(); line = line(in, left)) {
      lines.add(line);
      left -= line.length() + 2;
    }
    if (lines.isEmpty()) {
      throw new IOException("the answer has no head");
    }
    return lines;
  }

  private static String line(InputStream in, int lengthMax) throws IOException {
    var line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the answer is cut");
      }
      if (line.length() >= lengthMax) {
        throw new IOException("the answer's head is too large");
      }
      line.append((char) b);
    }
    int end = line.length();
    return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
  }

  /// Reads within what is left of the deadline, however small the pieces are.
  private static final class Timed extends InputStream {
    private final Socket socket;
    private final Deadline deadline;

    Timed(Socket socket, Deadline deadline) {
      this.socket = socket;
      this.deadline = deadline;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      socket.setSoTimeout(deadline.remainingMs());
      return socket.getInputStream().read(into, offset, length);
    }
  }
}

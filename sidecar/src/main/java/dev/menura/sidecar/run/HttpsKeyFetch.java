package dev.menura.sidecar.run;

import dev.menura.extproc.gate.Addresses;
import dev.menura.extproc.identity.KeyFetch;
import dev.menura.policy.Gateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocket;

/// A client for one HTTPS exchange, for the keys of issuers. It goes only where a client of the
/// gateway could go too, to the address that was checked; it trusts the roots that the policy
/// trusts origins by, follows no redirect, and reads a bounded number of bytes in a bounded time.
final class HttpsKeyFetch implements KeyFetch {
  private static final Duration TIME_MAX = Duration.ofSeconds(5);
  private static final int PORT = 443;
  private static final int HEAD_BYTES_MAX = 16 * 1024;

  private final Addresses addresses;
  private final Supplier<Gateway> gateway;

  HttpsKeyFetch(Addresses addresses, Supplier<Gateway> gateway) {
    this.addresses = addresses;
    this.gateway = gateway;
  }

  @Override
  public String from(URI address) throws IOException {
    int port = address.getPort() < 0 ? PORT : address.getPort();
    InetAddress target = target(address.getHost(), port);
    try (var plain = new Socket();
        var clock = Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory())) {
      // However small the pieces are that come: at the end of the time the socket is closed.
      var end = clock.schedule(() -> closed(plain), TIME_MAX.toMillis(), TimeUnit.MILLISECONDS);
      plain.connect(new InetSocketAddress(target, port), (int) TIME_MAX.toMillis());
      try (var socket = secured(plain, address.getHost(), port)) {
        socket.getOutputStream().write(request(address));
        return body(socket.getInputStream());
      } finally {
        end.cancel(false);
        clock.shutdownNow();
      }
    }
  }

  private InetAddress target(String host, int port) throws IOException {
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return switch (addresses.of(bare, port)) {
      case Addresses.Answer.Checked(List<InetAddress> checked) -> checked.getFirst();
      case Addresses.Answer.Refused(String detail) -> throw new IOException(detail);
      case Addresses.Answer.Unresolved(String detail) -> throw new IOException(detail);
    };
  }

  private SSLSocket secured(Socket plain, String host, int port) throws IOException {
    try {
      var context = IssuerTrust.context(gateway.get());
      var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true);
      var parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return socket;
    } catch (GeneralSecurityException e) {
      throw new IOException("the roots cannot be used", e);
    }
  }

  private static byte[] request(URI address) {
    String path = address.getRawPath().isEmpty() ? "/" : address.getRawPath();
    String query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
    return ("GET "
            + path
            + query
            + " HTTP/1.1\r\nHost: "
            + address.getRawAuthority()
            + "\r\nAccept: application/jwk-set+json, application/json\r\nConnection: close\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /// The answer ends with the connection.
  private static String body(InputStream in) throws IOException {
    byte[] all = in.readNBytes(HEAD_BYTES_MAX + BYTES_MAX + 1);
    String text = new String(all, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0 || end > HEAD_BYTES_MAX) {
      throw new IOException("the answer has no head");
    }
    String head = text.substring(0, end);
    if (!head.matches("(?s)HTTP/1\\.[01] 200[ \r].*")) {
      throw new IOException("the answer is not '200'");
    }
    boolean chunked =
        head.lines()
            .map(line -> line.toLowerCase(Locale.ROOT))
            .anyMatch(line -> line.startsWith("transfer-encoding:") && line.endsWith("chunked"));
    String body = text.substring(end + 4);
    String whole = chunked ? joined(body) : body;
    if (whole.length() > BYTES_MAX) {
      throw new IOException("the answer is too large");
    }
    return new String(whole.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /// The chunks of a body (RFC 9112 7.1), each character a byte.
  private static String joined(String body) throws IOException {
    var out = new ByteArrayOutputStream();
    int at = 0;
    while (true) {
      int end = body.indexOf("\r\n", at);
      if (end < 0) {
        throw new IOException("the answer is cut");
      }
      String size = body.substring(at, end).split(";", 2)[0].strip();
      if (!size.matches("[0-9A-Fa-f]{1,6}")) {
        throw new IOException("the answer has a chunk of no length");
      }
      int length = Integer.parseInt(size, 16);
      if (length == 0) {
        return out.toString(StandardCharsets.ISO_8859_1);
      }
      int from = end + 2;
      if (from + length + 2 > body.length()) {
        throw new IOException("the answer is cut");
      }
      out.writeBytes(body.substring(from, from + length).getBytes(StandardCharsets.ISO_8859_1));
      at = from + length + 2;
    }
  }

  private static void closed(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // It is of no more use either way.
    }
  }
}

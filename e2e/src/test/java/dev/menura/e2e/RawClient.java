package dev.menura.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// A client that sends exactly the bytes that a test gives it: no library stands between, so that
/// malformed input arrives as it is. It believes every certificate, and shows it.
final class RawClient implements AutoCloseable {
  private static final int TIMEOUT_MS = 20_000;
  private static final int BODY_MAX = 1024 * 1024;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})[^\n]*");
  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *([0-9]+)");

  private Socket socket;

  private RawClient(Socket socket) {
    this.socket = socket;
  }

  /// What came back.
  ///
  /// @param status 0 where the connection was closed without an answer
  record Answer(int status, String text) {
    static final Answer CLOSED = new Answer(0, "");
  }

  static RawClient to(Lab lab) {
    return from("127.0.0.1", lab);
  }

  /// A client at this address of the loopback.
  static RawClient from(String address, Lab lab) {
    try {
      var socket = new Socket();
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(TIMEOUT_MS);
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), lab.proxyPort()), TIMEOUT_MS);
      return new RawClient(socket);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// A tunnel to `host:port`.
  ///
  /// @throws IllegalStateException where the gateway refuses it
  static RawClient tunnel(Lab lab, String target) {
    var client = to(lab);
    var answer = client.send("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n");
    if (answer.status() != 200) {
      client.close();
      throw new IllegalStateException("CONNECT was answered " + answer);
    }
    return client;
  }

  /// A tunnel with TLS inside, whose server name is the target's host.
  static RawClient tls(Lab lab, String target, String alpn) {
    var host = target.substring(0, target.lastIndexOf(':'));
    return tunnel(lab, target).handshake(Optional.of(latin1(host)), alpn).orElseThrow();
  }

  /// Begins TLS. Empty where the gateway ended it.
  ///
  /// @param serverName the bytes of the server name, none where it is left out
  Optional<RawClient> handshake(Optional<byte[]> serverName, String alpn) {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Anybody()}, null);
      var tls = (SSLSocket) context.getSocketFactory().createSocket(socket, null, 0, true);
      var parameters = tls.getSSLParameters();
      parameters.setServerNames(serverName.<SNIServerName>map(Name::new).stream().toList());
      parameters.setApplicationProtocols(new String[] {alpn});
      tls.setSSLParameters(parameters);
      tls.setSoTimeout(TIMEOUT_MS);
      socket = tls;
      tls.startHandshake();
      return Optional.of(this);
    } catch (IOException e) {
      close();
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The certificate that the client was shown.
  X509Certificate certificate() {
    try {
      return (X509Certificate) ((SSLSocket) socket).getSession().getPeerCertificates()[0];
    } catch (javax.net.ssl.SSLPeerUnverifiedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Waits this long for each answer.
  RawClient patient(Duration patience) {
    try {
      socket.setSoTimeout((int) patience.toMillis());
      return this;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  Answer send(String latin1) {
    return send(latin1(latin1));
  }

  /// Sends these bytes and reads one response of HTTP/1.1.
  Answer send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
      return read(socket.getInputStream());
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("no answer within " + TIMEOUT_MS + " ms", e);
    } catch (IOException e) {
      return Answer.CLOSED;
    }
  }

  /// Sends these bytes and reads everything up to the end of the connection.
  String exhaust(String latin1) {
    var all = new ByteArrayOutputStream();
    try {
      socket.getOutputStream().write(latin1(latin1));
      socket.getOutputStream().flush();
      var in = socket.getInputStream();
      for (int next = in.read(); next >= 0 && all.size() < BODY_MAX; next = in.read()) {
        all.write(next);
      }
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("still open after " + TIMEOUT_MS + " ms: " + all, e);
    } catch (IOException e) {
      return all.toString(StandardCharsets.ISO_8859_1); // reset
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  /// Sends these bytes and reads the first of what comes back, fewer where the connection ends.
  byte[] first(byte[] bytes, int count) {
    return pieces(bytes, bytes.length, count);
  }

  /// As [#first], in pieces of this size, each a segment of its own.
  byte[] pieces(byte[] bytes, int piece, int count) {
    try {
      var out = socket.getOutputStream();
      for (int at = 0; at < bytes.length; at += piece) {
        out.write(bytes, at, Math.min(piece, bytes.length - at));
        out.flush();
      }
      return socket.getInputStream().readNBytes(count);
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("no answer within " + TIMEOUT_MS + " ms", e);
    } catch (IOException e) {
      return new byte[0]; // reset
    }
  }

  /// The connection, for frames of HTTP/2 as a test makes them.
  RawHttp2 http2() {
    try {
      return new RawHttp2(socket);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// A GET with this Host.
  Answer get(String host, String path) {
    return send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
  }

  private static Answer read(InputStream in) throws IOException {
    var head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0 || head.size() > BODY_MAX) {
        return Answer.CLOSED;
      }
      head.write(next);
    }
    var text = head.toString(StandardCharsets.ISO_8859_1);
    var status = STATUS.matcher(text);
    if (!status.lookingAt()) {
      return Answer.CLOSED;
    }
    var length = LENGTH.matcher(text);
    int bytes = length.find() ? Math.min(BODY_MAX, Integer.parseInt(length.group(1))) : 0;
    return new Answer(
        Integer.parseInt(status.group(1)),
        text + new String(in.readNBytes(bytes), StandardCharsets.UTF_8));
  }

  /// Sends one request over HTTP/2 with exactly these headers, in this order, and reads its answer.
  Answer send2(List<Map.Entry<String, String>> headers) {
    return http2().ask(1, headers);
  }

  static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// A server name of any bytes.
  private static final class Name extends SNIServerName {
    Name(byte[] name) {
      super(StandardConstants.SNI_HOST_NAME, Arrays.copyOf(name, name.length));
    }
  }

  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}

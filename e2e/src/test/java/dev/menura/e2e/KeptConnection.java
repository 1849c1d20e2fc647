package dev.menura.e2e;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// A connection through the proxy that is kept: CONNECT, TLS, and then one HTTP/1.1 request after
/// another, when the test wants them.
final class KeptConnection implements AutoCloseable {
  private static final int TIMEOUT_MS = 30_000;

  private final SSLSocket socket;
  private final InputStream in;
  private final String authority;

  /// What came back for a request.
  ///
  /// @param status 0 where the connection was closed instead
  record Answer(int status, String body) {
    static final Answer CLOSED = new Answer(0, "");
  }

  private KeptConnection(SSLSocket socket, InputStream in, String authority) {
    this.socket = socket;
    this.in = in;
    this.authority = authority;
  }

  /// Only asks for a tunnel.
  static Answer connect(String proxy, String target) {
    try (var socket = dial(proxy)) {
      return connect(socket, target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @param trusted the roots, in PEM
  static KeptConnection open(String proxy, String host, int port, Path trusted) {
    try {
      var plain = dial(proxy);
      var answer = connect(plain, host + ":" + port);
      if (answer.status() != 200) {
        plain.close();
        throw new AssertionError("CONNECT was answered with " + answer);
      }
      var socket =
          (SSLSocket) trusting(trusted).getSocketFactory().createSocket(plain, host, port, true);
      var parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return new KeptConnection(
          socket, new BufferedInputStream(socket.getInputStream()), host + ":" + port);
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError("no connection to " + host, e);
    }
  }

  private static Socket dial(String proxy) throws IOException {
    int colon = proxy.lastIndexOf(':');
    var socket = new Socket();
    socket.setSoTimeout(TIMEOUT_MS);
    socket.connect(
        new InetSocketAddress(
            proxy.substring(0, colon), Integer.parseInt(proxy.substring(colon + 1))),
        TIMEOUT_MS);
    return socket;
  }

  private static Answer connect(Socket socket, String target) throws IOException {
    send(socket, "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n");
    // Unbuffered: what follows the head of a 200 is TLS.
    return answer(socket.getInputStream(), true);
  }

  static SSLContext trusting(Path roots) throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null);
    try (var pem = Files.newInputStream(roots)) {
      for (var root : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("root-" + store.size(), root);
      }
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  /// Has answers awaited for that long.
  KeptConnection patient(Duration limit) {
    try {
      socket.setSoTimeout((int) limit.toMillis());
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Asks for a path, and reads the answer.
  Answer get(String path) {
    return ask("GET", path, "");
  }

  /// As [#get].
  ///
  /// @param headers further lines of the head, each with its end
  Answer ask(String method, String path, String headers) {
    try {
      send(
          socket,
          method + " " + path + " HTTP/1.1\r\nHost: " + authority + "\r\n" + headers + "\r\n");
      return answer(in, false);
    } catch (IOException e) {
      return Answer.CLOSED;
    }
  }

  /// Asks for paths without waiting for answers in between, and reads all answers.
  List<Answer> pipelined(List<String> paths) {
    var requests = new StringBuilder();
    paths.forEach(
        path -> requests.append("GET " + path + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n"));
    try {
      send(socket, requests.toString());
      var answers = new ArrayList<Answer>();
      for (int i = 0; i < paths.size(); i++) {
        answers.add(answer(in, false));
      }
      return answers;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The issuer of the certificate that was shown.
  String issuer() {
    try {
      var leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return leaf.getIssuerX500Principal().getName();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void send(Socket socket, String text) throws IOException {
    var out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static Answer answer(InputStream in, boolean connect) throws IOException {
    int status = Integer.parseInt(line(in).split(" ", 3)[1]);
    int length = 0;
    boolean chunked = false;
    for (var header = line(in); !header.isEmpty(); header = line(in)) {
      var lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring("content-length:".length()).trim());
      }
      chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
    }
    if (connect && status == 200) {
      return new Answer(status, "");
    }
    var body = new ByteArrayOutputStream();
    if (chunked) {
      for (int size = size(in); size > 0; size = size(in)) {
        body.writeBytes(exactly(in, size));
        line(in);
      }
      line(in);
    } else {
      body.writeBytes(exactly(in, length));
    }
    return new Answer(status, body.toString(StandardCharsets.UTF_8));
  }

  private static int size(InputStream in) throws IOException {
    return Integer.parseInt(line(in).trim(), 16);
  }

  private static byte[] exactly(InputStream in, int size) throws IOException {
    var bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new EOFException();
    }
    return bytes;
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException();
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

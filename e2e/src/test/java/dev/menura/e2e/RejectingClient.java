package dev.menura.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// A client that opens a tunnel and does not want the certificate that it is shown there.
final class RejectingClient {
  private static final int TIMEOUT_MS = 20_000;

  /// What it does instead of going on.
  enum Way {
    /// Java's alert, `certificate_unknown`.
    ALERT,
    /// Closes the TCP connection while the handshake waits for it.
    CLOSE,
    /// Resets the TCP connection.
    RESET,
    /// Finishes the handshake, looks at the certificate, and closes.
    AFTERWARDS
  }

  private RejectingClient() {}

  /// @param tlsVersion as `TLSv1.3`
  static void run(Lab lab, String host, int port, String tlsVersion, Way way) {
    try (var tcp = new Socket()) {
      tcp.setSoTimeout(TIMEOUT_MS);
      tcp.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), lab.proxyPort()), TIMEOUT_MS);
      var target = host + ":" + port;
      tcp.getOutputStream()
          .write(
              ("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1));
      readHead(tcp);
      var context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Trust(tcp, way)}, null);
      var tls = (SSLSocket) context.getSocketFactory().createSocket(tcp, host, port, false);
      tls.setEnabledProtocols(new String[] {tlsVersion});
      handshake(tls);
      tls.close();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void handshake(SSLSocket tls) throws IOException {
    try {
      tls.startHandshake();
    } catch (SSLException | java.net.SocketException e) {
      // That is the point of it.
      tls.close();
    }
  }

  private static void readHead(Socket tcp) throws IOException {
    var in = tcp.getInputStream();
    var head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the proxy answered " + head);
      }
      head.append((char) next);
    }
  }

  private record Trust(Socket tcp, Way way) implements X509TrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind)
        throws CertificateException {
      try {
        switch (way) {
          case ALERT -> throw new CertificateException("not the one that is known");
          case CLOSE -> tcp.close();
          case RESET -> {
            tcp.setSoLinger(true, 0);
            tcp.close();
          }
          case AFTERWARDS -> {}
        }
      } catch (IOException e) {
        throw new CertificateException(e);
      }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}

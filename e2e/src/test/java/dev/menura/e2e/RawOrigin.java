package dev.menura.e2e;

import dev.menura.certificates.testing.TestCertificate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLServerSocket;

/// An origin of HTTP/1.1 that answers each head with the bytes that a test gives it, sound or not,
/// and keeps every byte that it was sent.
final class RawOrigin implements AutoCloseable {
  private static final int TIMEOUT_MS = 20_000;

  private final ServerSocket listener;
  private final Script script;
  private final List<ByteArrayOutputStream> connections = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  /// What it answers.
  interface Script {
    /// @param head the request's, up to its empty line
    /// @return whether the connection is kept
    boolean answer(String head, OutputStream out) throws IOException;
  }

  private RawOrigin(ServerSocket listener, Script script) {
    this.listener = listener;
    this.script = script;
    Thread.ofPlatform().name("raw-origin").daemon().start(this::serve);
  }

  static RawOrigin tls(TestCertificate certificate, Script script) {
    try {
      var listener =
          (SSLServerSocket)
              certificate
                  .serverContext()
                  .getServerSocketFactory()
                  .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
      var parameters = listener.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"http/1.1"});
      listener.setSSLParameters(parameters);
      return new RawOrigin(listener, script);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static RawOrigin clear(Script script) {
    try {
      return new RawOrigin(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// Answers every request with these bytes, and keeps the connection.
  static Script always(String answer) {
    return (_, out) -> {
      out.write(RawClient.latin1(answer));
      return true;
    };
  }

  static final Script OK = always("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n");

  private void serve() {
    while (!listener.isClosed()) {
      try {
        var socket = listener.accept();
        Thread.ofPlatform().daemon().start(() -> answer(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void answer(Socket socket) {
    var all = new ByteArrayOutputStream();
    connections.add(all);
    open.add(socket);
    try (socket) {
      socket.setSoTimeout(TIMEOUT_MS);
      var in = socket.getInputStream();
      int begin = 0;
      for (int next = in.read(); next >= 0; next = in.read()) {
        String text;
        synchronized (all) {
          all.write(next);
          text = next == '\n' ? all.toString(StandardCharsets.ISO_8859_1) : "";
        }
        if (text.endsWith("\r\n\r\n")) {
          var head = text.substring(begin);
          begin = text.length();
          if (head.contains("HTTP/1.1\r\n") && !script.answer(head, socket.getOutputStream())) {
            return;
          }
          socket.getOutputStream().flush();
        }
      }
    } catch (IOException e) {
      return; // the gateway has seen enough
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  /// All that it was sent, connection by connection.
  List<String> received() {
    var all = new ArrayList<String>();
    for (var connection : connections) {
      synchronized (connection) {
        all.add(connection.toString(StandardCharsets.ISO_8859_1));
      }
    }
    return all;
  }

  /// What it was sent on connections that name this path or text.
  List<String> receivedWith(String text) {
    return received().stream().filter(all -> all.contains(text)).toList();
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (var socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

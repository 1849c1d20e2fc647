package dev.menura.certificates.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// An origin on a loopback port that does with each connection what the test says.
public final class TestServer implements AutoCloseable {
  /// What is done with a connection. When it returns the connection is closed.
  public interface Behaviour {
    void serve(Socket connection) throws Exception;
  }

  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private final List<String> serverNames = new CopyOnWriteArrayList<>();
  private final CountDownLatch stopped = new CountDownLatch(1);

  private TestServer() {
    try {
      this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static TestServer of(Behaviour behaviour) {
    return new TestServer().start(behaviour);
  }

  public static TestServer presenting(TestCertificate certificate) {
    return presenting(certificate, parameters -> parameters);
  }

  /// A TLS server that presents this certificate.
  public static TestServer presenting(
      TestCertificate certificate, UnaryOperator<SSLParameters> change) {
    var context = certificate.serverContext();
    var server = new TestServer();
    return server.start(connection -> {
      try (var tls = (SSLSocket) context.getSocketFactory().createSocket(connection, null, true)) {
        tls.setUseClientMode(false);
        tls.setSSLParameters(change.apply(tls.getSSLParameters()));
        tls.startHandshake();
        ((ExtendedSSLSession) tls.getSession())
            .getRequestedServerNames()
            .forEach(name -> server.serverNames.add(name.toString()));
        var _ = tls.getInputStream().read();
      }
    });
  }

  private TestServer start(Behaviour behaviour) {
    threads.execute(() -> accept(behaviour));
    return this;
  }

  private void accept(Behaviour behaviour) {
    try {
      while (true) {
        Socket connection = listener.accept();
        connections.add(connection);
        threads.execute(() -> serve(behaviour, connection));
      }
    } catch (IOException e) {
      stopped.countDown();
    }
  }

  private static void serve(Behaviour behaviour, Socket connection) {
    try (connection) {
      behaviour.serve(connection);
    } catch (Exception e) {
      // The client decides what the test looks at; a server may fail in any way.
      return;
    }
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  public int connections() {
    return connections.size();
  }

  /// What the clients of finished handshakes asked for.
  public List<String> serverNames() {
    return serverNames;
  }

  /// Waits until the test is over.
  public void untilClosed() throws InterruptedException {
    stopped.await();
  }

  @Override
  public void close() throws IOException {
    stopped.countDown();
    listener.close();
    for (Socket connection : connections) {
      connection.close();
    }
    threads.shutdownNow();
  }
}

package dev.menura.sidecar.demo;

import dev.menura.certificates.testing.TestCertificate;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A local HTTPS server that remembers what reached it.
///
/// It answers GET with a line of text, takes uploads, sends `/download` in two halves with a wait
/// in between, and echoes WebSocket messages.
final class DemoOrigin implements AutoCloseable {
  /// The bytes of `/download`.
  static final int DOWNLOAD_BYTES = 4 << 20;

  private final String host;
  private final ServerSocket listener;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final AtomicLong bytes = new AtomicLong();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final AtomicLong bodyBytes = new AtomicLong();
  private final CountDownLatch halfSent = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  private DemoOrigin(String host, ServerSocket listener) {
    this.host = host;
    this.listener = listener;
  }

  static DemoOrigin start(String host, TestCertificate certificate) throws IOException {
    ServerSocket listener =
        certificate
            .serverContext()
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    DemoOrigin origin = new DemoOrigin(host, listener);
    Thread.ofVirtual().name("origin-" + host).start(origin::accept);
    return origin;
  }

  String url(String path) {
    return "https://" + authority() + path;
  }

  String authority() {
    return host + ":" + listener.getLocalPort();
  }

  String host() {
    return host;
  }

  int port() {
    return listener.getLocalPort();
  }

  /// The bytes of requests, heads included, that came in over TLS.
  long bytesReceived() {
    return bytes.get();
  }

  /// The first lines of the requests that came in whole.
  List<String> requests() {
    return List.copyOf(requests);
  }

  long bodyBytesReceived() {
    return bodyBytes.get();
  }

  /// Waits until the first half of `/download` is sent; false where it is not in that time.
  boolean awaitHalf(Duration limit) throws InterruptedException {
    return halfSent.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Lets the second half of `/download` go.
  void sendOtherHalf() {
    goOn.countDown();
  }

  @Override
  public void close() throws IOException {
    goOn.countDown();
    listener.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket connection = listener.accept();
        connections.add(connection);
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException e) {
        // Closed, or a client that went away before it was accepted.
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(counting(connection.getInputStream()));
      HttpInput input = new HttpInput(in);
      OutputStream out = connection.getOutputStream();
      for (Optional<HttpInput.Head> head = input.head(); head.isPresent(); head = input.head()) {
        if (!answer(head.get(), input, out)) {
          return;
        }
      }
    } catch (IOException e) {
      // A handshake that was only meant to see the certificate, or a client that went away.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connections.remove(connection);
    }
  }

  private InputStream counting(InputStream in) {
    return new FilterInputStream(in) {
      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        bytes.addAndGet(Math.max(0, read));
        return read;
      }
    };
  }

  /// Returns whether the connection can go on.
  private boolean answer(HttpInput.Head head, HttpInput input, OutputStream out)
      throws IOException, InterruptedException {
    if (head.header("upgrade").equalsIgnoreCase("websocket")) {
      requests.add(head.line());
      WebSocketEcho.serve(head.header("sec-websocket-key"), input.in(), out);
      return false;
    }
    bodyBytes.addAndGet(input.body(head));
    requests.add(head.line());
    if (head.path().equals("/download")) {
      download(out);
    } else {
      byte[] body = ("Hello from " + host + ".\n").getBytes(StandardCharsets.UTF_8);
      out.write(head("text/plain", body.length));
      out.write(body);
    }
    out.flush();
    return true;
  }

  private void download(OutputStream out) throws IOException, InterruptedException {
    out.write(head("application/octet-stream", DOWNLOAD_BYTES));
    byte[] half = new byte[DOWNLOAD_BYTES / 2];
    out.write(half);
    out.flush();
    halfSent.countDown();
    goOn.await();
    out.write(half);
  }

  private static byte[] head(String type, int length) {
    return ("HTTP/1.1 200 OK\r\ncontent-type: "
            + type
            + "\r\ncontent-length: "
            + length
            + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }
}

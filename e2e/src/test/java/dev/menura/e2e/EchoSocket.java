package dev.menura.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A WebSocket through a gateway, opened over HTTP/1.1.
final class EchoSocket implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;

  private final HttpClient client;
  private final WebSocket socket;
  private final Messages messages;

  private EchoSocket(HttpClient client, WebSocket socket, Messages messages) {
    this.client = client;
    this.socket = socket;
    this.messages = messages;
  }

  static EchoSocket open(Lab lab, String url) {
    try {
      var client =
          HttpClient.newBuilder()
              .proxy(
                  ProxySelector.of(
                      new InetSocketAddress(InetAddress.getLoopbackAddress(), lab.proxyPort())))
              .sslContext(KeptConnection.trusting(lab.ca()))
              .connectTimeout(Duration.ofSeconds(PATIENCE_SECONDS))
              .build();
      var messages = new Messages();
      var socket =
          client
              .newWebSocketBuilder()
              .buildAsync(URI.create(url), messages)
              .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
              .join();
      return new EchoSocket(client, socket, messages);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  EchoSocket send(byte[] message) {
    socket
        .sendBinary(ByteBuffer.wrap(message), true)
        .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .join();
    return this;
  }

  EchoSocket send(String message) {
    return send(message.getBytes(StandardCharsets.UTF_8));
  }

  /// The next message that has come back.
  byte[] next() {
    try {
      var message = messages.whole.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("no message came back");
      }
      return message;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  String nextText() {
    return new String(next(), StandardCharsets.UTF_8);
  }

  /// The code with which the other side ends the socket by itself; 1006 where it just goes away.
  int closing() {
    return messages.closed.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  /// What it says with that code.
  String reason() {
    return messages.reason;
  }

  /// Whether no message waits to be read.
  boolean nothingMore() {
    return messages.whole.isEmpty();
  }

  /// Closes with this code, and gives the one that comes back.
  int close(int code) {
    socket.sendClose(code, "over").orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    return messages.closed.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    socket.abort();
    client.shutdownNow();
  }

  private static final class Messages implements WebSocket.Listener {
    private final BlockingQueue<byte[]> whole = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private volatile String reason = "";
    private final ByteArrayOutputStream part = new ByteArrayOutputStream();

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer bytes, boolean last) {
      var piece = new byte[bytes.remaining()];
      bytes.get(piece);
      part.writeBytes(piece);
      if (last) {
        whole.add(part.toByteArray());
        part.reset();
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      this.reason = reason;
      closed.complete(code);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      closed.completeExceptionally(error);
    }
  }
}

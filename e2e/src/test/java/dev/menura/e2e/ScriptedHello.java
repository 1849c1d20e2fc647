package dev.menura.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;

/// A server that answers every ClientHello with one ServerHello, whatever was offered, and then
/// waits. For choices that no library makes any more.
final class ScriptedHello implements AutoCloseable {
  private static final int TIMEOUT_MS = 10_000;

  private final ServerSocket listener;
  private final byte[] answer;
  private final AtomicInteger hellos = new AtomicInteger();

  /// @param extensions in hexadecimal, without their common length; empty for none
  ScriptedHello(int version, int suite, int compression, String extensions) {
    this(record(version, serverHello(version, suite, compression, extensions)));
  }

  private ScriptedHello(byte[] answer) {
    this.answer = answer;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    Thread.ofPlatform().name("scripted-hello").daemon().start(this::serve);
  }

  /// Chooses a suite with Diffie-Hellman, and names a group of this size.
  static ScriptedHello withGroup(int suite, int bits) {
    int version = 0x0303;
    int bytes = bits / 8;
    var number = new byte[bytes];
    Arrays.fill(number, (byte) 0xff);
    var exchange = new ByteArrayOutputStream();
    exchange.writeBytes(new byte[] {12, 0, 0, (byte) (2 + bytes + 3 + 2 + bytes)});
    exchange.writeBytes(new byte[] {0, (byte) bytes});
    exchange.writeBytes(number);
    exchange.writeBytes(new byte[] {0, 1, 2, 0, (byte) bytes});
    exchange.writeBytes(number);
    var messages = new ByteArrayOutputStream();
    messages.writeBytes(serverHello(version, suite, 0, "ff01000100"));
    messages.writeBytes(exchange.toByteArray());
    return new ScriptedHello(record(version, messages.toByteArray()));
  }

  /// RFC 5246 7.4.1.3.
  private static byte[] serverHello(int version, int suite, int compression, String extensions) {
    var body = new ByteArrayOutputStream();
    body.write(version >> 8);
    body.write(version);
    var random = new byte[32];
    Arrays.fill(random, (byte) 0x5a);
    body.writeBytes(random);
    body.write(0);
    body.write(suite >> 8);
    body.write(suite);
    body.write(compression);
    var added = HexFormat.of().parseHex(extensions);
    if (added.length > 0) {
      body.write(0);
      body.write(added.length);
      body.writeBytes(added);
    }
    var message = new ByteArrayOutputStream();
    message.writeBytes(new byte[] {2, 0, 0, (byte) body.size()});
    message.writeBytes(body.toByteArray());
    return message.toByteArray();
  }

  private static byte[] record(int version, byte[] message) {
    var record = new ByteArrayOutputStream();
    record.writeBytes(
        new byte[] {22, (byte) (version >> 8), (byte) version, 0, (byte) message.length});
    record.writeBytes(message);
    return record.toByteArray();
  }

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
    try (socket) {
      socket.setSoTimeout(TIMEOUT_MS);
      var in = socket.getInputStream();
      var head = in.readNBytes(5);
      if (head.length == 5 && head[0] == 22) {
        in.readNBytes((head[3] & 0xff) << 8 | (head[4] & 0xff));
        hellos.incrementAndGet();
        socket.getOutputStream().write(answer);
        in.readAllBytes();
      }
    } catch (IOException e) {
      return; // the client has seen enough
    }
  }

  int hellos() {
    return hellos.get();
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

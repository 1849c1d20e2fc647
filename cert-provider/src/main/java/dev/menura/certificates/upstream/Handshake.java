package dev.menura.certificates.upstream;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/// Drives one client handshake over a blocking socket. Every read is bounded by what is left of the
/// deadline, so that a peer that drips bytes gains no time.
final class Handshake {
  private static final int ALERT = 21;
  private static final int HANDSHAKE = 22;

  private final SSLEngine engine;
  private final Socket socket;
  private final Deadline deadline;
  private final int bytesMax;
  private final ByteBuffer in;
  private final ByteBuffer out;
  private final ByteBuffer application;
  private int received;
  private boolean recognised;

  Handshake(SSLEngine engine, Socket socket, Deadline deadline, int bytesMax) {
    this.engine = engine;
    this.socket = socket;
    this.deadline = deadline;
    this.bytesMax = bytesMax;
    int packet = engine.getSession().getPacketBufferSize();
    this.in = ByteBuffer.allocate(packet);
    this.out = ByteBuffer.allocate(packet);
    this.application = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
  }

  /// The first record is none of TLS.
  static final class NotTls extends IOException {}

  /// The peer sent more bytes than a handshake may take.
  static final class TooLarge extends IOException {}

  /// Ends when the handshake is finished; says goodbye in any case.
  void run() throws IOException {
    try {
      engine.beginHandshake();
      in.flip();
      drive();
    } finally {
      close();
    }
  }

  private void drive() throws IOException {
    for (HandshakeStatus status = engine.getHandshakeStatus();
        status != HandshakeStatus.NOT_HANDSHAKING && status != HandshakeStatus.FINISHED; ) {
      status =
          switch (status) {
            case NEED_WRAP -> wrap();
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrap();
            case NEED_TASK -> runTasks();
            case NOT_HANDSHAKING, FINISHED -> status;
          };
    }
  }

  private HandshakeStatus wrap() throws IOException {
    out.clear();
    SSLEngineResult result = engine.wrap(ByteBuffer.allocate(0), out);
    out.flip();
    OutputStream stream = socket.getOutputStream();
    stream.write(out.array(), 0, out.limit());
    return result.getHandshakeStatus();
  }

  private HandshakeStatus unwrap() throws IOException {
    application.clear();
    SSLEngineResult result = engine.unwrap(in, application);
    return switch (result.getStatus()) {
      case BUFFER_UNDERFLOW -> {
        read();
        yield engine.getHandshakeStatus();
      }
      case BUFFER_OVERFLOW -> throw new TooLarge();
      case CLOSED -> throw new EOFException("closed during the handshake");
      case OK -> result.getHandshakeStatus();
    };
  }

  private void read() throws IOException {
    in.compact();
    socket.setSoTimeout(deadline.remainingMs());
    InputStream stream = socket.getInputStream();
    int count = stream.read(in.array(), in.position(), in.remaining());
    if (count < 0) {
      throw new EOFException("closed during the handshake");
    }
    received += count;
    if (received > bytesMax) {
      throw new TooLarge();
    }
    in.position(in.position() + count);
    in.flip();
    if (!recognised) {
      recognise();
    }
  }

  /// RFC 8446 5.1: a record begins with its type and the version's first byte, which is three.
  private void recognise() throws NotTls {
    int type = in.get(0);
    if ((type != HANDSHAKE && type != ALERT) || (in.limit() > 1 && in.get(1) != 3)) {
      throw new NotTls();
    }
    recognised = in.limit() > 1;
  }

  private HandshakeStatus runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
    return engine.getHandshakeStatus();
  }

  /// Sends the alert that ends the connection, if the socket takes it.
  private void close() {
    engine.closeOutbound();
    try {
      for (int i = 0; i < 4 && !engine.isOutboundDone(); i++) {
        wrap();
      }
    } catch (SSLException e) {
      // The handshake's own failure is what counts; it is on its way to the caller.
      return;
    } catch (IOException e) {
      // The peer is gone already.
      return;
    }
  }
}

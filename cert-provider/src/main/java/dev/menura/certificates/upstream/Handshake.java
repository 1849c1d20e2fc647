package dev.menura.certificates.upstream;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import org.bouncycastle.tls.TlsClient;
import org.bouncycastle.tls.TlsClientProtocol;

/// Drives one client handshake over a blocking socket. Every read is bounded by what is left of the
/// deadline, so that a peer that drips bytes gains no time.
final class Handshake {
  private static final int ALERT = 21;
  private static final int HANDSHAKE = 22;
  private static final int CHUNK = 8 * 1024;

  private final TlsClientProtocol protocol = new TlsClientProtocol();
  private final TlsClient client;
  private final Socket socket;
  private final Deadline deadline;
  private final int bytesMax;
  private final byte[] chunk = new byte[CHUNK];
  private int received;

  Handshake(TlsClient client, Socket socket, Deadline deadline, int bytesMax) {
    this.client = client;
    this.socket = socket;
    this.deadline = deadline;
    this.bytesMax = bytesMax;
  }

  /// The first record is none of TLS.
  static final class NotTls extends IOException {}

  /// The peer sent more bytes than a handshake may take.
  static final class TooLarge extends IOException {}

  /// Ends when the handshake is finished; says goodbye in any case.
  void run() throws IOException {
    try {
      protocol.connect(client);
      write();
      while (protocol.isHandshaking()) {
        read();
        write();
      }
    } finally {
      close();
    }
  }

  private void write() throws IOException {
    for (int left = protocol.getAvailableOutputBytes();
        left > 0;
        left = protocol.getAvailableOutputBytes()) {
      byte[] out = new byte[left];
      int count = protocol.readOutput(out, 0, left);
      socket.getOutputStream().write(out, 0, count);
    }
  }

  private void read() throws IOException {
    socket.setSoTimeout(deadline.remainingMs());
    InputStream stream = socket.getInputStream();
    int count = stream.read(chunk);
    if (count < 0) {
      throw new EOFException("closed during the handshake");
    }
    recognise(count);
    received += count;
    if (received > bytesMax) {
      throw new TooLarge();
    }
    protocol.offerInput(chunk, 0, count);
  }

  /// RFC 8446 5.1: a record begins with its type and the version's first byte, which is three.
  private void recognise(int count) throws NotTls {
    for (int i = 0; i < count && received + i < 2; i++) {
      boolean sound =
          received + i == 0 ? chunk[i] == HANDSHAKE || chunk[i] == ALERT : chunk[i] == 3;
      if (!sound) {
        throw new NotTls();
      }
    }
  }

  /// Sends the alert that ends the connection, if the socket takes it.
  private void close() {
    try {
      if (!protocol.isClosed()) {
        protocol.close();
      }
      write();
    } catch (IOException e) {
      // The handshake's own failure is what counts, or the peer is gone already.
      return;
    }
  }
}

package dev.menura.certificates.upstream;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.bouncycastle.tls.ExtensionType;

/// What a server says first in a handshake up to TLS 1.2, in clear text.
///
/// @param version as in its ServerHello
/// @param suite the cipher suite that it chose
/// @param compression the method that it chose, 0 for none
/// @param securesRenegotiation whether it knows RFC 5746
/// @param groupBits the size of its Diffie-Hellman group, 0 where it named none
record FirstFlight(
    int version, int suite, int compression, boolean securesRenegotiation, int groupBits) {
  private static final int HANDSHAKE = 22;
  private static final int SERVER_HELLO = 2;
  private static final int SERVER_KEY_EXCHANGE = 12;
  private static final int SERVER_HELLO_DONE = 14;

  /// Empty where the server says something else, as an alert.
  static Optional<FirstFlight> read(Socket socket, Deadline deadline, int bytesMax)
      throws IOException {
    var in = new DataInputStream(new Messages(new Bounded(socket, deadline, bytesMax), bytesMax));
    ByteBuffer hello = message(in, SERVER_HELLO, bytesMax);
    FirstFlight flight = hello(hello);
    return Optional.of(
        Weakness.of(flight.suite()).filter(Weakness.DIFFIE_HELLMAN::equals).isPresent()
            ? flight.withGroup(in, bytesMax)
            : flight);
  }

  /// RFC 5246 7.4.1.3.
  private static FirstFlight hello(ByteBuffer hello) throws IOException {
    try {
      int version = hello.getShort() & 0xffff;
      hello.position(hello.position() + 32);
      hello.position(hello.position() + 1 + (hello.get(hello.position()) & 0xff));
      int suite = hello.getShort() & 0xffff;
      int compression = hello.get() & 0xff;
      boolean secures = false;
      if (hello.remaining() >= 2) {
        hello.getShort();
        while (hello.remaining() >= 4) {
          secures |= (hello.getShort() & 0xffff) == ExtensionType.renegotiation_info;
          int length = hello.getShort() & 0xffff;
          hello.position(hello.position() + length);
        }
      }
      return new FirstFlight(version, suite, compression, secures, 0);
    } catch (java.nio.BufferUnderflowException | IllegalArgumentException e) {
      throw new IOException("a malformed ServerHello", e);
    }
  }

  /// RFC 5246 7.4.3: the message begins with the prime. Where it does not come, no size is known.
  private FirstFlight withGroup(DataInputStream in, int bytesMax) {
    try {
      ByteBuffer exchange = message(in, SERVER_KEY_EXCHANGE, bytesMax);
      var prime = new byte[exchange.getShort() & 0xffff];
      exchange.get(prime);
      int bits = new java.math.BigInteger(1, prime).bitLength();
      return new FirstFlight(version, suite, compression, securesRenegotiation, bits);
    } catch (IOException | java.nio.BufferUnderflowException e) {
      return this;
    }
  }

  /// The next message of a type; those in front of it are passed over.
  private static ByteBuffer message(DataInputStream in, int type, int bytesMax) throws IOException {
    while (true) {
      int found = in.readUnsignedByte();
      int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
      if (length > bytesMax || (found != type && found == SERVER_HELLO_DONE)) {
        throw new IOException("not what was expected");
      }
      byte[] body = in.readNBytes(length);
      if (body.length < length) {
        throw new EOFException();
      }
      if (found == type) {
        return ByteBuffer.wrap(body);
      }
      if (type == SERVER_HELLO) {
        throw new IOException("no ServerHello");
      }
    }
  }

  /// The handshake messages in records.
  private static final class Messages extends InputStream {
    private final DataInputStream records;
    private final int bytesMax;
    private byte[] current = {};
    private int at;

    Messages(InputStream records, int bytesMax) {
      this.records = new DataInputStream(records);
      this.bytesMax = bytesMax;
    }

    @Override
    public int read() throws IOException {
      fill();
      return current[at++] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      fill();
      int count = Math.min(length, current.length - at);
      System.arraycopy(current, at, bytes, offset, count);
      at += count;
      return count;
    }

    private void fill() throws IOException {
      while (at == current.length) {
        if (records.readUnsignedByte() != HANDSHAKE) {
          throw new IOException("an alert");
        }
        records.readUnsignedShort();
        current = new byte[Math.min(records.readUnsignedShort(), bytesMax)];
        records.readFully(current);
        at = 0;
      }
    }
  }

  /// A socket's bytes, no more than allowed and no later than the deadline.
  private static final class Bounded extends FilterInputStream {
    private final Socket socket;
    private final Deadline deadline;
    private int left;

    Bounded(Socket socket, Deadline deadline, int bytesMax) throws IOException {
      super(socket.getInputStream());
      this.socket = socket;
      this.deadline = deadline;
      this.left = bytesMax;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left <= 0) {
        throw new IOException("more than is read");
      }
      socket.setSoTimeout(deadline.remainingMs());
      int count = in.read(bytes, offset, Math.min(length, left));
      left -= Math.max(count, 0);
      return count;
    }
  }
}

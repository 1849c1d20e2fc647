package dev.menura.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// Carries the connections of one Unix socket to another, until it is told to cut one.
final class Relay implements AutoCloseable {
  private final ServerSocketChannel server;
  private final Path target;
  private final List<Pair> pairs = new CopyOnWriteArrayList<>();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile boolean refuses;

  /// The two sides of one connection.
  private record Pair(SocketChannel one, SocketChannel other) {
    void cut() {
      for (SocketChannel side : new SocketChannel[] {one, other}) {
        try {
          side.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private Relay(ServerSocketChannel server, Path target) {
    this.server = server;
    this.target = target;
  }

  static Relay start(Path socket, Path target) {
    try {
      var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket));
      var relay = new Relay(server, target);
      Thread.ofPlatform().daemon().name("relay").start(relay::accept);
      return relay;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether somebody takes connections on a Unix socket.
  static boolean answers(Path socket) {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      return false;
    }
  }

  /// Cuts the connection that was made first, and refuses new ones. The others go on.
  void cutFirst() {
    refuses = true;
    pairs.getFirst().cut();
  }

  /// Takes new connections again.
  void mend() {
    refuses = false;
  }

  /// How many connections it has carried.
  int carried() {
    return pairs.size();
  }

  /// How many connections it has refused.
  int refused() {
    return refused.get();
  }

  private void accept() {
    try {
      while (true) {
        var one = server.accept();
        if (refuses) {
          one.close();
          refused.incrementAndGet();
          continue;
        }
        var other = SocketChannel.open(UnixDomainSocketAddress.of(target));
        var pair = new Pair(one, other);
        pairs.add(pair);
        // A platform thread each: reads of Unix sockets would pin the carriers of virtual ones.
        Thread.ofPlatform().daemon().name("relay").start(() -> carry(one, other, pair));
        Thread.ofPlatform().daemon().name("relay").start(() -> carry(other, one, pair));
      }
    } catch (IOException e) {
      // The relay was closed.
      refuses = true;
    }
  }

  private static void carry(SocketChannel from, SocketChannel to, Pair pair) {
    var buffer = ByteBuffer.allocate(64 * 1024);
    try {
      while (from.read(buffer.clear()) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
      }
    } catch (IOException e) {
      // One side is gone; so the other is.
    }
    pair.cut();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    pairs.forEach(Pair::cut);
  }
}

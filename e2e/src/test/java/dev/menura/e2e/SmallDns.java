package dev.menura.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// A name server (RFC 1035) that knows the names that a test gives it, and that can change its mind
/// from one question to the next.
final class SmallDns implements AutoCloseable {
  private static final int TYPE_A = 1;
  private static final int TYPE_AAAA = 28;
  private static final int TYPE_CNAME = 5;
  private static final int NAME_ERROR = 3;

  /// Each question for an IPv4 address, in the order in which they came.
  final List<String> asked = new CopyOnWriteArrayList<>();

  private final DatagramSocket socket;
  private final Map<String, Deque<InetAddress>> addresses = new ConcurrentHashMap<>();
  private final Map<String, String> aliases = new ConcurrentHashMap<>();
  private volatile CountDownLatch held = new CountDownLatch(0);

  SmallDns() {
    try {
      socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    Thread.ofPlatform().name("small-dns").daemon().start(this::serve);
  }

  /// @param answers one for each question for an IPv4 address; the last one for all that follow
  SmallDns name(String name, String... answers) {
    addresses.put(
        name, new ArrayDeque<>(Arrays.stream(answers).map(InetAddress::ofLiteral).toList()));
    return this;
  }

  SmallDns alias(String name, String target) {
    aliases.put(name, target);
    return this;
  }

  /// In the form that the `Gateway` document takes.
  String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  private void serve() {
    while (!socket.isClosed()) {
      var packet = new DatagramPacket(new byte[512], 512);
      try {
        socket.receive(packet);
        var answer = answer(Arrays.copyOf(packet.getData(), packet.getLength()));
        held.await();
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException e) {
        return; // closed
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /// Lets questions wait until [#release].
  void hold() {
    held = new CountDownLatch(1);
  }

  void release() {
    held.countDown();
  }

  private byte[] answer(byte[] query) {
    var name = new StringBuilder();
    int at = 12;
    for (; query[at] != 0; at += query[at] + 1) {
      name.append(name.isEmpty() ? "" : ".")
          .append(new String(query, at + 1, query[at], StandardCharsets.US_ASCII));
    }
    int type = query[at + 2];
    var question = Arrays.copyOfRange(query, 12, at + 5);
    var wanted = name.toString().toLowerCase(Locale.ROOT);
    var records = new ByteArrayOutputStream();
    int count = 0;
    var alias = aliases.get(wanted);
    if (alias != null) {
      records.writeBytes(record(question(wanted), TYPE_CNAME, question(alias)));
      count++;
    }
    var known = addresses.get(alias == null ? wanted : alias);
    if (known != null && type != TYPE_AAAA) {
      asked.add(wanted);
      var next = known.size() > 1 ? known.removeFirst() : known.getFirst();
      records.writeBytes(
          record(question(alias == null ? wanted : alias), TYPE_A, next.getAddress()));
      count++;
    }
    var all = new ByteArrayOutputStream();
    all.writeBytes(Arrays.copyOf(query, 2));
    all.writeBytes(HexFormat.of().parseHex("818" + (known == null ? NAME_ERROR : 0) + "0001"));
    all.writeBytes(new byte[] {0, (byte) count, 0, 0, 0, 0});
    all.writeBytes(question);
    all.writeBytes(records.toByteArray());
    return all.toByteArray();
  }

  private static byte[] question(String name) {
    var labels = new ByteArrayOutputStream();
    for (String label : com.google.common.base.Splitter.on('.').split(name)) {
      labels.write(label.length());
      labels.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    labels.write(0);
    return labels.toByteArray();
  }

  private static byte[] record(byte[] name, int type, byte[] content) {
    var record = new ByteArrayOutputStream();
    record.writeBytes(name);
    record.writeBytes(new byte[] {0, (byte) type, 0, 1, 0, 0, 0, 0, 0, (byte) content.length});
    record.writeBytes(content);
    return record.toByteArray();
  }

  @Override
  public void close() {
    release();
    socket.close();
  }
}

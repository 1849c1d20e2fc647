package dev.menura.sidecar.envoy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// Envoy's admin interface on its Unix socket (operations/admin).
///
/// @param socket its path
public record EnvoyAdmin(Path socket) {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int ANSWER_BYTES_MAX = 64 * 1024 * 1024;
  private static final ScheduledExecutorService TIMER =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("envoy-admin-timer").daemon().factory());

  /// The port that a listener is bound to; empty while it takes no connections.
  ///
  /// @throws IOException where Envoy does not answer, or is not live yet
  public OptionalInt portOf(String listener) throws IOException {
    // A listener has its port some time before the workers take connections.
    get("/ready");
    // Lines of the form "explicit::127.0.0.1:3128", of listeners that are past warming.
    var line = Pattern.compile("^" + Pattern.quote(listener) + "::.*:(\\d+)$", Pattern.MULTILINE);
    var found = line.matcher(get("/listeners"));
    return found.find() ? OptionalInt.of(Integer.parseInt(found.group(1))) : OptionalInt.empty();
  }

  /// The body of the answer to a GET.
  ///
  /// @throws IOException where Envoy does not answer in a few seconds, or not with 200
  public String get(String path) throws IOException {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      var timeout = TIMER.schedule(() -> close(channel), TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      try {
        channel.connect(UnixDomainSocketAddress.of(socket));
        var request = "GET " + path + " HTTP/1.1\r\nhost: envoy\r\nconnection: close\r\n\r\n";
        var out = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
        while (out.hasRemaining()) {
          channel.write(out);
        }
        return body(path, readAll(channel));
      } catch (AsynchronousCloseException e) {
        throw new IOException("Envoy's admin interface gave no answer in time: " + socket, e);
      } finally {
        timeout.cancel(false);
      }
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException _) {
      // The reader meets the same fault and reports it.
    }
  }

  private static byte[] readAll(SocketChannel channel) throws IOException {
    var all = new ByteArrayOutputStream();
    var buffer = ByteBuffer.allocate(64 * 1024);
    while (channel.read(buffer) >= 0) {
      all.write(buffer.array(), 0, buffer.position());
      buffer.clear();
      if (all.size() > ANSWER_BYTES_MAX) {
        throw new IOException("Envoy's admin interface answered with too much");
      }
    }
    return all.toByteArray();
  }

  private static String body(String path, byte[] answer) throws IOException {
    var text = new String(answer, StandardCharsets.ISO_8859_1);
    int head = text.indexOf("\r\n\r\n");
    if (head < 0 || !text.startsWith("HTTP/1.1 200 ")) {
      throw new IOException(
          "Envoy's admin interface refused " + path + ": " + text.lines().findFirst().orElse(""));
    }
    var body = text.substring(head + 4);
    boolean chunked = text.substring(0, head).toLowerCase(Locale.ROOT).contains("chunked");
    var whole = chunked ? joined(body) : body;
    return new String(whole.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /// Undoes the chunked coding (RFC 9112 7.1).
  private static String joined(String chunks) throws IOException {
    var whole = new StringBuilder();
    int at = 0;
    while (true) {
      int line = chunks.indexOf("\r\n", at);
      if (line < 0) {
        throw new IOException("Envoy's admin interface sent an incomplete answer");
      }
      int size = Integer.parseInt(chunks.substring(at, line).trim(), 16);
      if (size == 0) {
        return whole.toString();
      }
      int end = line + 2 + size;
      if (end + 2 > chunks.length()) {
        throw new IOException("Envoy's admin interface sent an incomplete answer");
      }
      whole.append(chunks, line + 2, end);
      at = end + 2;
    }
  }
}

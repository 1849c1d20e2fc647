package dev.menura.extproc.inspect;

import java.nio.ByteBuffer;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/// `deflate` (RFC 9110 8.4.1.2): the zlib format (RFC 1950), or the bare deflate format (RFC 1951)
/// that some senders mean by that name. The first two bytes tell which.
final class DeflateCoding implements Coding {
  private final byte[] head = new byte[2];
  private int headRead;
  private ByteBuffer rest = ByteBuffer.allocate(0);
  private @Nullable Inflater inflater;

  @Override
  public int decode(ByteBuffer in, byte[] out) throws MalformedBody {
    @Nullable Inflater begun = inflater;
    if (begun == null) {
      while (headRead < head.length && in.hasRemaining()) {
        head[headRead++] = in.get();
      }
      if (headRead < head.length) {
        return 0;
      }
      begun = new Inflater(!isZlib(head));
      inflater = begun;
      rest = ByteBuffer.wrap(head);
    }
    if (rest.hasRemaining()) {
      int count = Deflate.inflate(begun, rest, out);
      if (count > 0) {
        return count;
      }
    }
    int count = Deflate.inflate(begun, in, out);
    if (count == 0 && begun.finished() && (in.hasRemaining() || rest.hasRemaining())) {
      throw new MalformedBody("deflate: bytes behind the end");
    }
    return count;
  }

  @Override
  public boolean settled() {
    return inflater != null;
  }

  @Override
  public boolean atEnd() {
    return inflater != null && inflater.finished();
  }

  @Override
  public void close() {
    if (inflater != null) {
      inflater.end();
    }
  }

  /// Method 8, a window that is allowed, and the check bits (RFC 1950 2.2).
  private static boolean isZlib(byte[] head) {
    int method = head[0] & 0xff;
    return (method & 0x0f) == 8
        && method >>> 4 <= 7
        && ((method << 8) | (head[1] & 0xff)) % 31 == 0;
  }
}

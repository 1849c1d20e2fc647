package dev.menura.extproc.inspect;

import dev.menura.extproc.inspect.Coding.MalformedBody;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// The deflate format (RFC 1951) under `gzip` and `deflate`. The decoder puts out a symbol as soon
/// as it has the symbol's last bit, so it never keeps anything back.
final class Deflate {
  private static final byte[] NOTHING = {};

  private Deflate() {}

  /// Decodes what fits into `out`. Returns 0 only where `in` is empty, or at the end of the data.
  static int inflate(Inflater inflater, ByteBuffer in, byte[] out) throws MalformedBody {
    if (inflater.finished()) {
      return 0;
    }
    try {
      inflater.setInput(in);
      int count = inflater.inflate(out);
      if (inflater.needsDictionary()) {
        throw new MalformedBody("deflate: a preset dictionary");
      }
      if (count == 0 && in.hasRemaining() && !inflater.finished()) {
        throw new MalformedBody("deflate: no progress");
      }
      return count;
    } catch (DataFormatException e) {
      throw new MalformedBody("deflate: " + e.getMessage());
    } finally {
      inflater.setInput(NOTHING);
    }
  }
}

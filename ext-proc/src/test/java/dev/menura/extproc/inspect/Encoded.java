package dev.menura.extproc.inspect;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/// Bodies in each content coding, made by encoders that are not ours.
final class Encoded {
  private interface Encoder {
    OutputStream over(OutputStream out) throws IOException;
  }

  private Encoded() {}

  /// @param codings as in `content-encoding`; `deflate/raw` stands for deflate without zlib's
  ///   header
  static byte[] as(String codings, byte[] plain) {
    byte[] bytes = plain;
    for (String coding : codings.split(",", -1)) {
      bytes =
          switch (coding.strip()) {
            case "", "identity" -> bytes;
            case "gzip" -> with(GZIPOutputStream::new, bytes);
            case "deflate" -> with(DeflaterOutputStream::new, bytes);
            case "deflate/raw" ->
                with(out -> new DeflaterOutputStream(out, new Deflater(9, true)), bytes);
            default -> throw new IllegalArgumentException(coding);
          };
    }
    return bytes;
  }

  /// The value of `content-encoding` that goes with [#as].
  static String header(String codings) {
    return codings.replace("/raw", "");
  }

  private static byte[] with(Encoder encoder, byte[] plain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream encoding = encoder.over(out)) {
      encoding.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}

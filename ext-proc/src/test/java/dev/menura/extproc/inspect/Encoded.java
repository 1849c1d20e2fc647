package dev.menura.extproc.inspect;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.BrotliOutputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/// Bodies in each content coding, made by encoders that are not ours.
final class Encoded {
  private interface Wrapping {
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
            case "br" -> with(out -> brotli(out, 5), bytes);
            case "zstd" -> with(out -> new ZstdOutputStream(out, 3).setChecksum(true), bytes);
            default -> throw new IllegalArgumentException(coding);
          };
    }
    return bytes;
  }

  static OutputStream brotli(OutputStream out, int quality) throws IOException {
    Brotli4jLoader.ensureAvailability();
    return new BrotliOutputStream(out, Encoder.Parameters.create(quality));
  }

  /// The value of `content-encoding` that goes with [#as].
  static String header(String codings) {
    return codings.replace("/raw", "");
  }

  private static byte[] with(Wrapping encoder, byte[] plain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream encoding = encoder.over(out)) {
      encoding.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}

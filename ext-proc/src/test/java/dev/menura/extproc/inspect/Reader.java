package dev.menura.extproc.inspect;

import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/// A receiver with decoders that are not ours. It reads as much of a body as there is, also of one
/// that ends in the middle.
final class Reader {
  private Reader() {}

  /// What the first bytes of a body decode to.
  ///
  /// @param codings as [Encoded#as] takes them
  static byte[] read(String codings, byte[] body, int length) {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    try (InputStream in = over(codings, new ByteArrayInputStream(body, 0, length))) {
      for (int b = in.read(); b >= 0; b = in.read()) {
        plain.write(b);
      }
    } catch (IOException e) {
      // the body ends in the middle: what was read until then stays
    }
    return plain.toByteArray();
  }

  private static InputStream over(String codings, InputStream body) throws IOException {
    InputStream in = body;
    for (String coding : List.of(codings.split(",", -1)).reversed()) {
      in =
          switch (coding.strip()) {
            case "", "identity" -> in;
            case "gzip" -> new GZIPInputStream(in, 1);
            case "deflate" -> new InflaterInputStream(in);
            case "deflate/raw" -> new InflaterInputStream(in, new Inflater(true));
            case "br" -> new BrotliInputStream(in);
            case "zstd" -> new ZstdInputStream(in).setContinuous(true);
            default -> throw new IllegalArgumentException(coding);
          };
    }
    return in;
  }
}

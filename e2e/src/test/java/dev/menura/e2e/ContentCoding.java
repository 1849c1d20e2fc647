package dev.menura.e2e;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.aayushatharva.brotli4j.encoder.BrotliOutputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.InflaterInputStream;

/// How a body is written (RFC 9110 8.4.1), by encoders and decoders that are not the gateway's.
enum ContentCoding {
  PLAIN,
  GZIP,
  DEFLATE,
  BR,
  ZSTD;

  private static final int BROTLI_QUALITY = 5;

  /// The value of `content-encoding`; empty where there is none.
  String header() {
    return this == PLAIN ? "" : name().toLowerCase(Locale.ROOT);
  }

  byte[] encode(byte[] plain) {
    var out = new ByteArrayOutputStream();
    try (var encoder = encoder(out)) {
      encoder.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /// The encoded body in two pieces, of which the first decodes to the plain text up to the cut.
  Pieces flushedAt(int cut, byte[] plain) {
    var out = new ByteArrayOutputStream();
    int first;
    try (var encoder = encoder(out)) {
      encoder.write(plain, 0, cut);
      encoder.flush();
      first = out.size();
      encoder.write(plain, cut, plain.length - cut);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Pieces.of(out.toByteArray(), first);
  }

  /// All that can be decoded of the beginning of a body.
  byte[] decodeBeginning(byte[] beginning) {
    var plain = new ByteArrayOutputStream();
    try (var decoder = decoder(new ByteArrayInputStream(beginning))) {
      for (int next = decoder.read(); next >= 0; next = decoder.read()) {
        plain.write(next);
      }
      return plain.toByteArray();
    } catch (IOException _) {
      // Here the beginning ends.
      return plain.toByteArray();
    }
  }

  private OutputStream encoder(OutputStream out) throws IOException {
    return switch (this) {
      case PLAIN -> out;
      case GZIP -> new GZIPOutputStream(out, true);
      case DEFLATE -> new DeflaterOutputStream(out, true);
      case BR -> {
        Brotli4jLoader.ensureAvailability();
        yield new BrotliOutputStream(out, Encoder.Parameters.create(BROTLI_QUALITY));
      }
      case ZSTD -> new ZstdOutputStream(out);
    };
  }

  private InputStream decoder(InputStream in) throws IOException {
    return switch (this) {
      case PLAIN -> in;
      case GZIP -> new GZIPInputStream(in, 1);
      case DEFLATE -> new InflaterInputStream(in);
      case BR -> {
        Brotli4jLoader.ensureAvailability();
        yield new BrotliInputStream(in);
      }
      case ZSTD -> new ZstdInputStream(in).setContinuous(true);
    };
  }
}

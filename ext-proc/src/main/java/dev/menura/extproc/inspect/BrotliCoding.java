package dev.menura.extproc.inspect;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.DecoderJNI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/// `br` (RFC 7932), with windows of up to 16 MiB; the larger ones that some encoders offer are not
/// part of the content coding and malformed. The decoder puts out a symbol as soon as it has the
/// symbol's last bit, and its memory is bounded by the window.
final class BrotliCoding implements Coding {
  private static final int INPUT_BYTES = 4 * 1024;

  private final DecoderJNI.Wrapper decoder;
  private boolean closed;

  /// Whether output was taken since the decoder last ran. A decoder whose window was full may then
  /// go on without more input, although it asks for some.
  private boolean rested;

  BrotliCoding() {
    try {
      decoder = new DecoderJNI.Wrapper(INPUT_BYTES);
    } catch (IOException e) {
      throw new UncheckedIOException("no memory for a brotli decoder", e);
    }
  }

  /// Whether this machine has the decoder.
  static boolean isAvailable() {
    return Brotli4jLoader.isAvailable();
  }

  @Override
  public int decode(ByteBuffer in, byte[] out) throws MalformedBody {
    while (true) {
      if (decoder.hasOutput()) {
        ByteBuffer output = decoder.pull(out.length);
        int count = output.remaining();
        output.get(out, 0, count);
        if (count > 0) {
          rested = true;
          return count;
        }
      }
      switch (decoder.getStatus()) {
        case NEEDS_MORE_INPUT -> {
          if (in.hasRemaining()) {
            push(in);
          } else if (rested) {
            run(0);
          } else {
            return 0;
          }
        }
        case OK, NEEDS_MORE_OUTPUT -> run(0);
        case DONE -> {
          if (in.hasRemaining()) {
            throw new MalformedBody("brotli: bytes behind the end");
          }
          return 0;
        }
        case ERROR -> throw new MalformedBody("brotli: no brotli");
      }
    }
  }

  @Override
  public boolean settled() {
    return true;
  }

  @Override
  public boolean atEnd() {
    return decoder.getStatus() == DecoderJNI.Status.DONE;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      decoder.destroy();
    }
  }

  private void push(ByteBuffer in) {
    ByteBuffer input = decoder.getInputBuffer();
    int count = Math.min(in.remaining(), input.capacity());
    input.clear().put(in.slice(in.position(), count));
    in.position(in.position() + count);
    run(count);
  }

  private void run(int inputBytes) {
    rested = false;
    decoder.push(inputBytes);
  }
}

package dev.menura.extproc.inspect;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.util.Native;
import java.nio.ByteBuffer;

/// `zstd` (RFC 8878), with windows of up to 8 MiB (RFC 9659) and without dictionaries.
///
/// The decoder puts out nothing of a block before it has the whole block, though another one could
/// read literals in its first bytes. So the bytes taken are settled only where no block is begun,
/// and [ZstdFrames] says where that is.
final class ZstdCoding implements Coding {
  private final ZstdDecompressCtx decoder = new ZstdDecompressCtx();
  private final ZstdFrames frames = new ZstdFrames();

  /// How many of the bytes given are the decoder's to take, which is up to the end of a block.
  private int admitted;

  private boolean blockEnded;

  /// Whether the decoder has put out all that it could.
  private boolean drained = true;

  private boolean closed;

  ZstdCoding() {
    decoder.setLongMax(ZstdFrames.WINDOW_LOG_MAX);
  }

  /// Whether this machine has the decoder.
  static boolean isAvailable() {
    try {
      Native.load();
      return true;
    } catch (ExceptionInInitializerError | UnsatisfiedLinkError e) {
      return false;
    }
  }

  @Override
  public int decode(ByteBuffer in, byte[] out) throws MalformedBody {
    while (true) {
      if (admitted > 0 || !drained) {
        int count = run(in, out);
        if (count > 0) {
          return count;
        }
      } else if (blockEnded) {
        blockEnded = false;
        return 0;
      } else if (in.hasRemaining()) {
        int from = in.arrayOffset() + in.position();
        admitted = frames.follow(in.array(), from, from + in.remaining());
        blockEnded = true;
      } else {
        return 0;
      }
    }
  }

  @Override
  public boolean settled() {
    return frames.betweenBlocks();
  }

  @Override
  public boolean atEnd() {
    return frames.betweenFrames();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      decoder.close();
    }
  }

  private int run(ByteBuffer in, byte[] out) throws MalformedBody {
    int limit = in.limit();
    int before = in.position();
    ByteBuffer output = ByteBuffer.wrap(out);
    try {
      in.limit(before + admitted);
      decoder.decompressByteBufferStream(output, in);
    } catch (ZstdException e) {
      throw new MalformedBody("zstd: " + e.getMessage());
    } finally {
      in.limit(limit);
    }
    int taken = in.position() - before;
    if (taken == 0 && output.position() == 0 && admitted > 0) {
      throw new MalformedBody("zstd: no progress");
    }
    admitted -= taken;
    drained = output.hasRemaining();
    return output.position();
  }
}

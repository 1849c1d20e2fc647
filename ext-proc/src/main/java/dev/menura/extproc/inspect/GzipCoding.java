package dev.menura.extproc.inspect;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.Inflater;

/// `gzip` (RFC 1952): members that follow each other, with their checksums verified. Anything else
/// behind a member is malformed.
final class GzipCoding implements Coding {
  private static final int MAGIC = 0x1f8b;
  private static final int DEFLATE = 8;
  private static final int HAS_HEADER_CRC = 2;
  private static final int HAS_EXTRA = 4;
  private static final int HAS_NAME = 8;
  private static final int HAS_COMMENT = 16;
  private static final int RESERVED = 0xe0;

  /// The parts of a member (RFC 1952 2.3), in their order.
  private enum Part {
    FIXED,
    EXTRA_LENGTH,
    EXTRA,
    NAME,
    COMMENT,
    HEADER_CRC,
    DATA,
    TRAILER
  }

  private final Inflater inflater = new Inflater(true);
  private final CRC32 headerCrc = new CRC32();
  private final CRC32 crc = new CRC32();
  private Part part = Part.FIXED;
  private int flags;

  /// How many bytes of the part were read, and its number so far where it is one.
  private int read;

  private long number;
  private int extraLeft;

  @Override
  public int decode(ByteBuffer in, byte[] out) throws MalformedBody {
    while (true) {
      if (part == Part.DATA) {
        int count = inflate(in, out);
        if (count > 0) {
          return count;
        }
        if (part == Part.DATA) {
          return 0;
        }
      } else if (in.hasRemaining()) {
        next(in.get() & 0xff);
      } else {
        return 0;
      }
    }
  }

  @Override
  public boolean settled() {
    return true;
  }

  @Override
  public boolean atEnd() {
    return part == Part.FIXED && read == 0;
  }

  @Override
  public void close() {
    inflater.end();
  }

  private int inflate(ByteBuffer in, byte[] out) throws MalformedBody {
    int count = Deflate.inflate(inflater, in, out);
    crc.update(out, 0, count);
    if (count == 0 && inflater.finished()) {
      enter(Part.TRAILER);
    }
    return count;
  }

  private void next(int b) throws MalformedBody {
    read++;
    if (part != Part.HEADER_CRC && part != Part.TRAILER) {
      headerCrc.update(b);
    }
    switch (part) {
      case FIXED -> fixed(b);
      case EXTRA_LENGTH -> {
        extraLeft |= b << (8 * (read - 1));
        if (read == 2) {
          enter(extraLeft == 0 ? Part.NAME : Part.EXTRA);
        }
      }
      case EXTRA -> {
        if (--extraLeft == 0) {
          enter(Part.NAME);
        }
      }
      case NAME, COMMENT -> {
        if (b == 0) {
          enter(part == Part.NAME ? Part.COMMENT : Part.HEADER_CRC);
        }
      }
      case HEADER_CRC -> {
        number |= (long) b << (8 * (read - 1));
        if (read == 2) {
          require(number == (headerCrc.getValue() & 0xffff), "header checksum");
          enter(Part.DATA);
        }
      }
      case TRAILER -> {
        number |= (long) b << (8 * (read - 1));
        if (read == 8) {
          long size = inflater.getBytesWritten() & 0xffffffffL;
          require(number == ((size << 32) | crc.getValue()), "checksum or size");
          member();
        }
      }
      case DATA -> throw new IllegalStateException("in the data");
    }
  }

  private void fixed(int b) throws MalformedBody {
    switch (read) {
      case 1 -> require(b == MAGIC >>> 8, "magic");
      case 2 -> require(b == (MAGIC & 0xff), "magic");
      case 3 -> require(b == DEFLATE, "method");
      case 4 -> {
        require((b & RESERVED) == 0, "reserved flag");
        flags = b;
      }
      case 10 -> enter(Part.EXTRA_LENGTH);
      default -> {
        // time, extra flags and system say nothing about the data
      }
    }
  }

  /// Goes to this part, or to the first one behind it that the header has.
  private void enter(Part next) {
    read = 0;
    number = 0;
    part =
        switch (next) {
          case EXTRA_LENGTH -> has(HAS_EXTRA) ? next : firstBehindExtra();
          case NAME -> firstBehindExtra();
          case COMMENT -> has(HAS_COMMENT) ? next : firstBehindComment();
          case HEADER_CRC -> firstBehindComment();
          case FIXED, EXTRA, DATA, TRAILER -> next;
        };
  }

  private Part firstBehindExtra() {
    return has(HAS_NAME) ? Part.NAME : has(HAS_COMMENT) ? Part.COMMENT : firstBehindComment();
  }

  private Part firstBehindComment() {
    return has(HAS_HEADER_CRC) ? Part.HEADER_CRC : Part.DATA;
  }

  /// A member begins.
  private void member() {
    inflater.reset();
    headerCrc.reset();
    crc.reset();
    extraLeft = 0;
    enter(Part.FIXED);
  }

  private boolean has(int flag) {
    return (flags & flag) != 0;
  }

  private static void require(boolean right, String what) throws MalformedBody {
    if (!right) {
      throw new MalformedBody("gzip: wrong " + what);
    }
  }
}

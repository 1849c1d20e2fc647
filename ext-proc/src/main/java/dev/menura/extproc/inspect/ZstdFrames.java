package dev.menura.extproc.inspect;

import dev.menura.extproc.inspect.Coding.MalformedBody;

/// Where in a zstd stream frames and blocks begin and end (RFC 8878 3.1). Checks what bounds a
/// decoder's memory, and leaves all else to the decoder.
final class ZstdFrames {
  /// The largest window that the content coding allows, 8 MiB (RFC 9659 3).
  static final int WINDOW_LOG_MAX = 23;

  private static final int MAGIC = 0xFD2FB528;
  private static final int SKIPPABLE_MAGIC = 0x184D2A50;
  private static final int SKIPPABLE_MASK = 0xFFFFFFF0;
  private static final int HEADER_BYTES_MAX = 14;
  private static final int BLOCK_HEADER_BYTES = 3;
  private static final int BLOCK_BYTES_MAX = 128 * 1024;
  private static final int RLE_BLOCK = 1;
  private static final int RESERVED_BLOCK = 3;

  private enum Part {
    MAGIC,
    HEADER,
    BLOCK_HEADER,
    BLOCK,
    CHECKSUM,
    SKIPPED_LENGTH,
    SKIPPED
  }

  /// The bytes of a part that has to be read as a whole.
  private final byte[] head = new byte[HEADER_BYTES_MAX];

  private Part part = Part.MAGIC;
  private long read;
  private long wanted = Integer.BYTES;
  private boolean hasChecksum;
  private boolean lastBlock;

  /// Follows the bytes up to the end of a block, or of all that are given. Returns how many bytes
  /// those are, at least one of at least one.
  int follow(byte[] bytes, int from, int to) throws MalformedBody {
    int i = from;
    while (i < to) {
      int count = (int) Math.min(wanted - read, to - i);
      if (part != Part.BLOCK && part != Part.SKIPPED) {
        System.arraycopy(bytes, i, head, (int) read, count);
      }
      read += count;
      i += count;
      if (read == wanted) {
        boolean block = part == Part.BLOCK;
        finishPart();
        if (block) {
          break;
        }
      }
    }
    return i - from;
  }

  /// Whether no block is begun.
  boolean betweenBlocks() {
    return part != Part.BLOCK || read == 0;
  }

  /// Whether no frame is begun.
  boolean betweenFrames() {
    return part == Part.MAGIC && read == 0;
  }

  private void enter(Part next, long bytes) {
    part = next;
    read = 0;
    wanted = bytes;
  }

  private void finishPart() throws MalformedBody {
    switch (part) {
      case MAGIC -> {
        int magic = (int) little(0, Integer.BYTES);
        boolean skippable = (magic & SKIPPABLE_MASK) == SKIPPABLE_MAGIC;
        require(skippable || magic == MAGIC, "magic");
        enter(skippable ? Part.SKIPPED_LENGTH : Part.HEADER, skippable ? Integer.BYTES : 1);
      }
      case HEADER -> {
        wanted = headerBytes(head[0]);
        if (read == wanted) {
          header();
          enter(Part.BLOCK_HEADER, BLOCK_HEADER_BYTES);
        }
      }
      case BLOCK_HEADER -> blockHeader((int) little(0, BLOCK_HEADER_BYTES));
      case BLOCK -> finishBlock();
      case SKIPPED_LENGTH -> {
        long length = little(0, Integer.BYTES);
        enter(length == 0 ? Part.MAGIC : Part.SKIPPED, length == 0 ? Integer.BYTES : length);
      }
      case CHECKSUM, SKIPPED -> enter(Part.MAGIC, Integer.BYTES);
    }
  }

  /// RFC 8878 3.1.1.2.
  private void blockHeader(int header) throws MalformedBody {
    lastBlock = (header & 1) != 0;
    int type = (header >>> 1) & 3;
    int size = header >>> 3;
    require(type != RESERVED_BLOCK, "block type");
    require(size <= BLOCK_BYTES_MAX, "block size");
    int bytes = type == RLE_BLOCK ? 1 : size;
    enter(Part.BLOCK, bytes);
    if (bytes == 0) {
      finishBlock();
    }
  }

  private void finishBlock() {
    if (!lastBlock) {
      enter(Part.BLOCK_HEADER, BLOCK_HEADER_BYTES);
    } else if (hasChecksum) {
      enter(Part.CHECKSUM, Integer.BYTES);
    } else {
      enter(Part.MAGIC, Integer.BYTES);
    }
  }

  /// RFC 8878 3.1.1.1.
  private void header() throws MalformedBody {
    int descriptor = head[0];
    require((descriptor & 0x08) == 0, "reserved bit");
    hasChecksum = (descriptor & 0x04) != 0;
    int at = isSingleSegment(descriptor) ? 1 : 2;
    int dictionaryBytes = dictionaryBytes(descriptor);
    require(little(at, dictionaryBytes) == 0, "dictionary");
    int sizeBytes = sizeBytes(descriptor);
    long size = little(at + dictionaryBytes, sizeBytes) + (sizeBytes == 2 ? 256 : 0);
    long window = isSingleSegment(descriptor) ? size : window(head[1]);
    require(Long.compareUnsigned(window, 1L << WINDOW_LOG_MAX) <= 0, "window size");
  }

  private static long window(int descriptor) {
    long base = 1L << (10 + ((descriptor & 0xff) >>> 3));
    return base + base / 8 * (descriptor & 7);
  }

  private static int headerBytes(int descriptor) {
    return 1
        + (isSingleSegment(descriptor) ? 0 : 1)
        + dictionaryBytes(descriptor)
        + sizeBytes(descriptor);
  }

  private static boolean isSingleSegment(int descriptor) {
    return (descriptor & 0x20) != 0;
  }

  private static int dictionaryBytes(int descriptor) {
    int flag = descriptor & 3;
    return flag == 3 ? 4 : flag;
  }

  private static int sizeBytes(int descriptor) {
    int flag = (descriptor & 0xff) >>> 6;
    return flag > 0 ? 1 << flag : isSingleSegment(descriptor) ? 1 : 0;
  }

  private long little(int from, int bytes) {
    long number = 0;
    for (int i = from + bytes - 1; i >= from; i--) {
      number = (number << 8) | (head[i] & 0xff);
    }
    return number;
  }

  private static void require(boolean right, String what) throws MalformedBody {
    if (!right) {
      throw new MalformedBody("zstd: wrong " + what);
    }
  }
}

package dev.menura.e2e;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The memory of a running process, as Linux shows it under `/proc`.
final class ProcessMemory {
  private static final int PIECE = 1 << 20;

  private final Path process;

  ProcessMemory(long pid) {
    this.process = Path.of("/proc/" + pid);
  }

  /// Whether any of these is in any part of it that can be read.
  boolean holdsAny(List<byte[]> wanted) {
    int longest = wanted.stream().mapToInt(each -> each.length).max().orElseThrow();
    long read = 0;
    try (var memory = new RandomAccessFile(process.resolve("mem").toFile(), "r")) {
      for (String line : Files.readAllLines(process.resolve("maps"))) {
        String[] words = line.split(" ", 3);
        if (!words[1].startsWith("rw")) {
          continue;
        }
        int dash = words[0].indexOf('-');
        long end = Long.parseUnsignedLong(words[0].substring(dash + 1), 16);
        for (long at = Long.parseUnsignedLong(words[0].substring(0, dash), 16);
            at < end;
            at += PIECE) {
          byte[] piece = piece(memory, at, (int) Math.min(end - at, PIECE + longest));
          read += piece.length;
          if (wanted.stream().anyMatch(each -> contains(piece, each))) {
            return true;
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (read == 0) {
      throw new AssertionError("nothing of the memory below " + process + " could be read");
    }
    return false;
  }

  /// Empty where the process has no such page any longer.
  private static byte[] piece(RandomAccessFile memory, long at, int length) {
    byte[] piece = new byte[length];
    try {
      memory.seek(at);
      memory.readFully(piece);
      return piece;
    } catch (IOException e) {
      return new byte[0];
    }
  }

  private static boolean contains(byte[] where, byte[] wanted) {
    for (int i = 0; i <= where.length - wanted.length; i++) {
      int j = 0;
      while (j < wanted.length && where[i + j] == wanted[j]) {
        j++;
      }
      if (j == wanted.length) {
        return true;
      }
    }
    return false;
  }
}

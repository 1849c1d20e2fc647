package dev.menura.sidecar.events;

import dev.menura.sidecar.os.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file of lines that holds whole lines only. Lines go in with one write; where only a part went
/// in, all of it is taken back. Past a size the file is put aside and a new one begun. Not
/// thread-safe.
class EventFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventFile.class);

  /// How much is searched at a time for the end of the last whole line.
  private static final int SEARCH_BYTES = 64 * 1024;

  /// How much of a torn line is kept beside the file.
  private static final int TORN_BYTES_MAX = 1 << 20;

  private final Path path;
  private final long bytesMax;
  private final int keep;
  private @Nullable Storage storage;

  /// Where the bytes go: a file open for appending. An interface so that tests can fill the disk.
  interface Storage extends AutoCloseable {
    long size() throws IOException;

    /// Writes some of the bytes, all of them where the disk has room.
    int write(ByteBuffer bytes) throws IOException;

    void truncate(long size) throws IOException;

    @Override
    void close() throws IOException;
  }

  /// @param bytesMax lines that would take the file past this size begin a new file
  /// @param keep how many older files stay
  EventFile(Path path, long bytesMax, int keep) {
    this.path = path;
    this.bytesMax = bytesMax;
    this.keep = keep;
  }

  /// Makes the file where there is none, and takes out what a crash left of a line.
  void begin() throws IOException {
    reopen();
  }

  /// Appends whole lines, their line ends included.
  ///
  /// @throws IOException where it could not be written; the file then holds nothing of it, or will
  ///   hold nothing of it before the next lines go in
  void append(ByteBuffer lines) throws IOException {
    Storage open = storage;
    if (open == null || !Files.exists(path)) {
      open = reopen();
    }
    if (open.size() > 0 && open.size() + lines.remaining() > bytesMax) {
      rotate();
      open = reopen();
    }
    try {
      long before = open.size();
      int expected = lines.remaining();
      if (open.write(lines) == expected) {
        return;
      }
      open.truncate(before);
    } catch (IOException e) {
      // What may be left of them is taken out when the file is opened again.
      close();
      throw e;
    }
    throw new IOException("no room for whole lines");
  }

  @Override
  public void close() throws IOException {
    if (storage != null) {
      storage.close();
      storage = null;
    }
  }

  /// Opens the storage; tests put a full disk here.
  Storage open(Path file) throws IOException {
    return new OnDisk(
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            PrivateFiles.fileMode()));
  }

  private Storage reopen() throws IOException {
    close();
    repair();
    Storage opened = open(path);
    storage = opened;
    return opened;
  }

  private void rotate() throws IOException {
    close();
    for (int age = keep - 1; age >= 1; age--) {
      if (Files.exists(older(age))) {
        Files.move(older(age), older(age + 1), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    if (keep > 0) {
      Files.move(path, older(1), StandardCopyOption.REPLACE_EXISTING);
    } else {
      Files.delete(path);
    }
  }

  private Path older(int age) {
    return path.resolveSibling(path.getFileName() + "." + age);
  }

  /// Takes away what a crash left of a line that was being written.
  private void repair() throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long size = channel.size();
      long whole = endOfLastLine(channel, size);
      if (whole == size) {
        return;
      }
      Path aside = path.resolveSibling(path.getFileName() + ".torn");
      setAside(channel, whole, size, aside);
      channel.truncate(whole);
      LOG.atWarn()
          .addKeyValue("file", path)
          .addKeyValue("bytes", size - whole)
          .addKeyValue("aside", aside)
          .log("torn last event taken out");
    }
  }

  private static long endOfLastLine(FileChannel channel, long size) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(SEARCH_BYTES);
    for (long end = size; end > 0; ) {
      long start = Math.max(0, end - SEARCH_BYTES);
      block.clear().limit((int) (end - start));
      while (block.hasRemaining() && channel.read(block, start + block.position()) >= 0) {}
      for (int i = block.position() - 1; i >= 0; i--) {
        if (block.get(i) == '\n') {
          return start + i + 1;
        }
      }
      end = start;
    }
    return 0;
  }

  private static void setAside(FileChannel channel, long whole, long size, Path aside) {
    try (FileChannel out =
        FileChannel.open(
            aside,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING),
            PrivateFiles.fileMode())) {
      channel.transferTo(whole, Math.min(size - whole, TORN_BYTES_MAX), out);
    } catch (IOException e) {
      // Better no copy of half an event than no event log.
      LOG.atWarn().addKeyValue("aside", aside).setCause(e).log("torn event not kept");
    }
  }

  private record OnDisk(FileChannel channel) implements Storage {
    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      return channel.write(bytes);
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}

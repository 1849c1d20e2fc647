package dev.menura.sidecar.events;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// An event file on a disk that holds so many bytes: it takes a part of what does not fit whole,
/// and refuses everything once it is full, as a file system does.
final class FileOnSmallDisk extends EventFile {
  volatile long capacity;
  volatile boolean truncateFails;

  FileOnSmallDisk(Path path, long capacity) {
    super(path, Long.MAX_VALUE, 1);
    this.capacity = capacity;
  }

  @Override
  Storage open(Path file) throws IOException {
    Storage real = super.open(file);
    return new Storage() {
      @Override
      public long size() throws IOException {
        return real.size();
      }

      @Override
      public int write(ByteBuffer bytes) throws IOException {
        long room = capacity - real.size();
        if (room <= 0) {
          throw new IOException("No space left on device");
        }
        ByteBuffer fitting = bytes.slice();
        fitting.limit((int) Math.min(room, fitting.limit()));
        return real.write(fitting);
      }

      @Override
      public void truncate(long size) throws IOException {
        if (truncateFails) {
          throw new IOException("Input/output error");
        }
        real.truncate(size);
      }

      @Override
      public void close() throws IOException {
        real.close();
      }
    };
  }
}

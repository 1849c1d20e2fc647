package dev.menura.sidecar.run;

import dev.menura.sidecar.os.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The directory that a running gateway keeps everything in, mode 0700, and held by one gateway at
/// a time.
final class DataDirectory implements AutoCloseable {
  /// The kernel takes no longer path for a Unix socket (unix(7)).
  private static final int SOCKET_PATH_BYTES_MAX = 100;

  private final Path path;
  private final Path sockets;
  private final FileChannel channel;
  private final FileLock lock;

  private DataDirectory(Path path, Path sockets, FileChannel channel, FileLock lock) {
    this.path = path;
    this.sockets = sockets;
    this.channel = channel;
    this.lock = lock;
  }

  /// Makes the directory where it is missing, and takes hold of it.
  ///
  /// @throws CannotStart where another gateway holds it
  static DataDirectory open(Path path) throws IOException, CannotStart {
    var whole = path.toAbsolutePath().normalize();
    if (Files.exists(whole)) {
      PrivateFiles.makeFolderPrivate(whole);
    } else {
      PrivateFiles.createFolder(whole);
    }
    PrivateFiles.createFolder(whole.resolve("logs"));
    var channel =
        FileChannel.open(
            whole.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    var lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      throw new CannotStart(
          "another gateway uses the data directory "
              + whole
              + "; stop it, or name another with --data");
    }
    boolean fits =
        whole.resolve("envoy-admin.sock").toString().getBytes(StandardCharsets.UTF_8).length
            <= SOCKET_PATH_BYTES_MAX;
    var sockets = fits ? whole : Files.createTempDirectory("menura");
    Files.deleteIfExists(whole.resolve("ready.json"));
    return new DataDirectory(whole, sockets, channel, lock);
  }

  Path path() {
    return path;
  }

  Path file(String name) {
    return path.resolve(name);
  }

  /// The path of a Unix socket, in this directory where that is not too long for the kernel.
  Path socket(String name) {
    return sockets.resolve(name);
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file("ready.json"));
      lock.release();
      channel.close();
    } catch (IOException _) {
      // The end of the process frees it.
    }
  }
}

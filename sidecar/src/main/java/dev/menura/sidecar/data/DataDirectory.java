package dev.menura.sidecar.data;

import dev.menura.sidecar.os.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The folder that one instance keeps its files in: mode 0700, and locked while it is used.
public final class DataDirectory implements AutoCloseable {
  private static final String LOCK = "menura.lock";

  private final Path root;
  private final SocketFolder sockets;
  private final FileChannel lock;

  private DataDirectory(Path root, SocketFolder sockets, FileChannel lock) {
    this.root = root;
    this.sockets = sockets;
    this.lock = lock;
  }

  /// Opens the folder, making it where it is missing.
  ///
  /// @throws DataDirectoryException where another instance uses it, or others may read it
  public static DataDirectory open(Path folder) throws DataDirectoryException {
    Path root = folder.toAbsolutePath().normalize();
    try {
      PrivateFiles.createFolder(root);
      checkMode(root);
      FileChannel lock = lock(root);
      try {
        PrivateFiles.createFolder(root.resolve("logs"));
        return new DataDirectory(root, SocketFolder.open(root), lock);
      } catch (IOException | DataDirectoryException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new DataDirectoryException(
          "the data directory " + root + " cannot be used: " + reason(e), e);
    }
  }

  private static void checkMode(Path root) throws IOException, DataDirectoryException {
    if (PrivateFiles.isPrivate(root)) {
      return;
    }
    // Changing the mode of a folder that holds something else could lock others out of it.
    if (!isEmpty(root) && !Files.exists(root.resolve(LOCK))) {
      throw new DataDirectoryException(
          "the data directory "
              + root
              + " can be read by other users, and holds files that are not Menura's: "
              + "name an empty folder, or run 'chmod 700 "
              + root
              + "'");
    }
    PrivateFiles.makeFolderPrivate(root);
  }

  private static boolean isEmpty(Path root) throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      return files.findAny().isEmpty();
    }
  }

  private static FileChannel lock(Path root) throws IOException, DataDirectoryException {
    FileChannel channel =
        FileChannel.open(
            root.resolve(LOCK),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PrivateFiles.fileMode());
    if (tryLock(channel) == null) {
      channel.close();
      throw new DataDirectoryException(
          "the data directory "
              + root
              + " is in use by another Menura: stop that one, or name another folder with --data"
              + " DIR");
    }
    return channel;
  }

  /// The lock lasts until the channel is closed or the process ends, however it ends.
  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Another instance in this very process.
      return null;
    }
  }

  private static String reason(IOException e) {
    return e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  public Path root() {
    return root;
  }

  /// The events, one JSON object a line.
  public Path events() {
    return root.resolve("events.jsonl");
  }

  /// The certificate that clients are to trust.
  public Path ca() {
    return root.resolve("ca.pem");
  }

  public Path readyFile() {
    return root.resolve("ready.json");
  }

  public Path log() {
    return root.resolve("logs/menura.log");
  }

  public Path envoyLog() {
    return root.resolve("logs/envoy.log");
  }

  public Path envoyPid() {
    return root.resolve("envoy.pid");
  }

  public Path bootstrap() {
    return root.resolve("bootstrap.json");
  }

  /// Where the starter policy is put.
  public Path policy() {
    return root.resolve("policy");
  }

  /// The Unix socket on which Envoy reaches the sidecar.
  public Path sidecarSocket() {
    return sockets.sidecar();
  }

  /// The Unix socket of Envoy's admin interface.
  public Path adminSocket() {
    return sockets.admin();
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}

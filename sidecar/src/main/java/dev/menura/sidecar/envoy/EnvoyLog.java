package dev.menura.sidecar.envoy;

import dev.menura.sidecar.os.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// The file that Envoy's output goes to. It has a bounded size, and one older file beside it.
///
/// Envoy holds the file open for appending and may outlive us, so past the bound the file is copied
/// and cut back rather than renamed.
final class EnvoyLog {
  private final Path file;
  private final long bytesMax;

  EnvoyLog(Path file, long bytesMax) {
    this.file = file;
    this.bytesMax = bytesMax;
  }

  Path file() {
    return file;
  }

  /// Makes room for a new run: what was written before becomes the older file.
  void begin() throws IOException {
    if (Files.exists(file) && Files.size(file) > 0) {
      Files.move(file, older(), StandardCopyOption.REPLACE_EXISTING);
    }
    create();
  }

  /// Lets the next run append. The file may have been removed meanwhile.
  void continued() throws IOException {
    create();
  }

  /// Cuts the file back where it has grown past its bound.
  void keepBounded() throws IOException {
    if (!Files.exists(file) || Files.size(file) <= bytesMax) {
      return;
    }
    try {
      Files.copy(file, older(), StandardCopyOption.REPLACE_EXISTING);
    } finally {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(0);
      }
    }
  }

  private void create() throws IOException {
    try {
      Files.createFile(file, PrivateFiles.fileMode());
    } catch (FileAlreadyExistsException e) {
      // Appended to.
    }
  }

  private Path older() {
    return file.resolveSibling(file.getFileName() + ".1");
  }
}

package dev.menura.sidecar.envoy;

import dev.menura.sidecar.os.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The version that an Envoy program has said before, remembered in a file. Asking it takes a start
/// of that program, which is large. A program that was replaced is another one: its path, size,
/// time and inode are remembered with the answer.
public final class KnownVersion {
  /// Remembers nothing.
  public static final KnownVersion NONE = new KnownVersion(Optional.empty());

  private static final Logger LOG = LoggerFactory.getLogger(KnownVersion.class);

  private final Optional<Path> file;

  private KnownVersion(Optional<Path> file) {
    this.file = file;
  }

  /// @param file in a folder that nobody else may write to; it may be missing, and the folder, too
  public static KnownVersion in(Path file) {
    return new KnownVersion(Optional.of(file));
  }

  /// The version that this program has said; empty where it is another one, or too old for use.
  Optional<EnvoyVersion> of(Path program) {
    try {
      if (file.isEmpty() || !Files.isRegularFile(file.get())) {
        return Optional.empty();
      }
      var lines = Files.readAllLines(file.get());
      return lines.size() == 2 && lines.get(0).equals(mark(program))
          ? EnvoyVersion.parse(lines.get(1))
              .filter(version -> version.compareTo(EnvoyVersion.OLDEST) >= 0)
          : Optional.empty();
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("file", file.get()).setCause(e).log("remembered version not read");
      return Optional.empty();
    }
  }

  /// Remembers it for the next start.
  public void remember(EnvoyBinary binary) {
    if (file.isEmpty() || of(binary.path()).isPresent()) {
      return;
    }
    try {
      PrivateFiles.write(
          file.get(), mark(binary.path()) + "\nversion: /" + binary.version() + "/\n");
    } catch (IOException e) {
      // As on a full disk: it is asked again at the next start.
      LOG.atDebug().addKeyValue("file", file.get()).setCause(e).log("version not remembered");
    }
  }

  private static String mark(Path program) throws IOException {
    var found = Files.readAttributes(program, BasicFileAttributes.class);
    return found.size()
        + " "
        + found.lastModifiedTime().toInstant()
        + " "
        + found.fileKey()
        + " "
        + program.toUri();
  }
}

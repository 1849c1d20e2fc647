package dev.menura.sidecar.data;

import com.sun.security.auth.module.UnixSystem;
import dev.menura.sidecar.os.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The folder of an instance's Unix sockets: the data directory itself, or, where that path is too
/// long for a socket, a private folder whose short name is always the same for the same data
/// directory.
///
/// A separately started Envoy finds the sockets by the bootstrap alone, so the names must not
/// change from one start to the next.
public record SocketFolder(Path folder) {
  /// A Unix socket's path has at most 107 bytes on Linux, 103 on macOS (`sockaddr_un`).
  static final int SOCKET_PATH_BYTES_MAX = 103;

  private static final String SIDECAR = "menura.sock";
  private static final String ADMIN = "envoy-admin.sock";

  /// The folder of this data directory, which need not be there.
  public static SocketFolder of(Path dataDirectory) {
    Path root = dataDirectory.toAbsolutePath().normalize();
    if (bytes(root.resolve(ADMIN)) <= SOCKET_PATH_BYTES_MAX) {
      return new SocketFolder(root);
    }
    return new SocketFolder(
        Path.of("/tmp", "menura-" + new UnixSystem().getUid() + "-" + shortHash(root)));
  }

  /// As [#of], with the folder made and checked: the temporary directory is everybody's, and
  /// somebody else may have made a folder of that name.
  static SocketFolder open(Path dataDirectory) throws IOException, DataDirectoryException {
    SocketFolder sockets = of(dataDirectory);
    Path folder = sockets.folder();
    PrivateFiles.createFolder(folder);
    boolean own =
        Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
            && Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                .equals((int) new UnixSystem().getUid())
            && PrivateFiles.isPrivate(folder);
    if (!own) {
      throw new DataDirectoryException(
          "the folder "
              + folder
              + " for Unix sockets is not ours alone: remove it, or name a data directory with a"
              + " shorter path");
    }
    return sockets;
  }

  public Path sidecar() {
    return folder.resolve(SIDECAR);
  }

  public Path admin() {
    return folder.resolve(ADMIN);
  }

  private static int bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  private static String shortHash(Path root) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(root.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

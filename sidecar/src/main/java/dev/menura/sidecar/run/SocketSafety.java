package dev.menura.sidecar.run;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;

/// Whether a Unix socket is what its path says: who may write to its folder could put another one
/// there.
final class SocketSafety {
  private SocketSafety() {}

  static void requireSafeFolder(Path socket) throws CannotStart, IOException {
    Path folder = socket.toAbsolutePath().normalize().getParent();
    if (folder == null) {
      throw new CannotStart(socket + ": expected the path of a Unix socket");
    }
    try {
      var modes = Files.getPosixFilePermissions(folder);
      if (modes.contains(PosixFilePermission.GROUP_WRITE)
          || modes.contains(PosixFilePermission.OTHERS_WRITE)) {
        throw new CannotStart(
            "others may write to the folder "
                + folder
                + " of the certificates process's socket, and could put their own there: chmod"
                + " go-w "
                + folder);
      }
    } catch (NoSuchFileException e) {
      throw new CannotStart(
          "the folder of the certificates process's socket is not there: " + folder);
    }
  }

  /// The user of this process.
  static UserPrincipal ownUser(Path anywhere) throws IOException {
    return anywhere
        .getFileSystem()
        .getUserPrincipalLookupService()
        .lookupPrincipalByName(String.valueOf(new UnixSystem().getUid()));
  }
}

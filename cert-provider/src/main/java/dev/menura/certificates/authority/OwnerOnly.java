package dev.menura.certificates.authority;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Files and directories that are for the gateway's own user alone.
final class OwnerOnly {
  static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");

  private static final int TYPE = 0170000;
  private static final int TYPE_DIRECTORY = 0040000;
  private static final int TYPE_FILE = 0100000;
  private static final int TYPE_LINK = 0120000;
  private static final int PERMISSIONS = 07777;
  private static final int FOR_OTHERS = 0077;

  private OwnerOnly() {}

  static void checkDirectory(Path directory) throws AuthorityException, IOException {
    check(directory, TYPE_DIRECTORY, "700");
  }

  static void checkFile(Path file) throws AuthorityException, IOException {
    check(file, TYPE_FILE, "600");
  }

  private static void check(Path path, int type, String wanted)
      throws AuthorityException, IOException {
    int mode = attribute(path, "unix:mode");
    if ((mode & TYPE) != type) {
      throw new AuthorityException(
          path
              + ": expected "
              + kind(type)
              + ", found "
              + kind(mode & TYPE)
              + "; to see it: ls -ld "
              + path);
    }
    long own = new UnixSystem().getUid();
    int owner = attribute(path, "unix:uid");
    if (owner != own) {
      throw new AuthorityException(
          path
              + ": expected user "
              + own
              + ", who runs the gateway, as its owner, found user "
              + owner
              + "; to mend it: chown "
              + own
              + " "
              + path);
    }
    if ((mode & FOR_OTHERS) != 0) {
      throw new AuthorityException(
          path
              + ": expected mode 0"
              + wanted
              + " or stricter, found "
              + String.format("%04o", mode & PERMISSIONS)
              + ", which lets other users in; to mend it: chmod "
              + wanted
              + " "
              + path);
    }
  }

  private static int attribute(Path path, String name) throws AuthorityException, IOException {
    try {
      return (Integer) Files.getAttribute(path, name, LinkOption.NOFOLLOW_LINKS);
    } catch (UnsupportedOperationException e) {
      throw new AuthorityException(
          path + ": expected a file system with Unix permissions, found another", e);
    }
  }

  private static String kind(int type) {
    return switch (type) {
      case TYPE_DIRECTORY -> "a directory";
      case TYPE_FILE -> "a regular file";
      case TYPE_LINK -> "a symbolic link";
      default -> "something else";
    };
  }
}

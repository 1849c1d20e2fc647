package dev.menura.certificates.authority;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;

/// The two files of an authority, in a directory of their own. They come into being together: they
/// are written into a directory beside it, which is then renamed.
final class AuthorityFiles {
  private static final Set<PosixFilePermission> READABLE =
      PosixFilePermissions.fromString("rw-r--r--");
  private static final String CERTIFICATE = "ca.pem";
  private static final String KEY = "ca-key.pem";
  private static final int BYTES_MAX = 64 * 1024;

  private final Path directory;

  AuthorityFiles(Path directory) {
    this.directory = directory.toAbsolutePath();
  }

  Path directory() {
    return directory;
  }

  Path certificate() {
    return directory.resolve(CERTIFICATE);
  }

  Path key() {
    return directory.resolve(KEY);
  }

  /// Whether there is no authority yet: no directory, or one with nothing in it.
  boolean absent() throws AuthorityException, IOException {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return true;
    }
    OwnerOnly.checkDirectory(directory);
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.findAny().isEmpty();
    }
  }

  /// Checks who may read and write what is there.
  void check() throws AuthorityException, IOException {
    OwnerOnly.checkDirectory(directory);
    for (Path file : new Path[] {key(), certificate()}) {
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new AuthorityException(
            file
                + ": expected the authority's file, found none; put it back, or to have a new"
                + " authority made, which clients must then be told to trust: mv "
                + directory
                + " "
                + directory
                + ".incomplete");
      }
    }
    OwnerOnly.checkFile(key());
    if (!Files.isRegularFile(certificate(), LinkOption.NOFOLLOW_LINKS)) {
      throw new AuthorityException(certificate() + ": expected a regular file, found another kind");
    }
  }

  String readCertificate() throws AuthorityException, IOException {
    return read(certificate());
  }

  String readKey() throws AuthorityException, IOException {
    return read(key());
  }

  private static String read(Path file) throws AuthorityException, IOException {
    try (var channel =
            Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        var stream = Channels.newInputStream(channel)) {
      if (channel.size() > BYTES_MAX) {
        throw new AuthorityException(
            file + ": expected at most " + BYTES_MAX + " bytes, found " + channel.size());
      }
      return new String(stream.readNBytes(BYTES_MAX), StandardCharsets.US_ASCII);
    }
  }

  /// Writes both files, or neither. Where another process was first, its files stay.
  void create(String certificatePem, String keyPem) throws IOException {
    Path parent = directory.getParent();
    if (parent == null) {
      throw new NoSuchFileException(directory.toString(), null, "has no parent directory");
    }
    Files.createDirectories(parent);
    Path beside =
        Files.createTempDirectory(
            parent,
            "." + directory.getFileName() + "-",
            PosixFilePermissions.asFileAttribute(OwnerOnly.DIRECTORY));
    try {
      write(beside.resolve(KEY), keyPem, OwnerOnly.FILE);
      write(beside.resolve(CERTIFICATE), certificatePem, READABLE);
      sync(beside);
      Files.move(beside, directory, StandardCopyOption.ATOMIC_MOVE);
      sync(parent);
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      remove(beside);
    } catch (FileSystemException e) {
      remove(beside);
      if (!Files.exists(key(), LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
    }
  }

  private static void write(Path file, String text, Set<PosixFilePermission> permissions)
      throws IOException {
    try (var channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(permissions))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    // The umask may have taken permissions away.
    Files.setPosixFilePermissions(file, permissions);
  }

  private static void sync(Path directory) throws IOException {
    try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void remove(Path beside) throws IOException {
    Files.deleteIfExists(beside.resolve(KEY));
    Files.deleteIfExists(beside.resolve(CERTIFICATE));
    Files.deleteIfExists(beside);
  }
}

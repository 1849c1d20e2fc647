package dev.menura.certificates.authority;

import java.io.Closeable;
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
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The files of the gateway's authorities, in a directory of their own: the certificates that
/// clients are to trust, the keys, and where there is more to say than these two say, the register.
/// The first files come into being together: they are written into a directory beside it, which is
/// then renamed.
final class AuthorityFiles {
  private static final Set<PosixFilePermission> READABLE =
      PosixFilePermissions.fromString("rw-r--r--");
  static final String CERTIFICATE = "ca.pem";
  static final String KEY = "ca-key.pem";
  static final String REQUEST = "ca.csr";
  static final String REGISTER = "authorities";
  private static final String LOCK = ".lock";
  private static final Pattern KEY_NAME = Pattern.compile("ca-key(-[0-9a-f]{8})?\\.pem");
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

  /// @param reference the name of a key's file
  Path key(String reference) throws AuthorityException {
    if (!KEY_NAME.matcher(reference).matches()) {
      throw new AuthorityException(
          register() + ": expected the name of a key's file, found another");
    }
    return directory.resolve(reference);
  }

  Path register() {
    return directory.resolve(REGISTER);
  }

  Path request() {
    return directory.resolve(REQUEST);
  }

  /// What changes when any of the files is replaced.
  String stamp() throws IOException {
    var stamp = new StringBuilder();
    for (Path file : new Path[] {certificate(), register()}) {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        var attributes =
            Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        stamp
            .append(attributes.fileKey())
            .append(' ')
            .append(attributes.lastModifiedTime())
            .append(' ')
            .append(attributes.size());
      }
      stamp.append('\n');
    }
    return stamp.toString();
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
    expect(certificate());
    if (!Files.isRegularFile(certificate(), LinkOption.NOFOLLOW_LINKS)) {
      throw new AuthorityException(certificate() + ": expected a regular file, found another kind");
    }
  }

  void checkKey(String reference) throws AuthorityException, IOException {
    expect(key(reference));
    OwnerOnly.checkFile(key(reference));
  }

  private void expect(Path file) throws AuthorityException {
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

  String readCertificate() throws AuthorityException, IOException {
    return read(certificate());
  }

  String readKey(String reference) throws AuthorityException, IOException {
    return read(key(reference));
  }

  boolean hasRegister() {
    return Files.exists(register(), LinkOption.NOFOLLOW_LINKS);
  }

  String readRegister() throws AuthorityException, IOException {
    OwnerOnly.checkFile(register());
    return read(register());
  }

  String readRequest() throws AuthorityException, IOException {
    return read(request());
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

  /// Writes the first files, all or none. Where another process was first, its files stay.
  ///
  /// @param texts by the name of their file; those for all to read are the certificate and the
  ///   request
  /// @return whether these are the files that are there now
  boolean create(Map<String, String> texts) throws IOException {
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
      for (var text : texts.entrySet()) {
        write(beside.resolve(text.getKey()), text.getValue(), permissions(text.getKey()));
      }
      sync(beside);
      Files.move(beside, directory, StandardCopyOption.ATOMIC_MOVE);
      sync(parent);
      return true;
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      remove(beside, texts.keySet());
      return false;
    } catch (FileSystemException e) {
      remove(beside, texts.keySet());
      if (!Files.exists(certificate(), LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
      return false;
    }
  }

  private static Set<PosixFilePermission> permissions(String name) {
    return name.equals(CERTIFICATE) || name.equals(REQUEST) ? READABLE : OwnerOnly.FILE;
  }

  /// Writes a file whose name is not in use.
  void add(String name, String text) throws IOException {
    write(directory.resolve(name), text, permissions(name));
    sync(directory);
  }

  /// Puts a file in the place of another, or where there is none, at once.
  private void replace(Path file, String text) throws IOException {
    String name = String.valueOf(file.getFileName());
    Path beside = directory.resolve("." + name + ".new");
    Files.deleteIfExists(beside);
    write(beside, text, permissions(name));
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    sync(directory);
  }

  void replaceKey(String reference, String text) throws AuthorityException, IOException {
    replace(key(reference), text);
  }

  void replaceCertificate(String text) throws IOException {
    replace(certificate(), text);
  }

  void replaceRegister(String text) throws IOException {
    replace(register(), text);
  }

  void replaceRequest(String text) throws IOException {
    replace(request(), text);
  }

  void deleteRequest() throws IOException {
    Files.deleteIfExists(request());
  }

  void deleteKey(String reference) throws AuthorityException, IOException {
    Files.deleteIfExists(key(reference));
    sync(directory);
  }

  /// Keeps other processes from changing the files until it is closed.
  Closeable lock() throws IOException {
    var channel =
        FileChannel.open(
            directory.resolve(LOCK),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(OwnerOnly.FILE));
    try {
      channel.lock();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return channel;
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

  private static void remove(Path beside, Set<String> names) throws IOException {
    for (String name : names) {
      Files.deleteIfExists(beside.resolve(name));
    }
    Files.deleteIfExists(beside);
  }
}

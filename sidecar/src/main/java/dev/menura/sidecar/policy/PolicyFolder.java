package dev.menura.sidecar.policy;

import dev.menura.policy.PolicySource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;

/// A policy's folder on disk.
///
/// Symbolic links are followed: a folder that Kubernetes mounts from a ConfigMap is made of them.
public final class PolicyFolder implements PolicySource {
  private final Path root;

  /// The files that were asked for since the last [#forget], those that are missing included: they
  /// belong to the policy as soon as they are there.
  private final Set<String> asked = new ConcurrentSkipListSet<>();

  public PolicyFolder(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  public Path root() {
    return root;
  }

  @Override
  public List<String> documents() throws IOException {
    if (Files.exists(root) && !Files.isDirectory(root)) {
      throw new NotDirectoryException(root + " is not a folder");
    }
    try (Stream<Path> files = Files.list(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> String.valueOf(file.getFileName()))
          .filter(PolicyFolder::isDocument)
          .toList();
    }
  }

  /// Hidden files are editors' (`.#policy.yaml`).
  private static boolean isDocument(String name) {
    return !name.startsWith(".") && (name.endsWith(".yaml") || name.endsWith(".yml"));
  }

  @Override
  public byte[] read(String name, int atMost) throws IOException {
    Path file = inside(name);
    asked.add(name);
    if (!Files.exists(file)) {
      throw new NoSuchFileException(name);
    }
    // A named pipe would keep the reader waiting for ever.
    if (!Files.isRegularFile(file)) {
      throw new IOException("it is not a regular file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(atMost);
    }
  }

  private Path inside(String name) throws IOException {
    Path file = root.resolve(name).normalize();
    if (!file.startsWith(root) || file.equals(root)) {
      throw new IOException("it is outside the policy's folder");
    }
    return file;
  }

  /// Forgets which files were asked for.
  void forget() {
    asked.clear();
  }

  /// What the file system says of the documents and of the files that were asked for: equal where
  /// nothing has changed.
  Map<String, String> state() {
    Map<String, String> state = new TreeMap<>();
    try {
      documents().forEach(name -> state.put(name, stateOf(name)));
    } catch (IOException e) {
      state.put("", "the folder cannot be read");
    }
    asked.forEach(name -> state.put(name, stateOf(name)));
    return state;
  }

  private String stateOf(String name) {
    try {
      BasicFileAttributes found = Files.readAttributes(inside(name), BasicFileAttributes.class);
      return found.lastModifiedTime().toInstant() + " " + found.size() + " " + found.fileKey();
    } catch (IOException e) {
      return e.getClass().getSimpleName();
    }
  }
}

package dev.menura.sidecar.policy;

import dev.menura.policy.PolicySource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// A folder of policy documents.
///
/// @param folder the directory
public record PolicyFolder(Path folder) implements PolicySource {
  @Override
  public List<String> documents() throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(folder.toString());
    }
    try (var files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .filter(name -> name.endsWith(".yaml") || name.endsWith(".yml"))
          .sorted()
          .toList();
    }
  }

  @Override
  public byte[] read(String name, int atMost) throws IOException {
    try (var file = Files.newInputStream(folder.resolve(name))) {
      return file.readNBytes(atMost);
    }
  }

  /// What tells whether anything has changed: of each document, and each further file, its name,
  /// size, time and identity.
  ///
  /// @param named the files that the documents name
  String fingerprint(Set<String> named) throws IOException {
    var names = new TreeSet<>(named);
    names.addAll(documents());
    var text = new StringBuilder();
    for (String name : names) {
      text.append(name).append(' ').append(stamp(folder.resolve(name))).append('\n');
    }
    return text.toString();
  }

  private static String stamp(Path file) {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.size()
          + " "
          + attributes.lastModifiedTime().toMillis()
          + " "
          + attributes.fileKey();
    } catch (IOException e) {
      return "missing";
    }
  }
}

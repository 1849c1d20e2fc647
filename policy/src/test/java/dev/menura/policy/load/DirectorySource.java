package dev.menura.policy.load;

import dev.menura.policy.PolicySource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A policy folder on the disk.
record DirectorySource(Path folder) implements PolicySource {
  @Override
  public List<String> documents() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".yaml") || name.endsWith(".yml"))
          .toList();
    }
  }

  @Override
  public byte[] read(String name, int atMost) throws IOException {
    try (InputStream in = Files.newInputStream(folder.resolve(name))) {
      return in.readNBytes(atMost);
    }
  }
}

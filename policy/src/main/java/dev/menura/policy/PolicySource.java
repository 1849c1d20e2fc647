package dev.menura.policy;

import java.io.IOException;
import java.util.List;

/// The folder that a policy is read from.
public interface PolicySource {
  /// The names of the files directly in the folder that end in `.yaml` or `.yml`, in any order.
  List<String> documents() throws IOException;

  /// The first bytes of a file, all of it where it is not longer than `atMost`.
  ///
  /// @param name a path relative to the folder, with `/` between its parts and without `..`
  /// @throws IOException where the file is missing ([java.nio.file.NoSuchFileException]) or cannot
  ///   be read
  byte[] read(String name, int atMost) throws IOException;
}

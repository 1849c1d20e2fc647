package dev.menura.sidecar.command;

import dev.menura.sidecar.os.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The commented policy that a first start without one begins with.
final class StarterPolicy {
  private StarterPolicy() {}

  /// The folder of the starter policy below the data directory; written where it is missing, never
  /// overwritten.
  static Path in(Path data, PrintWriter err) throws IOException {
    var folder = data.resolve("policy");
    var file = folder.resolve("policy.yaml");
    if (!Files.exists(file)) {
      PrivateFiles.createFolder(folder);
      PrivateFiles.write(file, text());
      err.println("A starter policy was written to " + file);
    }
    err.println("Policy folder: " + folder);
    return folder;
  }

  static String text() throws IOException {
    try (InputStream resource = StarterPolicy.class.getResourceAsStream("starter-policy.yaml")) {
      if (resource == null) {
        throw new IllegalStateException("the starter policy is missing from the program");
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

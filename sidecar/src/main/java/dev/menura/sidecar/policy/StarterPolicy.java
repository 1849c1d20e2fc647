package dev.menura.sidecar.policy;

import dev.menura.sidecar.os.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The policy for an operator who has none yet: it decrypts and allows everything, and has an
/// example of each action as a comment.
public final class StarterPolicy {
  private static final List<String> FILES = List.of("gateway.yaml", "policy.yaml");

  private StarterPolicy() {}

  /// Writes the policy into this folder, unless the folder is there already: then the operator may
  /// have changed it.
  ///
  /// @return whether it was written now
  public static boolean writeOnce(Path folder) throws IOException {
    if (Files.exists(folder)) {
      return false;
    }
    // The folder appears whole, so that a start which is cut short leaves none.
    Path fresh = Files.createTempDirectory(folder.toAbsolutePath().getParent(), ".policy-");
    for (String file : FILES) {
      PrivateFiles.write(fresh.resolve(file), text(file));
    }
    Files.move(fresh, folder);
    return true;
  }

  private static String text(String file) throws IOException {
    try (InputStream in = StarterPolicy.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing from the program");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

package dev.menura.e2e;

import dev.menura.certificates.testing.TestRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A policy's folder on disk, as an operator edits it. It trusts a test root and lets the loopback
/// be dialled.
final class PolicyFiles {
  final Path folder;
  final TestRoot root = TestRoot.create("Menura test origins");

  private PolicyFiles(Path folder) {
    this.folder = folder;
  }

  /// @param rules the list under `spec.rules`, in YAML
  static PolicyFiles write(Path folder, String rules) {
    try {
      var files = new PolicyFiles(Files.createDirectory(folder));
      Files.writeString(folder.resolve("gateway.yaml"), Lab.GATEWAY);
      Files.writeString(folder.resolve("origin-root.pem"), files.root.pem());
      files.rules(rules);
      return files;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// Saves other rules.
  void rules(String rules) {
    text(Lab.policy(rules));
  }

  /// Saves any text as the file of the rules.
  void text(String text) {
    try {
      Files.writeString(folder.resolve("policy.yaml"), text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

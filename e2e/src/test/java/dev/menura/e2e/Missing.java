package dev.menura.e2e;

import com.google.common.base.Splitter;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// Tools that a test cannot do without. On a developer's machine a missing one is a skip with its
/// reason; with `CI=true` it is a failure.
final class Missing {
  private Missing() {}

  static void skipUnlessFound(String tool, String debianPackage) {
    for (String folder :
        Splitter.on(File.pathSeparatorChar).split(System.getenv().getOrDefault("PATH", ""))) {
      if (Files.isExecutable(Path.of(folder, tool))) {
        return;
      }
    }
    skip(tool + " is not on the PATH: apt-get install " + debianPackage);
  }

  /// Ends the test for want of something on this machine.
  static void skip(String reason) {
    if ("true".equals(System.getenv("CI"))) {
      throw new AssertionError("CI must have what the tests need: " + reason);
    }
    Assumptions.abort(reason);
  }
}

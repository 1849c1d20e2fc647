package dev.menura.sidecar.envoy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Shell scripts that stand for other programs.
final class FakePrograms {
  private FakePrograms() {}

  static Path script(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }

  static Path envoySaying(Path file, String version) throws IOException {
    return script(file, "echo; echo \"$0  version: 9e55/" + version + "/Clean/RELEASE/BoringSSL\"");
  }
}

package dev.menura.e2e;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/// Mounts that one process alone sees (`mount_namespaces(7)`), made before it starts.
///
/// @param script shell commands that mount; `$1` is the folder of the gateway
record MountNamespace(String script) implements Surroundings {
  private static final boolean ROOT = new UnixSystem().getUid() == 0;

  /// A small file system of its own under the data directory.
  static MountNamespace smallDisk(int mebibytes) {
    return checked(
        new MountNamespace(
            "mount -t tmpfs -o mode=0700,size=%dm none \"$1/data\"".formatted(mebibytes)));
  }

  /// Another file in the place of one.
  static MountNamespace replacing(Path file, Path by) {
    return checked(new MountNamespace("mount --bind '%s' '%s'".formatted(by, file)));
  }

  /// Where the user may make no mounts, that is a skip; root may always.
  private static MountNamespace checked(MountNamespace namespace) {
    Missing.skipUnlessFound("unshare", "util-linux");
    var trial = new MountNamespace("mount -t tmpfs -o size=1m none /tmp");
    if (!trial.works()) {
      var reason = "this user may not make a mount namespace (unshare -m)";
      if (ROOT) {
        Missing.skip(reason);
      }
      Assumptions.abort(reason);
    }
    return namespace;
  }

  private boolean works() {
    var command = new ArrayList<>(prefix(Path.of("/tmp")));
    command.add("true");
    try {
      var process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public List<String> prefix(Path folder) {
    return List.of(
        "unshare",
        ROOT ? "-m" : "-rm",
        "--propagation",
        "private",
        "sh",
        "-ec",
        script + "; shift; exec \"$@\"",
        "sh",
        folder.toString());
  }
}

package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.security.auth.module.UnixSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Another user of the same machine, with a process of its own, who wants to speak with the parts.
@ExtendWith(Failures.class)
class OtherUserTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";
  private static final String NOBODY = "65534";
  private static final int COULD_NOT_CONNECT = 7;

  @TempDir private Path folder;

  @Test
  void k12AnotherUserOfTheMachineReachesNoSocketAndNoKey() throws Exception {
    Missing.skipUnlessFound("setpriv", "util-linux");
    Missing.skipUnlessFound("curl", "curl");
    if (new UnixSystem().getUid() != 0) {
      Missing.skip("only root can start a process as another user");
    }
    try (var gateway = GatewayProcess.in(folder, ALLOW).up()) {
      // What is around the data directory is open, so that only the gateway's own modes refuse.
      for (Path above = gateway.inData("").toAbsolutePath().getParent();
          above != null && above.startsWith(folder);
          above = above.getParent()) {
        mode(above, "rwxr-xr-x");
      }
      var data = gateway.inData("").toAbsolutePath();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
          .isEqualTo("rwx------");
      var sockets = List.of(gateway.sidecarSocket(), gateway.envoyAdmin().socket());
      for (Path socket : sockets) {
        assertThat(connects(socket, List.of())).as("we ourselves reach %s", socket).isTrue();
      }
      nobodyGetsIn(sockets, data);

      // Where an operator opens the directory by mistake, the modes inside hold by themselves.
      mode(data, "rwxr-xr-x");
      for (Path socket : sockets) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
            .isEqualTo("rw-------");
      }
      nobodyGetsIn(sockets, data);
    }
  }

  private void nobodyGetsIn(List<Path> sockets, Path data) {
    for (Path socket : sockets) {
      assertThat(connects(socket, asNobody())).as("nobody reaches %s", socket).isFalse();
    }
    assertThat(run(asNobody(), "cat", data.resolve("ca/ca-key.pem").toString())).isNotZero();
  }

  private static List<String> asNobody() {
    return List.of("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--");
  }

  /// Whether a connection comes about, whatever is said on it.
  private boolean connects(Path socket, List<String> as) {
    return run(
            as,
            "curl",
            "-s",
            "-m",
            "5",
            "-o",
            "/dev/null",
            "--unix-socket",
            socket.toString(),
            "http://localhost/config_dump")
        != COULD_NOT_CONNECT;
  }

  private int run(List<String> as, String... command) {
    var all = new ArrayList<>(as);
    all.addAll(List.of(command));
    try (var program = Program.start(folder, all.toArray(String[]::new))) {
      return program.awaitEnd();
    }
  }

  private static void mode(Path path, String permissions) throws Exception {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }
}

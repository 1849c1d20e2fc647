package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A token that holds the authority's key, and stops signing for a while.
@ExtendWith(Failures.class)
class StalledTokenTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";

  private static final Duration STALL = Duration.ofSeconds(30);

  @TempDir private Path folder;

  /// One run of this process can open one token alone, so that there is one test.
  @Test
  @Tag("long")
  void k11ATokenThatStallsForHalfAMinuteDropsNoFlowClosesNewNamesAndRecoversAlone()
      throws Exception {
    Missing.skipUnlessFound("cc", "gcc");
    var stalled = folder.resolve("stalled");
    try (var token = new TestToken(folder);
        var lab =
            Lab.startWith(folder, Lab.GATEWAY + token.asKey(module(stalled)), Lab.policy(ALLOW));
        var origin = Origin.tls(folder, lab.root.leaf("*.shop.test"))) {
      var target = "open.shop.test:" + origin.port();
      assertThat(status(lab, origin, "known.shop.test")).isEqualTo(200);
      try (var open = RawClient.tls(lab, target, "http/1.1")) {
        Files.createFile(stalled);
        var outcomes = new ArrayList<Integer>();
        long stalls = System.nanoTime();
        for (int i = 0; i < 3 || System.nanoTime() - stalls < STALL.toNanos(); i++) {
          long begun = System.nanoTime();
          // Neither a mimic nor a page can be signed: the handshake is not completed.
          outcomes.add(status(lab, origin, "new" + i + ".shop.test"));
          assertThat(Duration.ofNanos(System.nanoTime() - begun))
              .isLessThan(Duration.ofSeconds(15));
          assertThat(status(lab, origin, "known.shop.test")).isEqualTo(200);
        }
        assertThat(outcomes).containsOnly(0);
        assertThat(keptAlive(open, target)).isEqualTo(200);
        assertThat(origin.record().stream().filter(line -> line.has("host")).toList().toString())
            .doesNotContain("new0.", "new1.", "new2.");

        Files.delete(stalled);
        Awaitility.await("new names to be served again")
            .atMost(Duration.ofSeconds(30))
            .until(() -> status(lab, origin, "later.shop.test") == 200);
        assertThat(status(lab, origin, "new0.shop.test")).isEqualTo(200);
        assertThat(keptAlive(open, target)).isEqualTo(200);
      }
    }
  }

  private static int keptAlive(RawClient client, String target) {
    return client.send("GET / HTTP/1.1\r\nHost: " + target + "\r\n\r\n").status();
  }

  private static int status(Lab lab, Origin origin, String host) {
    return Curl.through(lab, origin.url(host, "/")).status();
  }

  /// SoftHSM2 behind a module that signs nothing while the file is there.
  private Path module(Path stalled) {
    var module = folder.resolve("stalling_token.so");
    try (var compiler =
        Program.start(
            folder,
            "cc",
            "-shared",
            "-fPIC",
            "-O1",
            "-Wall",
            "-DMODULE=\"" + TestToken.module() + "\"",
            "-DSTALLED=\"" + stalled + "\"",
            "-o",
            module.toString(),
            "src/test/c/stalling_token.c",
            "-Wl,--no-as-needed",
            TestToken.module().toString(),
            "-Wl,-rpath," + TestToken.module().getParent(),
            "-ldl")) {
      assertThat(compiler.awaitEnd()).as(compiler.said()).isZero();
    }
    return module;
  }
}

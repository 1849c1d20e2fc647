package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Downloads that a client asks for part by part.
@ExtendWith(Failures.class)
class CutRangesTest {
  private static final String CONTENT = "the card 4111 1111 1111 1111, thanks";
  private static final int HALF = 18;

  @TempDir private Path folder;

  @Test
  void b9WhatIsLookedForIsFoundInADownloadOfTwoHalves() {
    var rules =
        """
        - {name: leak, when: "request.url_path == '/inspected' && response.body.count('credit-card') >= 1", then: block}
        - {name: all, when: true, then: allow}
        """;
    try (var lab = Lab.start(folder, rules);
        var origin = RawOrigin.tls(lab.root.leaf("shop.test"), CutRangesTest::answer)) {
      var target = "shop.test:" + origin.port();
      for (String range : List.of("0-" + (HALF - 1), HALF + "-" + (CONTENT.length() - 1))) {
        var inspected = ask(lab, target, "/inspected", range);
        assertThat(inspected.status()).as(range).isEqualTo(403);
        assertThat(inspected.text()).contains("x-menura-rule: leak");
        assertThat(ask(lab, target, "/other", range).status()).as(range).isEqualTo(206);
      }
      assertThat(origin.receivedWith("/inspected"))
          .hasSize(2)
          .allSatisfy(head -> assertThat(head.toLowerCase(Locale.ROOT)).doesNotContain("range:"));
    }
  }

  private static RawClient.Answer ask(Lab lab, String target, String path, String range) {
    try (var client = RawClient.tls(lab, target, "http/1.1")) {
      return client.send(
          "GET "
              + path
              + " HTTP/1.1\r\nHost: "
              + target
              + "\r\nRange: bytes="
              + range
              + "\r\nIf-Range: \"v1\"\r\nConnection: close\r\n\r\n");
    }
  }

  private static boolean answer(String head, OutputStream out) throws IOException {
    var asked = head.toLowerCase(Locale.ROOT);
    var status = "200 OK";
    var content = CONTENT;
    if (asked.contains("range: bytes=0-")) {
      status = "206 Partial Content";
      content = CONTENT.substring(0, HALF);
    } else if (asked.contains("range: bytes=")) {
      status = "206 Partial Content";
      content = CONTENT.substring(HALF);
    }
    out.write(
        RawClient.latin1(
            "HTTP/1.1 "
                + status
                + "\r\nContent-Length: "
                + content.length()
                + "\r\n\r\n"
                + content));
    return true;
  }
}

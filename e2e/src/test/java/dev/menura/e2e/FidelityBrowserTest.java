package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.TestCertificate;
import dev.menura.certificates.testing.VariedShapes;
import dev.menura.e2e.ManyOrigins.Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The varied certificates of `FidelityTest`, as Chromium finds them directly, and their mimics, as
/// it finds them through the gateway. Holds `docs/fidelity.md` to what came out;
/// `-Dgolden.update=true` writes its table anew.
@Tag("long")
@ExtendWith(Failures.class)
class FidelityBrowserTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final String ALLOW = "- {name: all, when: true, then: allow}";
  private static final Path PAGE = Path.of("../docs/fidelity.md");
  private static final String HEAD = "| certificate | original | mimic | why they differ |";

  /// Where Chromium's answers differ, and why.
  private static final Map<String, String> WHY =
      Map.of(
          "P-521", "Chromium has no handshakes with such keys; the mimic's is P-384",
          "Ed25519", "Chromium has no handshakes with such keys; the mimic's is P-256");

  @TempDir private Path folder;

  /// @param original what Chromium made of the original, directly
  /// @param mimic what it made of the mimic, through the gateway
  private record Outcome(String what, String original, String mimic) {
    boolean isAlike() {
      return original.equals(mimic);
    }

    String line() {
      return "| %s | %s | %s | %s |\n".formatted(what, original, mimic, WHY.getOrDefault(what, ""));
    }
  }

  /// The number of requests, once a page that was accepted has been counted: the browser may tell
  /// of it before the origin does.
  private static long counted(ManyOrigins origins, String what, String verdict, long before) {
    if (verdict.equals("accepted")) {
      try {
        Awaitility.await().atMost(PATIENCE).until(() -> origins.requests(what) > before);
      } catch (ConditionTimeoutException e) {
        return before;
      }
    }
    return origins.requests(what);
  }

  @Test
  void chromiumAcceptsTheMimicsOfWhatItAccepts() throws Exception {
    var outcomes = new ArrayList<Outcome>();
    try (var lab = Lab.start(Files.createDirectory(folder.resolve("data")), ALLOW);
        var origins = new ManyOrigins();
        var direct =
            Browser.direct(Files.createDirectory(folder.resolve("direct")), lab.originRoot());
        var proxied =
            Browser.start(
                Files.createDirectory(folder.resolve("proxied")), lab.proxy(), lab.ca())) {
      for (String what : VariedShapes.of("any.test", Clock.systemUTC()).keySet()) {
        var host = "www.f" + outcomes.size() + ".test";
        var shape = Objects.requireNonNull(VariedShapes.of(host, Clock.systemUTC()).get(what));
        int port = origins.serve(what, server(lab.root.leaf(shape))).orElseThrow();
        var url = "https://" + host + ":" + port + "/";
        long before = origins.requests(what);
        var original = direct.verdict(url);
        long between = counted(origins, what, original, before);
        var mimic = proxied.verdict(url);
        long after = counted(origins, what, mimic, between);
        assertThat(between > before).as(what).isEqualTo(original.equals("accepted"));
        // A page of the gateway's own would be accepted too.
        outcomes.add(
            new Outcome(
                what,
                original,
                mimic.equals("accepted") && after == between ? "refused by the gateway" : mimic));
      }
    }
    var table = outcomes.stream().map(Outcome::line).collect(Collectors.joining());
    Files.writeString(Path.of("target/fidelity-browser.txt"), table);

    assertThat(outcomes).hasSizeGreaterThanOrEqualTo(30);
    assertThat(outcomes.stream().filter(each -> !each.isAlike()).map(Outcome::what))
        .as(table)
        .containsExactlyInAnyOrderElementsOf(WHY.keySet());
    assertThat(outcomes).as(table).allMatch(each -> each.mimic().equals("accepted"));
    holdsThePage(table);
  }

  private static Server server(TestCertificate certificate) throws CertificateEncodingException {
    var chain = new ArrayList<byte[]>();
    for (var each : certificate.chain()) {
      chain.add(each.getEncoded());
    }
    return new Server(List.copyOf(chain), certificate.privateKey().getEncoded());
  }

  /// The table's rows are what follows its head and the line below it, up to the end.
  private static void holdsThePage(String table) throws java.io.IOException {
    var page = Files.readString(PAGE);
    int from = page.indexOf('\n', page.indexOf('\n', page.indexOf(HEAD)) + 1) + 1;
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(PAGE, page.substring(0, from) + table);
    } else {
      assertThat(page.substring(from)).isEqualTo(table);
    }
  }
}

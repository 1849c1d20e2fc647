package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.e2e.ManyOrigins.Server;
import dev.menura.e2e.OriginMatrix.Row;
import dev.menura.e2e.OriginMatrix.Served;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What Envoy makes of a certificate by itself: every origin of the matrix whose certificate is
/// refused shows a sound one to the look, and its own to the connection that follows. Holds
/// `docs/trust.md` to what was let through; `-Dgolden.update=true` writes its table anew.
@ExtendWith(Failures.class)
class EnvoyAloneTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";
  private static final Path PAGE = Path.of("../docs/trust.md");
  private static final String HEAD =
      "| origin | what it is | what the look would have said | rule |\n|---|---|---|---|\n";

  /// A row of the matrix's page whose certificate is refused; other reasons begin with `origin-`.
  private static final Pattern REFUSED =
      Pattern.compile(
          "\\| `(?<id>[^`]+)` \\| [^|]+ \\| [^|]+ \\| `(?<problem>(?!origin-)[^`]+)` \\|");

  @TempDir private Path folder;

  @Test
  void letsThroughWhatThePageSaysAndNothingElse() throws Exception {
    var refused =
        REFUSED
            .matcher(Files.readString(Path.of("../docs/origin-matrix.md")))
            .results()
            .collect(Collectors.toMap(row -> row.group("id"), row -> row.group("problem")));
    assertThat(refused).hasSizeGreaterThan(50);
    holdsThePage(letThrough(refused));
  }

  private String letThrough(Map<String, String> refused) throws Exception {
    var table = new StringBuilder();
    try (var lab = Lab.start(Files.createDirectory(folder.resolve("data")), ALLOW);
        var site = new IssuerSite();
        var origins = new ManyOrigins()) {
      var matrix = new OriginMatrix(site);
      var roots = matrix.roots().stream().map(Forged::pem).collect(Collectors.joining());
      lab.trust("webpki-strict", roots, ALLOW);
      awaitRoots(lab, matrix, origins);
      for (Row row : matrix.rows()) {
        if (refused.containsKey(row.id())
            && matrix.turningBad(row).served() instanceof Served.ByGo(Server server)
            && reached(lab, origins, row, server)) {
          table.append(
              "| `%s` | %s | `%s` | %s |\n"
                  .formatted(row.id(), row.what(), refused.get(row.id()), row.rule()));
        }
      }
    }
    return table.toString();
  }

  /// Envoy takes the new roots over a moment later than the look does.
  private static void awaitRoots(Lab lab, OriginMatrix matrix, ManyOrigins origins) {
    var sound = matrix.rows().getFirst();
    if (!(sound.served() instanceof Served.ByGo(Server server))) {
      throw new AssertionError("the first row is served otherwise");
    }
    int port = origins.serve(sound.id(), server).orElseThrow();
    Awaitility.await("the new roots")
        .atMost(Duration.ofSeconds(20))
        .until(() -> Curl.through(lab, url(sound, port)).status() == 200);
  }

  private static String url(Row row, int port) {
    return "https://" + row.host() + ":" + port + "/";
  }

  /// Whether the origin has got a request. The client has a mimic of the sound certificate.
  private static boolean reached(Lab lab, ManyOrigins origins, Row row, Server server) {
    int port = origins.serve(row.id(), server).orElseThrow();
    var answer = Curl.through(lab, url(row, port));
    assertThat(answer.issuer()).as(row.id() + ": " + answer.log()).contains("Menura CA");
    assertThat(answer.status()).as(row.id() + ": " + answer.body()).isIn(200, 502);
    boolean reached = answer.status() == 200;
    assertThat(origins.requests(row.id())).as(row.id()).isEqualTo(reached ? 1 : 0);
    return reached;
  }

  /// The table ends at a blank line.
  private static void holdsThePage(String table) throws IOException {
    var page = Files.readString(PAGE);
    assertThat(page).contains(HEAD);
    int from = page.indexOf(HEAD) + HEAD.length();
    int to = page.indexOf("\n\n", from - 1) + 1;
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(PAGE, page.substring(0, from) + table + page.substring(to));
    } else {
      assertThat(page.substring(from, to)).isEqualTo(table);
    }
  }
}

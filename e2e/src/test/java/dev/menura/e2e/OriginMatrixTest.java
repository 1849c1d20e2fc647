package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.authority.CertificateAuthority;
import dev.menura.certificates.authority.Crypto;
import dev.menura.certificates.authority.Leaf;
import dev.menura.certificates.authority.MintLimits;
import dev.menura.certificates.authority.Minter;
import dev.menura.certificates.x509.OriginName;
import dev.menura.e2e.ManyOrigins.Server;
import dev.menura.e2e.OriginMatrix.Row;
import dev.menura.e2e.OriginMatrix.Served;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Every origin of the matrix, as Chromium finds it directly and as a client finds it through the
/// gateway, which trusts the same roots and holds them to the rules of the public web. Holds
/// `docs/origin-matrix.md` to what came out; `-Dgolden.update=true` writes its table anew.
@ExtendWith(Failures.class)
class OriginMatrixTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";
  private static final String ACCEPTED = "accepted";
  private static final Path PAGE = Path.of("../docs/origin-matrix.md");
  private static final String HEAD = "| origin | what it is | Chromium | Menura | rule |";

  /// The origins whose keys Chromium cannot use in a handshake, so that it never sees whether their
  /// certificate is sound, and for which the rule asks all the same that they are reached.
  private static final List<String> BEYOND_CHROMIUM = List.of("p521");

  /// One row of most kinds, of those that take no time; the first is sound.
  private static final List<String> SOME =
      List.of(
          "p256",
          "expired",
          "self-signed",
          "wrong-host",
          "nul",
          "leaf-signs",
          "nc-not-permitted",
          "any-purpose",
          "rc4",
          "rsa-exchange",
          "own-authority");

  /// Why a row's rule asks for what Menura alone refuses, where its words do not say it.
  private static final Map<String, String> WHY =
      Map.of(
          "any-purpose",
          "U8: x509-limbo refuses it below the public web's rules (`purposes-of-servers`)");

  /// @param chromium what Chromium made of it directly: `accepted`, or its own name of the error
  /// @param menura what a client was given through the gateway: `accepted`, or the reason
  private record Outcome(Row row, String chromium, String menura) {
    boolean chromiumAccepts() {
      return chromium.equals(ACCEPTED);
    }

    boolean menuraAccepts() {
      return menura.equals(ACCEPTED);
    }

    String line() {
      return "| `%s` | %s | %s | %s | %s |\n"
          .formatted(
              row.id(),
              row.what(),
              word(chromium),
              word(menura),
              WHY.getOrDefault(row.id(), row.rule()));
    }

    private static String word(String text) {
      return text.equals(ACCEPTED) ? text : "`" + text + "`";
    }
  }

  @TempDir private Path folder;

  @Test
  @Tag("long")
  void acceptsNothingThatChromiumRefusesAndNamesTheRuleForWhatItRefusesAlone() throws Exception {
    var outcomes = outcomes(_ -> true);
    assertThat(outcomes).hasSizeGreaterThanOrEqualTo(100);
    keepsToChromium(outcomes);
    holdsThePage(outcomes.stream().map(Outcome::line).collect(Collectors.joining()));
  }

  @Test
  void getsTheVerdictsOfThePageForARowOfEachKind() throws Exception {
    var outcomes = outcomes(row -> SOME.contains(row.id()));
    assertThat(outcomes).hasSameSizeAs(SOME);
    keepsToChromium(outcomes);
    assertThat(Files.readString(PAGE)).contains(outcomes.stream().map(Outcome::line).toList());
  }

  private List<Outcome> outcomes(Predicate<Row> which) throws Exception {
    var outcomes = new ArrayList<Outcome>();
    var report = Files.writeString(Path.of("target/origin-matrix.txt"), "");
    try (var lab = Lab.start(Files.createDirectory(folder.resolve("data")), ALLOW);
        var site = new IssuerSite();
        var origins = new ManyOrigins()) {
      var matrix = new OriginMatrix(site);
      var roots = matrix.roots().stream().map(Forged::pem).collect(Collectors.joining());
      lab.trust("webpki-strict", roots, ALLOW);
      var trusted = new ArrayList<Path>();
      for (Forged root : matrix.roots()) {
        trusted.add(
            Files.writeString(folder.resolve("root-" + trusted.size() + ".pem"), root.pem()));
      }
      // As it is for whoever uses the gateway: its own authority is trusted.
      trusted.add(lab.ca());
      var rows = new ArrayList<>(matrix.rows());
      rows.add(ofOurOwn(lab));
      rows.removeIf(which.negate());
      try (var chromium =
          Browser.direct(
              Files.createDirectory(folder.resolve("home")), trusted.toArray(Path[]::new))) {
        for (Row row : rows) {
          var outcome = judge(lab, chromium, origins, row, outcomes.isEmpty());
          outcomes.add(outcome);
          Files.writeString(report, outcome.line(), StandardOpenOption.APPEND);
        }
      }
    }
    return outcomes;
  }

  private static void keepsToChromium(List<Outcome> outcomes) {
    assertThat(
            outcomes.stream()
                .filter(Outcome::menuraAccepts)
                .filter(each -> !each.chromiumAccepts())
                .filter(each -> !BEYOND_CHROMIUM.contains(each.row().id()))
                .toList())
        .as("accepted, though Chromium refuses it")
        .isEmpty();
    assertThat(
            outcomes.stream()
                .filter(each -> !each.menuraAccepts() && each.chromiumAccepts())
                .filter(each -> each.row().rule().isEmpty())
                .toList())
        .as("refused without an attack that asks for it, though Chromium accepts it")
        .isEmpty();
  }

  private Outcome judge(Lab lab, Browser chromium, ManyOrigins origins, Row row, boolean first)
      throws IOException {
    switch (row.served()) {
      case Served.ByGo(Server server) -> {
        int port = origins.serve(row.id(), server).orElseThrow();
        return judge(lab, chromium, row, port, first);
      }
      case Served.ByOpenSsl(Forged leaf, List<String> flags) -> {
        try (var server =
            OpensslServer.startWithAny(folder, leaf.pem(), leaf.keyPem(), "", flags)
                .orElseThrow()) {
          return judge(lab, chromium, row, server.port(), first);
        }
      }
    }
  }

  private static Outcome judge(Lab lab, Browser chromium, Row row, int port, boolean first) {
    var url = "https://" + row.host() + ":" + port + "/";
    if (first) {
      // Envoy takes the new roots over a moment later than the look does.
      Awaitility.await("the new roots")
          .atMost(Duration.ofSeconds(20))
          .until(() -> Curl.through(lab, url).status() == 200);
    }
    var answer = Curl.through(lab, url);
    var menura =
        answer.status() == 200 && answer.issuer().contains("Menura CA")
            ? ACCEPTED
            : reason(lab, row, answer);
    return new Outcome(row, chromium.verdict(url), menura);
  }

  private static String reason(Lab lab, Row row, Curl answer) {
    var event = lab.awaitConnection(row.host());
    var problem = event.tls().problem();
    var reason = event.common().reason();
    return problem != null ? problem : reason != null ? reason : "status " + answer.status();
  }

  /// An origin with a certificate of the gateway's own authority.
  private static Row ofOurOwn(Lab lab) throws AuthorityException {
    Leaf leaf;
    try (var minter =
        new Minter(
            CertificateAuthority.open(
                lab.data.resolve("ca"), Crypto.preferred(), Clock.systemUTC(), new SecureRandom()),
            MintLimits.DEFAULT,
            Crypto.preferred(),
            Clock.systemUTC(),
            new SecureRandom(),
            new SimpleMeterRegistry())) {
      leaf = minter.blockPage(OriginName.of("own-authority.test"));
    }
    return new Row(
        "own-authority",
        "issued by the gateway's own authority",
        "U12",
        "own-authority.test",
        new Served.ByGo(
            new Server(Pems.of(leaf.certificatePem()), Pems.of(leaf.keyPem()).getFirst())));
  }

  /// The table's rows are what follows its head and the line below it, up to the end.
  private static void holdsThePage(String table) throws IOException {
    var page = Files.readString(PAGE);
    int from = page.indexOf('\n', page.indexOf('\n', page.indexOf(HEAD)) + 1) + 1;
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(PAGE, page.substring(0, from) + table);
    } else {
      assertThat(page.substring(from)).isEqualTo(table);
    }
  }
}

package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.e2e.FrontingMatrix.Cell;
import dev.menura.e2e.RawClient.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Every cell of the fronting matrix through the real Envoy, over HTTP/1.1 and HTTP/2. Holds
/// `docs/fronting.md` to what came out; `-Dgolden.update=true` writes its tables anew.
@ExtendWith(Failures.class)
class FrontingMatrixTest {
  private static final Path PAGE = Path.of("../docs/fronting.md");
  private static final String HEAD =
      "| certificate for | CONNECT | server name | host | HTTP/1.1 | HTTP/2 |\n|---|---|---|---|---|---|\n";
  private static final String KEPT_HEAD =
      "| request on the kept connection | HTTP/1.1 | HTTP/2 |\n|---|---|---|\n";
  private static final Pattern REASON =
      Pattern.compile("sni-host-mismatch|certificate-wrong-host|host-mismatch");

  private static final List<String> ALPN = List.of("http/1.1", "h2");

  @TempDir private Path folder;

  @Test
  void b2ConnectHostServerNameHostAndCertificateMustAgree() throws IOException {
    var table = new StringBuilder();
    try (var lab = Lab.start(folder, FrontingMatrix.RULES)) {
      for (var names : FrontingMatrix.CERTIFICATES) {
        try (var origin = Origin.tls(folder, lab.root.leaf(names.toArray(String[]::new)))) {
          for (Cell cell : FrontingMatrix.cells()) {
            if (cell.certificate().equals(names)) {
              table.append(row(lab, origin, cell));
            }
          }
          var paths =
              FrontingMatrix.cells().stream()
                  .filter(cell -> cell.certificate().equals(names) && cell.reachesTheOrigin())
                  .flatMap(cell -> ALPN.stream().map(alpn -> path(cell, alpn)));
          assertThat(origin.record().stream().filter(line -> line.has("path")))
              .extracting(line -> line.get("path").getAsString())
              .containsExactlyInAnyOrderElementsOf(paths.toList());
        }
      }
    }
    assertThat(FrontingMatrix.cells()).hasSizeGreaterThanOrEqualTo(64);
    holdsThePage(HEAD, table.toString(), "fronting.txt");
  }

  @Test
  void b1EachRequestOfAKeptConnectionIsJudgedByItsOwnHost() throws IOException {
    var table = new StringBuilder();
    try (var lab = Lab.start(folder, FrontingMatrix.RULES);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test", "bank.test", "127.0.0.1"))) {
      var target = "shop.test:" + origin.port();
      var sent = new ArrayList<String>();
      var hosts =
          List.of(
              "shop.test",
              "bank.test",
              "shop.test",
              "127.0.0.1",
              "SHOP.TEST",
              "www.shop.test",
              "shop.test",
              "shop.test.bank.test",
              "bank.test",
              "shop.test");
      try (var one = RawClient.tls(lab, target, "http/1.1");
          var two = RawClient.tls(lab, target, "h2")) {
        var http2 = two.http2();
        for (int i = 0; i < hosts.size(); i++) {
          var host = hosts.get(i);
          var named = host + ":" + origin.port();
          var path = "/kept-" + i;
          var first = one.send("GET " + path + "-1 HTTP/1.1\r\nHost: " + named + "\r\n\r\n");
          var second = http2.ask(2 * i + 1, RawHttp2.request("GET", named, path + "-2"));
          boolean same = host.equalsIgnoreCase("shop.test");
          var expected = same ? "forwarded" : "host-mismatch";
          assertThat(verdict(first)).as(host + " over HTTP/1.1").isEqualTo(expected);
          assertThat(verdict(second)).as(host + " over HTTP/2").isEqualTo(expected);
          assertThat(first.status()).isEqualTo(same ? 200 : 421);
          assertThat(second.status()).isEqualTo(same ? 200 : 421);
          if (same) {
            sent.addAll(List.of(path + "-1", path + "-2"));
            origin.awaitRequest(path + "-2");
          }
          table.append(
              "| %d. `%s` | %s | %s |\n".formatted(i + 1, host, verdict(first), verdict(second)));
        }
      }
      assertThat(origin.record().stream().filter(line -> line.has("path")))
          .extracting(line -> line.get("path").getAsString())
          .containsExactlyElementsOf(sent);
    }
    holdsThePage(KEPT_HEAD, table.toString(), "fronting-kept.txt");
  }

  private static String row(Lab lab, Origin origin, Cell cell) {
    var verdicts = new ArrayList<String>();
    for (String alpn : ALPN) {
      var path = path(cell, alpn);
      var verdict = ask(lab, origin, cell, alpn, path);
      assertThat(verdict).as(cell + " over " + alpn).isEqualTo(cell.expected());
      if (cell.reachesTheOrigin()) {
        origin.awaitRequest(path);
      }
      verdicts.add(verdict);
    }
    return "| %s | `%s` | %s | `%s` | %s |\n"
        .formatted(
            cell.certificate().stream()
                .map(name -> "`" + name + "`")
                .collect(Collectors.joining(" ")),
            cell.target(),
            cell.serverName().equals(FrontingMatrix.NONE) ? "none" : "`" + cell.serverName() + "`",
            cell.host(),
            String.join(" | ", verdicts));
  }

  private static String path(Cell cell, String alpn) {
    return "/%s/%s/%s/%s"
        .formatted(alpn.replace("/", ""), cell.target(), cell.serverName(), cell.host());
  }

  private static String ask(Lab lab, Origin origin, Cell cell, String alpn, String path) {
    var name =
        Optional.of(cell.serverName())
            .filter(text -> !text.equals(FrontingMatrix.NONE))
            .map(RawClient::latin1);
    var tunnel = RawClient.tunnel(lab, cell.target() + ":" + origin.port()).handshake(name, alpn);
    if (tunnel.isEmpty()) {
      return "closed";
    }
    try (var client = tunnel.get()) {
      var host = cell.host() + ":" + origin.port();
      var answer =
          alpn.equals("h2")
              ? client.http2().ask(1, RawHttp2.request("GET", host, path))
              : client.get(host, path);
      boolean own =
          client.certificate().getIssuerX500Principal().getName().contains("Menura test origins");
      return own && answer.status() == 200 ? "passed through" : verdict(answer);
    }
  }

  private static String verdict(Answer answer) {
    if (answer.status() == 200) {
      return "forwarded";
    }
    var reason = REASON.matcher(answer.text());
    return reason.find() ? reason.group() : "status " + answer.status();
  }

  /// The table's rows are what follows its head, up to an empty line or the end.
  private static void holdsThePage(String head, String table, String report) throws IOException {
    Files.writeString(Path.of("target", report), head + table);
    var page = Files.readString(PAGE);
    assertThat(page).contains(head);
    int from = page.indexOf(head) + head.length();
    int blank = page.indexOf("\n\n", from - 1);
    int to = blank < 0 ? page.length() : blank + 1;
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(PAGE, page.substring(0, from) + table + page.substring(to));
    } else {
      assertThat(page.substring(from, to)).isEqualTo(table);
    }
  }
}

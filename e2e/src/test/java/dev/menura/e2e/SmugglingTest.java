package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Requests whose end one reader finds where another does not. An origin sees nothing of them, or
/// exactly one request whose end is beyond doubt.
@ExtendWith(Failures.class)
class SmugglingTest {
  private static final Pattern REQUEST_LINE = Pattern.compile("[A-Z]+ [^ \r\n]+ HTTP/1\\.[01]\r\n");
  private static final String SECOND =
      "GET /smuggled HTTP/1.1\r\nHost: TARGET\r\nConnection: close\r\n\r\n";

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Lab lab;

  @SuppressWarnings("NullAway.Init")
  private static RawOrigin tls;

  @SuppressWarnings("NullAway.Init")
  private static RawOrigin clear;

  @BeforeAll
  static void start() {
    lab =
        Lab.start(
            folder,
            """
            - {name: odd, when: size(request.path) > 4000, then: block}
            - {name: all, when: true, then: allow}
            """);
    tls = RawOrigin.tls(lab.root.leaf("shop.test"), RawOrigin.OK);
    clear = RawOrigin.clear(RawOrigin.OK);
  }

  @AfterAll
  static void stop() {
    tls.close();
    clear.close();
    lab.close();
  }

  /// @param fields the lines of the head behind the request line and Host, each with its end
  /// @param body what follows the head
  /// @param refused whether it is refused; else it is that, or one sound request
  private record Form(String what, String fields, String body, boolean refused) {}

  private static Form refused(String what, String fields, String body) {
    return new Form(what, fields, body, true);
  }

  private static Form sound(String what, String fields, String body) {
    return new Form(what, fields, body, false);
  }

  private static List<Form> forms() {
    var end = "0\r\n\r\n";
    return List.of(
        refused("CL.TE", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", end + SECOND),
        refused("TE.CL", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", end + SECOND),
        refused("TE of another name", "Transfer-Encoding: xchunked\r\n", end + SECOND),
        refused("TE not last", "Transfer-Encoding: chunked, identity\r\n", end + SECOND),
        refused("TE twice", te("chunked") + te("x"), end + SECOND),
        refused("TE twice, chunked", te("chunked") + te("chunked"), end + SECOND),
        refused("TE in quotes", te("\"chunked\""), end + SECOND),
        refused("TE with VT", te("\u000bchunked"), end + SECOND),
        refused("blank before the colon", "Transfer-Encoding : chunked\r\n", end + SECOND),
        refused(
            "TE and Content-Length by LF",
            "X: y\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n",
            end + SECOND),
        sound("TE in mixed case", te("cHuNkEd"), end),
        sound("TE behind a tab", "Transfer-Encoding:\tchunked\r\n", end),
        sound("TE by another name", "Transfer_Encoding: chunked\r\nContent-Length: 0\r\n", ""),
        refused("two lengths", cl("5") + cl("0"), "12345" + SECOND),
        refused("lengths in a list", cl("0, 5"), "12345" + SECOND),
        refused("a sign", cl("+5"), "12345" + SECOND),
        refused("a negative length", cl("-1"), SECOND),
        refused("a hexadecimal length", cl("0x5"), "12345" + SECOND),
        refused("a length with a blank", cl("5 5"), "12345" + SECOND),
        refused("a length beyond 64 bits", cl("18446744073709551621"), "12345" + SECOND),
        refused("no length", cl(""), "12345" + SECOND),
        sound("one length twice", cl("5") + cl("5"), "12345"),
        sound("ends of lines by LF alone", "X: y\nContent-Length: 0\n", ""),
        sound("a folded line", "X: a\r\n b\r\nContent-Length: 0\r\n", ""),
        refused(
            "a folded TE", "Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n", end + SECOND),
        sound("a chunk extension", te("chunked"), "5;a=b\r\n12345\r\n" + end),
        refused("a chunk extension with LF", te("chunked"), "5;a\nb\r\n12345\r\n" + end + SECOND),
        refused(
            "a size beyond 64 bits",
            te("chunked"),
            "10000000000000005\r\n12345\r\n" + end + SECOND),
        refused("a negative size", te("chunked"), "-5\r\n12345\r\n" + end + SECOND),
        refused("a size with 0x", te("chunked"), "0x5\r\n12345\r\n" + end + SECOND),
        refused("no size", te("chunked"), "\r\n12345\r\n" + end + SECOND),
        sound("a chunk longer than it says", te("chunked"), "3\r\n12345\r\n" + end),
        refused("NUL in a value", "X: a\0b\r\n", ""),
        refused("NUL in a name", "X\0Y: a\r\n", ""),
        sound("CR in a value", "X: a\rContent-Length: 5\r\n", ""),
        refused("no colon", "Nothing\r\n", ""),
        refused("an empty name", ": a\r\n", ""),
        refused("a blank in a name", "X Y: a\r\n", ""),
        sound("another Host", "Host: bank.test\r\n", ""));
  }

  private static String te(String value) {
    return "Transfer-Encoding: " + value + "\r\n";
  }

  private static String cl(String value) {
    return "Content-Length: " + value + "\r\n";
  }

  @Test
  void p1InsideATunnelNoRequestHidesInAnother() {
    var target = "shop.test:" + tls.port();
    atOnce(
        "/p1-tunnel-",
        (form, path) -> {
          try (var client = RawClient.tls(lab, target, "http/1.1")) {
            judge(form, client.exhaust(text(form, path, target)), tls, path);
          }
        });
    try (var client = RawClient.tls(lab, target, "http/1.1")) {
      assertThat(client.get(target, "/still-served").status()).isEqualTo(200);
    }
  }

  @Test
  void p1ThroughTheProxyInClearNoRequestHidesInAnother() {
    var target = "clear.test:" + clear.port();
    atOnce(
        "/p1-clear-",
        (form, path) -> {
          try (var client = RawClient.to(lab)) {
            judge(form, client.exhaust(text(form, "http://" + target + path, target)), clear, path);
          }
        });
  }

  /// All at the same time: some are answered only when Envoy has waited long enough for more.
  private static void atOnce(String path, BiConsumer<Form, String> check) {
    var forms = forms();
    var problems = new ConcurrentSkipListMap<String, String>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < forms.size(); i++) {
        var form = forms.get(i);
        var its = path + i + "-";
        threads.execute(() -> {
          try {
            check.accept(form, its);
          } catch (AssertionError e) {
            problems.put(form.what(), String.valueOf(e.getMessage()));
          }
        });
      }
    }
    assertThat(problems).isEmpty();
  }

  private static String text(Form form, String uri, String target) {
    return ("POST "
            + uri
            + " HTTP/1.1\r\nHost: TARGET\r\nConnection: close\r\n"
            + form.fields()
            + "\r\n"
            + form.body())
        .replace("TARGET", target);
  }

  private static void judge(Form form, String answer, RawOrigin origin, String path) {
    var seen = origin.receivedWith(path);
    var about = form.what() + " was answered " + answer + " and the origin saw " + seen;
    assertThat(origin.receivedWith("/smuggled")).as(about).isEmpty();
    assertThat(answer.split("HTTP/1.1 ", -1).length - 1).as(about).isLessThanOrEqualTo(1);
    if (form.refused()) {
      assertThat(answer.isEmpty() || answer.startsWith("HTTP/1.1 4")).as(about).isTrue();
    }
    for (String all : seen) {
      var head = all.substring(all.indexOf(path));
      assertThat(REQUEST_LINE.matcher(all).results().filter(line -> line.group().contains(path)))
          .as(about)
          .hasSize(1);
      assertThat(head.toLowerCase(java.util.Locale.ROOT))
          .as(about)
          .satisfies(text ->
              assertThat(text.contains("content-length:") && text.contains("transfer-encoding:"))
                  .isFalse());
      assertThat(form.refused() && head.contains("\r\n0\r\n\r\n")).as(about).isFalse();
    }
  }

  @Test
  void p2NothingOfHttp2BecomesASecondRequestOfHttp1() {
    var target = "shop.test:" + tls.port();
    var injected = " HTTP/1.1\r\nHost: " + target + "\r\n\r\nGET /smuggled HTTP/1.1\r\nX: y";
    var rows = new ArrayList<List<Map.Entry<String, String>>>();
    for (String pseudo : List.of(":method", ":scheme", ":path", ":authority")) {
      for (String bad : List.of(injected, "\r\nx: y", "\nx: y", "\rx", "\0", " ")) {
        rows.add(with(target, pseudo, value(target, pseudo) + bad));
      }
      rows.add(with(target, pseudo, ""));
      rows.add(without(target, pseudo));
      rows.add(plus(target, pseudo, value(target, pseudo)));
    }
    for (String bad : List.of("a\r\nx: y", "a\nx: y", "a\rb", "a\0b", "a\r\n\r\nGET /smuggled")) {
      rows.add(plus(target, "x-value", bad));
    }
    for (String bad : List.of("x\r\ny", "x y", "x:y", "x\0y", "Upper", ":unknown", "", "x\ny: z")) {
      rows.add(plus(target, bad, "a"));
    }
    rows.add(plus(target, "transfer-encoding", "chunked"));
    rows.add(plus(target, "connection", "keep-alive"));
    rows.add(plus(target, "connection", "x-menura"));
    rows.add(plus(target, "keep-alive", "5"));
    rows.add(plus(target, "proxy-connection", "keep-alive"));
    rows.add(plus(target, "upgrade", "h2c"));
    rows.add(plus(target, "content-length", "5"));
    rows.add(plus(target, "content-length", "+0"));
    rows.add(plus(target, "content-length", "0, 1"));
    for (var row : rows) {
      try (var client = RawClient.tls(lab, target, "h2")) {
        var answer = client.http2().ask(1, row);
        assertThat(answer.status()).as(row + " was answered " + answer).isIn(0, 400, 403, 404, 421);
      }
    }
    assertThat(tls.receivedWith("smuggled")).isEmpty();
    assertThat(tls.receivedWith("/p2")).isEmpty();
  }

  @Test
  void p2ALengthThatIsNotTheBodysReachesNoOriginAsAWhole() {
    var target = "shop.test:" + tls.port();
    for (int length : new int[] {0, 2, 4, 100}) {
      try (var client = RawClient.tls(lab, target, "h2")) {
        var http2 = client.http2();
        var fields = plus(target, "content-length", String.valueOf(length));
        http2.headers(1, RawHttp2.END_HEADERS, fields);
        http2.write(RawHttp2.frame(RawHttp2.DATA, RawHttp2.END_STREAM, 1, RawClient.latin1("abc")));
        assertThat(http2.answer(1).status()).as("length " + length).isIn(0, 400, 502);
      }
    }
    assertThat(tls.receivedWith("/p2"))
        .allSatisfy(all -> assertThat(all).doesNotContain("\r\nabc"));
  }

  @Test
  void p2AnUpgradeToHttp2InClearIsNotMade() {
    var fields =
        """
        Connection: Upgrade, HTTP2-Settings\r
        Upgrade: h2c\r
        HTTP2-Settings: AAMAAABkAAQAAP__\r
        \r
        """;
    var inside = "shop.test:" + tls.port();
    try (var client = RawClient.tls(lab, inside, "http/1.1")) {
      var head = "GET /h2c HTTP/1.1\r\nHost: " + inside + "\r\n";
      assertThat(client.send(head + fields).status()).isNotEqualTo(101);
    }
    var outside = "clear.test:" + clear.port();
    try (var client = RawClient.to(lab)) {
      var head = "GET http://" + outside + "/h2c HTTP/1.1\r\nHost: " + outside + "\r\n";
      assertThat(client.send(head + fields).status()).isNotEqualTo(101);
    }
    assertThat(Stream.concat(tls.received().stream(), clear.received().stream()))
        .noneMatch(all -> all.toLowerCase(java.util.Locale.ROOT).contains("upgrade: h2c"));
  }

  private static String value(String target, String pseudo) {
    return RawHttp2.request("GET", target, "/p2").stream()
        .filter(field -> field.getKey().equals(pseudo))
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  private static List<Map.Entry<String, String>> with(String target, String name, String value) {
    return RawHttp2.request("GET", target, "/p2").stream()
        .map(field -> field.getKey().equals(name) ? Map.entry(name, value) : field)
        .toList();
  }

  private static List<Map.Entry<String, String>> without(String target, String name) {
    return RawHttp2.request("GET", target, "/p2").stream()
        .filter(field -> !field.getKey().equals(name))
        .toList();
  }

  private static List<Map.Entry<String, String>> plus(String target, String name, String value) {
    var fields = new ArrayList<>(RawHttp2.request("GET", target, "/p2"));
    fields.add(Map.entry(name, value));
    return fields;
  }
}

package dev.menura.extproc.exchange;

import static dev.menura.extproc.exchange.Playbook.block;
import static dev.menura.extproc.exchange.Playbook.closed;
import static dev.menura.extproc.exchange.Playbook.playbook;
import static dev.menura.extproc.exchange.Playbook.requestBody;
import static dev.menura.extproc.exchange.Playbook.requestHeaders;
import static dev.menura.extproc.exchange.Playbook.responseBody;
import static dev.menura.extproc.exchange.Playbook.responseGoes;
import static dev.menura.extproc.exchange.Playbook.responseHeaders;
import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.inspect.Frames;
import dev.menura.policy.Policy;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// WebSockets whose messages a rule asks about.
class WebSocketPlaybookTest {
  private static final String NUMBER = "4111 1111 1111 1111";
  private static final String OUT = "request.body.count('credit-card') >= ";
  private static final String IN = "response.body.count('credit-card') >= ";
  private static final String GOES = "request goes without [sec-websocket-extensions]";

  private static Policy policy(String... rules) {
    var yaml =
        new StringBuilder(
            """
            apiVersion: menura.dev/v1
            kind: Policy
            metadata: {name: sockets}
            spec:
              limits: {inspected-bytes: 1000, held-bytes: 500}
              rules:
            """);
    for (String rule : rules) {
      yaml.append("    - ").append(rule).append('\n');
    }
    return Policies.load(yaml + "    - {name: all, when: true, then: allow}\n");
  }

  private static String blocks(String name, String when, String hold) {
    return "{name: %s, when: \"%s\", then: block, hold: %s}".formatted(name, when, hold);
  }

  private static Event.RequestHeaders upgrade() {
    return requestHeaders(
        "GET",
        "/",
        "connection",
        "Upgrade",
        "upgrade",
        "WebSocket",
        "sec-websocket-extensions",
        "permessage-deflate");
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String fromClient(String text) {
    return text(Frames.fromClient(text));
  }

  private static String fromServer(String text) {
    return text(Frames.fromServer(text));
  }

  /// An open socket under rules of which at least one asks about requests.
  private static Playbook open(String... rules) {
    return playbook(policy(rules))
        .responseBodiesAlways()
        .in(upgrade())
        .out(GOES)
        .in(responseHeaders(101))
        .out(responseGoes());
  }

  private static String ended(String rule) {
    return "close: 1008 blocked by " + rule + ", c1/r1";
  }

  private static Event.RequestBody sent(String bytes) {
    return Playbook.body(bytes);
  }

  private static Event.ResponseBody received(String bytes) {
    return Playbook.answer(bytes);
  }

  @Test
  void messagesGoOneByOne() {
    open(blocks("cards", OUT + 1, "all"))
        .in(sent(fromClient("hello")))
        .out(requestBody(fromClient("hello")))
        .in(received(fromServer("digits 4111")))
        .out(responseBody(fromServer("digits 4111")))
        .in(sent(fromClient("digits 4111")))
        .out(requestBody(fromClient("digits 4111")));
  }

  @Test
  void aMessageWaitsUntilItIsWhole() {
    String message = fromClient("one two three");
    open(blocks("cards", OUT + 1, "all"))
        .in(sent(message.substring(0, 9)))
        .out()
        .in(sent(message.substring(9)))
        .out(requestBody(message));
  }

  @Test
  void aMessageThatWaitsForNothingButTheWindowFlows() {
    String message = fromClient("one two 4111 three");
    open(blocks("cards", OUT + 1, "window"))
        .in(sent(message.substring(0, 18)))
        .out(requestBody(message.substring(0, 14)))
        .in(sent(message.substring(18)))
        .out(requestBody(message.substring(14)));
  }

  @Test
  void aNumberInAMessageEndsTheSocketAndStaysHere() {
    Playbook book =
        open(blocks("cards", OUT + 1, "all"))
            .in(received(fromServer("welcome")))
            .out(responseBody(fromServer("welcome")))
            .in(sent(fromClient("hello")))
            .out(requestBody(fromClient("hello")))
            .in(sent(fromClient(NUMBER)))
            .out(ended("cards"))
            .in(closed())
            .out();
    assertThat(book.event().common().verdict()).isEqualTo("block");
    assertThat(book.event().common().rule()).isEqualTo("cards");
    assertThat(book.heldNow()).isZero();
  }

  @Test
  void aNumberBeforeTheServerHasSaidAnythingEndsTheSocketWithoutAWord() {
    Playbook book =
        open(blocks("cards", OUT + 1, "all")).in(sent(fromClient(NUMBER))).out(block("cards", 403));
    assertThat(book.event().common().verdict()).isEqualTo("block");
  }

  @Test
  void aNumberFromTheServerStaysHereAlsoBehindARuleAboutTheClient() {
    Playbook book =
        open(blocks("out", OUT + 1, "window"), blocks("in", IN + 1, "window"))
            .in(received(fromServer("welcome")))
            .out(responseBody(fromServer("welcome")))
            .in(received(fromServer("your card is " + NUMBER + ".")))
            .out(ended("in"));
    assertThat(book.event().common().rule()).isEqualTo("in");
  }

  @Test
  void aNumberThatComesWhileTheServersMessageIsHalfSentCutsTheSocket() {
    String half = fromServer("half a message").substring(0, 8);
    open(blocks("out", OUT + 1, "all"))
        .in(received(half))
        .out(responseBody(half))
        .in(sent(fromClient(NUMBER)))
        .out(Playbook.cut("out"));
  }

  @Test
  void ruleThatAllowsAFewNumbersCountsThoseOfAllMessages() {
    open(blocks("cards", OUT + 2, "all"))
        .in(received(fromServer("welcome")))
        .out(responseBody(fromServer("welcome")))
        .in(sent(fromClient(NUMBER)))
        .out(requestBody(fromClient(NUMBER)))
        .in(sent(fromClient("again " + NUMBER)))
        .out(requestBody(fromClient("again " + NUMBER)))
        .in(sent(fromClient("5555 5555 5555 4444")))
        .out(ended("cards"));
  }

  @Test
  void whatIsOnlyReportedIsCountedAndHoldsNothing() {
    Playbook book =
        playbook(policy("{name: watch, when: \"" + OUT + "1\", then: alert}"))
            .responseBodiesAlways()
            .in(upgrade())
            .out(GOES)
            .in(responseHeaders(101))
            .out(responseGoes())
            .in(sent(fromClient(NUMBER).substring(0, 8)))
            .out(requestBody(fromClient(NUMBER).substring(0, 8)))
            .in(sent(fromClient(NUMBER).substring(8)))
            .out(requestBody(fromClient(NUMBER).substring(8)))
            .in(closed())
            .out();
    assertThat(book.event().alerts()).containsKey("watch");
    assertThat(book.event().findings()).isNotEmpty();
  }

  @Test
  void aSocketThatClosesIsRecordedAsAllowed() {
    Playbook book =
        open(blocks("cards", OUT + 1, "all"))
            .in(sent(fromClient("hello")))
            .out(requestBody(fromClient("hello")))
            .in(closed())
            .out();
    assertThat(book.event().common().verdict()).isEqualTo("allow");
    assertThat(book.event().common().rule()).isEqualTo("all");
    assertThat(book.event().status()).isEqualTo(101);
  }

  @Test
  void whatAreNoFramesEndsTheSocket() {
    Playbook book =
        open(blocks("cards", OUT + 1, "all"))
            .in(received(fromServer("welcome")))
            .out(responseBody(fromServer("welcome")))
            .in(sent(fromServer("not masked")))
            .out(ended("cards"));
    assertThat(book.event().common().rule()).isEqualTo("cards");
    assertThat(book.event().common().reason()).isEqualTo("limit:malformed-frames");
  }

  @Test
  void aServersFramesThatCannotBeReadEndTheSocketWhereARuleBehindAsksAboutThem() {
    Playbook book =
        open(blocks("out", OUT + 1, "all"), blocks("in", IN + 1, "all"))
            .in(received(fromServer("welcome")))
            .out(responseBody(fromServer("welcome")))
            .in(received(fromClient("masked")))
            .out(ended("in"));
    assertThat(book.event().common().rule()).isEqualTo("in");
  }

  @Test
  void aServersFramesAreNoConcernOfARuleAboutTheClient() {
    open(blocks("out", OUT + 1, "all"))
        .in(received(fromClient("masked")))
        .out(responseBody(fromClient("masked")));
  }

  @Test
  void aMessageThatIsTooLongToHoldEndsTheSocket() {
    open(blocks("cards", OUT + 1, "all"))
        .in(received(fromServer("welcome")))
        .out(responseBody(fromServer("welcome")))
        .in(sent(fromClient("x".repeat(600))))
        .out(requestBody(fromClient("x".repeat(600))))
        .in(sent(fromClient("x".repeat(600)).substring(0, 590)))
        .out(ended("cards"));
  }

  @Test
  void aMessageThatIsTooLongToInspectEndsTheSocket() {
    open(blocks("cards", OUT + 1, "window"))
        .in(received(fromServer("welcome")))
        .out(responseBody(fromServer("welcome")))
        .in(sent(fromClient("x".repeat(1001))))
        .out(ended("cards"));
  }

  @Test
  void aSocketOfWhichOnlyTheAnswersAreAskedAboutIsFollowed() {
    playbook(policy(blocks("in", IN + 1, "all")))
        .headersOnly()
        .in(upgrade())
        .out(GOES + ", response body asked for")
        .in(responseHeaders(101))
        .out(responseGoes())
        .in(received(fromServer("welcome")))
        .out(responseBody(fromServer("welcome")))
        .in(received(fromServer(NUMBER)))
        .out(ended("in"));
  }

  @Test
  void anUpgradeThatTheOriginTurnsDownIsAnsweredAsUsual() {
    Playbook book =
        playbook(policy(blocks("out", OUT + 1, "all"), blocks("in", IN + 1, "all")))
            .responseBodiesAlways()
            .in(upgrade())
            .out(GOES)
            .in(responseHeaders(404))
            .out()
            .in(Playbook.lastAnswer("no #1234"))
            .out(block("in", 403));
    assertThat(book.event().common().verdict()).isEqualTo("block");
    book =
        playbook(policy(blocks("out", OUT + 1, "all")))
            .responseBodiesAlways()
            .in(upgrade())
            .out(GOES)
            .in(responseHeaders(404))
            .out(responseGoes())
            .in(Playbook.lastAnswer("no"))
            .out(Playbook.responseBodyEnd("no"))
            .in(closed())
            .out();
    assertThat(book.event().common().verdict()).isEqualTo("allow");
  }

  @Test
  void extensionsStayWhereNothingIsRead() {
    playbook(policy(blocks("other", "request.path != '/' && " + OUT + 1, "all")))
        .responseBodiesAlways()
        .in(upgrade())
        .out("request goes");
  }
}

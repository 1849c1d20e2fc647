package dev.menura.extproc.exchange;

import static dev.menura.extproc.exchange.Playbook.block;
import static dev.menura.extproc.exchange.Playbook.body;
import static dev.menura.extproc.exchange.Playbook.closed;
import static dev.menura.extproc.exchange.Playbook.cut;
import static dev.menura.extproc.exchange.Playbook.lastBody;
import static dev.menura.extproc.exchange.Playbook.playbook;
import static dev.menura.extproc.exchange.Playbook.requestBody;
import static dev.menura.extproc.exchange.Playbook.requestBodyEnd;
import static dev.menura.extproc.exchange.Playbook.requestGoes;
import static dev.menura.extproc.exchange.Playbook.requestHeaders;
import static dev.menura.extproc.exchange.Playbook.requestTrailers;
import static dev.menura.extproc.exchange.Playbook.requestTrailersGo;
import static dev.menura.extproc.exchange.Playbook.respond;
import static dev.menura.extproc.exchange.Playbook.responseGoes;
import static dev.menura.extproc.exchange.Playbook.wholeRequest;
import static dev.menura.extproc.exchange.Playbook.wholeResponse;
import static dev.menura.extproc.exchange.Policies.ALERT;
import static dev.menura.extproc.exchange.Policies.ALLOW;
import static dev.menura.extproc.exchange.Policies.BLOCK;
import static dev.menura.extproc.exchange.Policies.allowAll;
import static dev.menura.extproc.exchange.Policies.cards;
import static dev.menura.extproc.exchange.Policies.policy;
import static dev.menura.extproc.exchange.Policies.rule;
import static dev.menura.extproc.exchange.Policies.setRequest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.Policy;
import dev.menura.policy.Rule;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestPlaybookTest {
  private static final Policy CARDS = policy(rule("cards", cards(2), BLOCK), allowAll());
  private static final Policy WINDOW =
      policy(
          rule("cards", new Rule.Hold.Window(), Rule.OnLimit.BLOCK, cards(2), BLOCK), allowAll());

  @Test
  void requestWithoutBodyGoesAtOnce() {
    Playbook book =
        playbook(CARDS)
            .in(wholeRequest("GET", "/a?secret=1"))
            .out(requestGoes())
            .in(wholeResponse(204))
            .out(responseGoes());
    assertThat(book.event().common().verdict()).isEqualTo("allow");
    assertThat(book.event().common().rule()).isEqualTo("everything-else");
    assertThat(book.event().path()).isEqualTo("/a");
    assertThat(book.event().status()).isEqualTo(204);
    assertThat(book.event().common().id()).isEqualTo("c1/r1");
  }

  @Test
  void requestThatRuleBlocksByItsHeadGetsThePage() {
    Playbook book =
        playbook(policy(rule("no-posts", new Condition.Method("POST"), BLOCK), allowAll()))
            .in(requestHeaders("POST", "/"))
            .out(block("no-posts", 403))
            .in(body("ignored"))
            .out()
            .in(closed())
            .out();
    assertThat(book.event().common().verdict()).isEqualTo("block");
    assertThat(book.event().status()).isEqualTo(403);
  }

  @Test
  void whereNoRuleIsTrueTheAnswerIsBlock() {
    Playbook book =
        playbook(policy(rule("gets", new Condition.Method("GET"), ALLOW)))
            .in(wholeRequest("POST", "/"))
            .out(respond(403));
    assertThat(book.event().common().rule()).isNull();
    assertThat(book.event().common().reason()).isEqualTo("no-rule");
  }

  @Test
  void heldRequestGoesWholeWhenItsVerdictIsAllow() {
    playbook(CARDS)
        .in(requestHeaders("POST", "/"))
        .out()
        .in(body("one #1111 "))
        .out()
        .in(body("and "))
        .out()
        .in(lastBody("no more"))
        .out(requestGoes(), requestBodyEnd("one #1111 and no more"));
  }

  @Test
  void heldRequestThatIsBlockedLeavesNothingBehind() {
    Playbook book =
        playbook(CARDS)
            .in(requestHeaders("POST", "/"))
            .out()
            .in(body("one #1111 two #22"))
            .out()
            .in(body("22 three"))
            .out(block("cards", 403))
            .in(lastBody("late"))
            .out();
    assertThat(book.heldNow()).isZero();
    assertThat(book.event().findings()).hasSize(1);
    assertThat(book.event().findings().getFirst().count()).isEqualTo(2);
    assertThat(book.event().findings().getFirst().part()).isEqualTo("request");
  }

  @Test
  void trailersEndABody() {
    playbook(CARDS)
        .in(requestHeaders("POST", "/"))
        .out()
        .in(body("abc"))
        .out()
        .in(requestTrailers())
        .out(requestGoes(), requestBody("abc"), requestTrailersGo());
  }

  @Test
  void endThatIsSaidTwiceIsAnsweredOnce() {
    playbook(CARDS)
        .in(requestHeaders("POST", "/"))
        .out()
        .in(lastBody("abc"))
        .out(requestGoes(), requestBodyEnd("abc"))
        .in(lastBody(""))
        .out();
  }

  @Test
  void emptyBodyIsAnswered() {
    playbook(CARDS)
        .in(requestHeaders("POST", "/"))
        .out()
        .in(lastBody(""))
        .out(requestGoes(), requestBodyEnd(""));
  }

  @Test
  void pastItsHoldARequestFlowsThroughTheWindow() {
    String much = "x".repeat(101);
    playbook(CARDS)
        .in(requestHeaders("POST", "/"))
        .out()
        .in(body("x".repeat(100)))
        .out()
        .in(body("y#1"))
        .out(requestGoes(), requestBody("x".repeat(100) + "y"))
        .in(body("x" + much))
        .out(requestBody("#1x" + much))
        .in(body("#1111"))
        .out()
        .in(lastBody("end"))
        .out(requestBodyEnd("#1111end"));
  }

  @Test
  void windowLetsTheHeadGoAtOnceAndNothingFromTheFirstFindingOn() {
    playbook(WINDOW)
        .in(requestHeaders("POST", "/"))
        .out(requestGoes())
        .in(body("abc #11"))
        .out(requestBody("abc "))
        .in(body("11 def"))
        .out()
        .in(body("#2222"))
        .out(block("cards", 403));
  }

  @Test
  void blockAfterTheResponseHasBegunCutsTheStream() {
    Playbook book =
        playbook(WINDOW)
            .responseBodiesAlways()
            .in(requestHeaders("POST", "/"))
            .out(requestGoes())
            .in(body("#1111"))
            .out()
            .in(Playbook.responseHeaders(200))
            .out(responseGoes())
            .in(Playbook.answer("so far so good"))
            .out(Playbook.responseBody("so far so good"))
            .in(body("#2222"))
            .out(cut("cards"));
    assertThat(book.event().common().verdict()).isEqualTo("block");
    assertThat(book.event().status()).isEqualTo(200);
  }

  @Test
  void moreThanHoldBehindAFindingIsDecidedByOnLimit() {
    Playbook book =
        playbook(CARDS)
            .in(requestHeaders("POST", "/"))
            .out()
            .in(body("#1111" + "x".repeat(95)))
            .out()
            .in(body("x"))
            .out(requestGoes(), block("cards", 403));
    assertThat(book.event().common().reason()).isEqualTo("limit:hold");
  }

  @Test
  void holdAllWaitsUpToTheHeldBytesLimit() {
    Policy all =
        policy(rule("cards", new Rule.Hold.All(), Rule.OnLimit.BLOCK, cards(1), BLOCK), allowAll());
    Playbook book =
        playbook(all)
            .in(requestHeaders("POST", "/"))
            .out()
            .in(body("x".repeat(500)))
            .out()
            .in(body("x"))
            .out(block("cards", 403));
    assertThat(book.event().common().reason()).isEqualTo("limit:held-bytes");
  }

  @Test
  void onLimitAllowLetsEverythingGo() {
    Policy all =
        policy(rule("cards", new Rule.Hold.All(), Rule.OnLimit.ALLOW, cards(1), BLOCK), allowAll());
    Playbook book =
        playbook(all)
            .in(requestHeaders("POST", "/"))
            .out()
            .in(body("x".repeat(501)))
            .out(requestGoes(), requestBody("x".repeat(501)))
            .in(lastBody("#1111"))
            .out(requestBodyEnd("#1111"))
            .in(wholeResponse(200))
            .out(responseGoes());
    assertThat(book.event().common().verdict()).isEqualTo("allow");
    assertThat(book.event().common().rule()).isEqualTo("cards");
    assertThat(book.event().common().reason()).isEqualTo("limit:held-bytes");
  }

  @Test
  void inspectedBytesAreCountedWhileTheBodyWaits() {
    Playbook book =
        playbook(CARDS).in(requestHeaders("POST", "/")).out().in(body("#4")).out().in(body("11"));
    assertThat(book.meters().get("menura.inspected").tag("part", "request").counter().count())
        .isEqualTo(4);
  }

  @Test
  void bodyThatCannotBeDecodedIsDecidedByOnLimit() {
    Playbook book =
        playbook(CARDS)
            .in(requestHeaders("POST", "/", "content-encoding", "compress"))
            .out()
            .in(body("x"))
            .out(block("cards", 403));
    assertThat(book.event().common().reason()).isEqualTo("limit:unknown-coding");
    assertThat(
            book.meters()
                .get("menura.scan.stops")
                .tag("reason", "unknown-coding")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void findingsThatDecideCountMoreThanALimitReachedWithThem() {
    playbook(CARDS)
        .in(requestHeaders("POST", "/"))
        .out()
        .in(body("#1111#2222" + "x".repeat(1000)))
        .out(block("cards", 403));
  }

  @Test
  void verdictOnTheHeadLetsTheBodyFlow() {
    playbook(policy(allowAll()))
        .in(requestHeaders("POST", "/"))
        .out(requestGoes())
        .in(body("#1111"))
        .out(requestBody("#1111"))
        .in(lastBody("#2222"))
        .out(requestBodyEnd("#2222"));
  }

  @Test
  void watcherSeesABodyThatNothingHolds() {
    Policy watched = policy(rule("watch", cards(1), ALERT), allowAll());
    Playbook book =
        playbook(watched)
            .in(requestHeaders("POST", "/"))
            .out(requestGoes())
            .in(body("#11"))
            .out(requestBody("#11"))
            .in(lastBody("11"))
            .out(requestBodyEnd("11"))
            .in(wholeResponse(200))
            .out(responseGoes());
    assertThat(book.event().alerts()).containsEntry("watch", "true");
    assertThat(book.event().findings()).hasSize(1);
  }

  @Test
  void watcherThatCouldNotSeeTheBodyIsUnknown() {
    Policy watched = policy(rule("watch", cards(1), ALERT), allowAll());
    Playbook book =
        playbook(watched)
            .headersOnly()
            .in(requestHeaders("POST", "/"))
            .out(requestGoes())
            .in(wholeResponse(200))
            .out(responseGoes());
    assertThat(book.event().alerts()).containsEntry("watch", "unknown");
  }

  @Test
  void trueHeaderActionsChangeTheHead() {
    Policy tenant =
        policy(
            rule("tenant", new Condition.Method("POST"), setRequest("x-tenant", "ours")),
            rule("not-this", new Condition.Method("GET"), setRequest("x-other", "no")),
            rule("cards", cards(1), BLOCK),
            allowAll(),
            rule("behind", new Condition.Always(), setRequest("x-behind", "no")));
    playbook(tenant)
        .in(requestHeaders("POST", "/"))
        .out()
        .in(lastBody("abc"))
        .out(requestGoes() + " with {x-tenant=ours}", requestBodyEnd("abc"));
  }

  @Test
  void headThatLeavesBeforeTheVerdictLeavesWithItsChanges() {
    Policy tenant =
        policy(
            rule("cards", new Rule.Hold.Window(), Rule.OnLimit.BLOCK, cards(1), BLOCK),
            rule("tenant", new Condition.Method("POST"), setRequest("x-tenant", "ours")),
            allowAll(),
            rule("behind", new Condition.Always(), setRequest("x-behind", "no")));
    playbook(tenant).in(requestHeaders("POST", "/")).out(requestGoes() + " with {x-tenant=ours}");
  }

  @Test
  void internalHeadersOfTheClientAreRemoved() {
    playbook(policy(allowAll()))
        .in(wholeRequest("GET", "/", "x-menura-rule", "forged"))
        .out(requestGoes() + " without [x-menura-rule]");
  }

  @Test
  void ruleThatNeedsABodyWhichEnvoyDoesNotSendFailsClosed() {
    Playbook book = playbook(CARDS).headersOnly().in(requestHeaders("POST", "/")).out(respond(503));
    assertThat(book.event().common().verdict()).isEqualTo("error");
    assertThat(book.event().common().reason()).isEqualTo("policy-changed");
  }

  @Test
  void moreThanAllExchangesMayHoldIsRefused() {
    HeldBytes budget = new HeldBytes(50);
    Playbook other =
        playbook(CARDS)
            .held(budget)
            .in(requestHeaders("POST", "/"))
            .out()
            .in(body("x".repeat(40)))
            .out();
    Playbook book =
        playbook(CARDS)
            .held(budget)
            .in(requestHeaders("POST", "/"))
            .out()
            .in(body("x".repeat(10)))
            .out()
            .in(body("x"))
            .out(respond(403));
    assertThat(book.event().common().reason()).isEqualTo("memory");
    assertThat(budget.held()).isEqualTo(40);
    other.in(closed()).out();
    assertThat(budget.held()).isZero();
  }

  @Test
  void upgradeToWhatCannotBeReadIsBlockedWhereARuleWaitsForABody() {
    Playbook book =
        playbook(CARDS)
            .in(
                requestHeaders(
                    "GET", "/", "connection", "keep-alive, Upgrade", "upgrade", "tail/1"))
            .out(respond(403));
    assertThat(book.event().common().reason()).isEqualTo("cannot-inspect-upgrade");
  }

  @Test
  void upgradeThatNoRuleLooksIntoFlows() {
    playbook(policy(allowAll()))
        .in(requestHeaders("GET", "/", "connection", "Upgrade", "upgrade", "websocket"))
        .out(requestGoes())
        .in(Playbook.responseHeaders(101))
        .out(responseGoes())
        .in(body("frame"))
        .out(requestBody("frame"));
  }

  @Test
  void clientThatLeavesBeforeTheVerdictIsRecordedOnce() {
    Playbook book =
        playbook(CARDS)
            .in(requestHeaders("POST", "/"))
            .out()
            .in(body("x"))
            .out()
            .in(closed())
            .out()
            .in(closed())
            .out();
    assertThat(book.event().common().verdict()).isEqualTo("error");
    assertThat(book.event().common().reason()).isEqualTo("closed-early");
    assertThat(book.heldNow()).isZero();
  }

  @Test
  void answerOfEnvoyItselfPassesWhileTheRequestIsHeldForEver() {
    Playbook book =
        playbook(CARDS)
            .in(requestHeaders("POST", "/"))
            .out()
            .in(body("x"))
            .out()
            .in(wholeResponse(408))
            .out(responseGoes())
            .in(lastBody("y"))
            .out()
            .in(closed())
            .out();
    assertThat(book.event().status()).isEqualTo(408);
    assertThat(book.event().common().reason()).isEqualTo("answered-by-envoy");
  }

  @Test
  void answerOfEnvoyItselfToARequestThatNoGateHasSeenIsNotRecorded() {
    Playbook book =
        playbook(CARDS)
            .connection(ConnectionContext.UNKNOWN)
            .in(wholeResponse(400))
            .out(responseGoes())
            .in(closed())
            .out();
    assertThat(book.events()).isEmpty();
  }

  @Test
  void conditionThatFailsIsRecorded() {
    Policy failing =
        Policies.load(
            """
            apiVersion: menura.dev/v1
            kind: Policy
            metadata: {name: failing}
            spec:
              rules:
                - {name: broken, when: "request.headers['x-team'] == 'a'", then: allow}
                - {name: rest, when: true, then: allow}
            """);
    Playbook book =
        playbook(failing)
            .in(wholeRequest("GET", "/"))
            .out(requestGoes())
            .in(wholeResponse(200))
            .out(responseGoes());
    assertThat(book.event().common().rule()).isEqualTo("rest");
    assertThat(book.event().alerts().get("broken")).startsWith("failed: ");
  }

  /// Its messages are read whatever the call says of the coding of its body as a whole, which its
  /// receiver does not look at.
  @Test
  void aCallOfGrpcIsReadMessageByMessage() {
    for (String encoding : List.of("-", "identity", "Identity")) {
      playbook(CARDS)
          .in(
              requestHeaders(
                  "POST",
                  "/",
                  "content-type",
                  "application/grpc+proto",
                  "content-encoding",
                  encoding))
          .out()
          .in(body("\0\0\0\0\47" + "4111 1111 1111 1111,5555 5555 5555 4444"))
          .out(block("cards", 403));
    }
  }
}

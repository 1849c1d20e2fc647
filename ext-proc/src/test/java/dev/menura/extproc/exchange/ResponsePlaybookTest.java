package dev.menura.extproc.exchange;

import static dev.menura.extproc.exchange.Playbook.answer;
import static dev.menura.extproc.exchange.Playbook.block;
import static dev.menura.extproc.exchange.Playbook.body;
import static dev.menura.extproc.exchange.Playbook.cut;
import static dev.menura.extproc.exchange.Playbook.lastAnswer;
import static dev.menura.extproc.exchange.Playbook.lastBody;
import static dev.menura.extproc.exchange.Playbook.playbook;
import static dev.menura.extproc.exchange.Playbook.requestBody;
import static dev.menura.extproc.exchange.Playbook.requestBodyEnd;
import static dev.menura.extproc.exchange.Playbook.requestGoes;
import static dev.menura.extproc.exchange.Playbook.requestGoesAndAsksForTheResponseBody;
import static dev.menura.extproc.exchange.Playbook.requestHeaders;
import static dev.menura.extproc.exchange.Playbook.respond;
import static dev.menura.extproc.exchange.Playbook.responseBody;
import static dev.menura.extproc.exchange.Playbook.responseBodyEnd;
import static dev.menura.extproc.exchange.Playbook.responseGoes;
import static dev.menura.extproc.exchange.Playbook.responseHeaders;
import static dev.menura.extproc.exchange.Playbook.responseTrailers;
import static dev.menura.extproc.exchange.Playbook.responseTrailersGo;
import static dev.menura.extproc.exchange.Playbook.wholeRequest;
import static dev.menura.extproc.exchange.Playbook.wholeResponse;
import static dev.menura.extproc.exchange.Policies.ALERT;
import static dev.menura.extproc.exchange.Policies.BLOCK;
import static dev.menura.extproc.exchange.Policies.allowAll;
import static dev.menura.extproc.exchange.Policies.answeredCards;
import static dev.menura.extproc.exchange.Policies.cards;
import static dev.menura.extproc.exchange.Policies.policy;
import static dev.menura.extproc.exchange.Policies.rule;
import static dev.menura.extproc.exchange.Policies.setResponse;
import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.Policy;
import dev.menura.policy.Rule;
import org.junit.jupiter.api.Test;

class ResponsePlaybookTest {
  private static final Rule.Hold WINDOW = new Rule.Hold.Window();
  private static final Policy LEAKS = policy(rule("leaks", answeredCards(2), BLOCK), allowAll());
  private static final Policy WINDOWED =
      policy(rule("leaks", WINDOW, Rule.OnLimit.BLOCK, answeredCards(2), BLOCK), allowAll());

  /// A request that flows, undecided, and a response rule behind its rule.
  private static final Policy BOTH_WAYS =
      policy(
          rule("cards", WINDOW, Rule.OnLimit.BLOCK, cards(2), BLOCK),
          rule("teapots", new Condition.Code(418), BLOCK),
          allowAll());

  @Test
  void heldResponseGoesWholeWhenItsVerdictIsAllow() {
    Playbook book =
        playbook(LEAKS)
            .in(wholeRequest("GET", "/"))
            .out(requestGoesAndAsksForTheResponseBody())
            .in(responseHeaders(200))
            .out()
            .in(answer("abc"))
            .out()
            .in(lastAnswer("#1111"))
            .out(responseGoes(), responseBodyEnd("abc#1111"));
    assertThat(book.event().common().verdict()).isEqualTo("allow");
    assertThat(book.event().findings().getFirst().part()).isEqualTo("response");
  }

  @Test
  void heldResponseThatIsBlockedBecomesThePage() {
    Playbook book =
        playbook(LEAKS)
            .in(wholeRequest("GET", "/"))
            .out(requestGoesAndAsksForTheResponseBody())
            .in(responseHeaders(200))
            .out()
            .in(answer("#1111#2222"))
            .out(block("leaks", 403));
    assertThat(book.event().status()).isEqualTo(403);
    assertThat(book.heldNow()).isZero();
  }

  @Test
  void responseThatHasBegunIsCut() {
    Playbook book =
        playbook(WINDOWED)
            .in(wholeRequest("GET", "/"))
            .out(requestGoesAndAsksForTheResponseBody())
            .in(responseHeaders(200))
            .out(responseGoes())
            .in(answer("abc#1111"))
            .out(responseBody("abc"))
            .in(answer("#2222"))
            .out(cut("leaks"));
    assertThat(book.event().common().verdict()).isEqualTo("block");
    assertThat(book.event().common().rule()).isEqualTo("leaks");
    assertThat(book.event().status()).isEqualTo(200);
  }

  @Test
  void responseOfWhichOnlyTheHeadHasGoneIsReplacedIfEnvoyStillHoldsIt() {
    playbook(WINDOWED)
        .in(wholeRequest("GET", "/"))
        .out(requestGoesAndAsksForTheResponseBody())
        .in(responseHeaders(200))
        .out(responseGoes())
        .in(answer("#1111#2222"))
        .out(block("leaks", 403));
  }

  @Test
  void trailersEndAResponse() {
    playbook(LEAKS)
        .in(wholeRequest("GET", "/"))
        .out(requestGoesAndAsksForTheResponseBody())
        .in(responseHeaders(200))
        .out()
        .in(answer("abc"))
        .out()
        .in(responseTrailers())
        .out(responseGoes(), responseBody("abc"), responseTrailersGo());
  }

  @Test
  void responseWithoutBodyIsDecidedByItsHead() {
    playbook(LEAKS)
        .in(wholeRequest("HEAD", "/"))
        .out(requestGoesAndAsksForTheResponseBody())
        .in(wholeResponse(200))
        .out(responseGoes());
  }

  @Test
  void responseBodyIsNotAskedForWhereNoRuleThatCanDecideCountsIt() {
    Policy behind = policy(allowAll(), rule("leaks", answeredCards(1), BLOCK));
    playbook(behind)
        .in(wholeRequest("GET", "/"))
        .out(requestGoes())
        .in(responseHeaders(200))
        .out(responseGoes());
  }

  @Test
  void responseRuleNeverLetsOutARequestThatIsRefused() {
    Policy order =
        policy(
            rule("fine", new Condition.Code(200), Policies.ALLOW),
            rule("no-posts", new Condition.Method("POST"), BLOCK),
            allowAll());
    playbook(order).in(requestHeaders("POST", "/")).out(block("no-posts", 403));
  }

  @Test
  void codeThatTheRuleDoesNotMeanLetsTheResponseFlow() {
    Policy both =
        policy(
            rule("leaks", new Condition.Both(new Condition.Code(200), answeredCards(1)), BLOCK),
            allowAll());
    playbook(both)
        .in(wholeRequest("GET", "/"))
        .out(requestGoesAndAsksForTheResponseBody())
        .in(responseHeaders(404))
        .out(responseGoes())
        .in(lastAnswer("#1111"))
        .out(responseBodyEnd("#1111"));
  }

  @Test
  void watcherSeesAResponseThatNothingHolds() {
    Policy watched = policy(rule("watch", answeredCards(1), ALERT), allowAll());
    Playbook book =
        playbook(watched)
            .in(wholeRequest("GET", "/"))
            .out(requestGoesAndAsksForTheResponseBody())
            .in(responseHeaders(200))
            .out(responseGoes())
            .in(answer("#11"))
            .out(responseBody("#11"))
            .in(lastAnswer("11"))
            .out(responseBodyEnd("11"));
    assertThat(book.event().alerts()).containsEntry("watch", "true");
  }

  @Test
  void bodiesThatEnvoyAlwaysSendsNeedNoAsking() {
    playbook(LEAKS)
        .responseBodiesAlways()
        .in(wholeRequest("GET", "/"))
        .out(requestGoes())
        .in(responseHeaders(200))
        .out()
        .in(lastAnswer("abc"))
        .out(responseGoes(), responseBodyEnd("abc"));
    playbook(policy(allowAll()))
        .responseBodiesAlways()
        .in(wholeRequest("GET", "/"))
        .out(requestGoes())
        .in(responseHeaders(200))
        .out(responseGoes())
        .in(answer("abc"))
        .out(responseBody("abc"))
        .in(responseTrailers())
        .out(responseTrailersGo());
  }

  @Test
  void trueHeaderActionsChangeTheResponse() {
    Policy headers =
        policy(
            rule("mark", new Condition.Code(200), setResponse("x-seen", "yes")),
            rule("not-this", new Condition.Code(404), setResponse("x-other", "no")),
            allowAll());
    playbook(headers)
        .in(wholeRequest("GET", "/"))
        .out(requestGoes())
        .in(responseHeaders(200))
        .out(responseGoes() + " with {x-seen=yes}");
  }

  @Test
  void onLimitAllowLetsTheResponseGo() {
    Policy generous =
        policy(
            rule("leaks", new Rule.Hold.All(), Rule.OnLimit.ALLOW, answeredCards(1), BLOCK),
            allowAll());
    Playbook book =
        playbook(generous)
            .in(wholeRequest("GET", "/"))
            .out(requestGoesAndAsksForTheResponseBody())
            .in(responseHeaders(200, "content-encoding", "zap"))
            .out()
            .in(answer("abc"))
            .out(responseGoes(), responseBody("abc"))
            .in(lastAnswer("def"))
            .out(responseBodyEnd("def"));
    assertThat(book.event().common().reason()).isEqualTo("limit:unknown-coding");
  }

  @Test
  void switchedConnectionIsBlockedWhereARuleCountsWhatTheOriginSends() {
    Playbook book =
        playbook(LEAKS)
            .in(requestHeaders("GET", "/", "connection", "Upgrade", "upgrade", "tail/1"))
            .out(requestGoesAndAsksForTheResponseBody())
            .in(responseHeaders(101))
            .out(respond(403));
    assertThat(book.event().common().reason()).isEqualTo("cannot-inspect-upgrade");
  }

  @Test
  void refusedUpgradeIsInspectedLikeAnyResponse() {
    playbook(LEAKS)
        .in(requestHeaders("GET", "/", "connection", "Upgrade", "upgrade", "websocket"))
        .out(requestGoesAndAsksForTheResponseBody())
        .in(responseHeaders(403))
        .out()
        .in(lastAnswer("no"))
        .out(responseGoes(), responseBodyEnd("no"));
  }

  @Test
  void earlyResponseThatNoRuleCanRefuseGoesWhileTheRequestFlows() {
    playbook(BOTH_WAYS)
        .in(requestHeaders("POST", "/"))
        .out(requestGoes())
        .in(responseHeaders(200))
        .out(responseGoes())
        .in(body("abc"))
        .out(requestBody("abc"))
        .in(lastBody("def"))
        .out(requestBodyEnd("def"));
  }

  @Test
  void earlyResponseThatARuleMayRefuseWaitsForTheRequestsVerdict() {
    Playbook book =
        playbook(BOTH_WAYS)
            .in(requestHeaders("POST", "/"))
            .out(requestGoes())
            .in(responseHeaders(418))
            .out()
            .in(body("abc"))
            .out(requestBody("abc"))
            .in(lastBody("def"))
            .out(requestBodyEnd("def"), block("teapots", 403));
    assertThat(book.event().common().rule()).isEqualTo("teapots");
  }

  @Test
  void earlyResponseThatARuleInFrontRefusesIsRefusedAtOnce() {
    Policy front =
        policy(
            rule("teapots", new Condition.Code(418), BLOCK),
            rule("cards", WINDOW, Rule.OnLimit.BLOCK, cards(2), BLOCK),
            allowAll());
    playbook(front)
        .in(requestHeaders("POST", "/"))
        .out(requestGoes())
        .in(responseHeaders(418))
        .out(block("teapots", 403));
  }

  @Test
  void responseRuleThatCountsTheRequestSeesItWithoutHoldingIt() {
    Policy mixed =
        policy(
            rule("echo", new Condition.Both(cards(1), new Condition.Code(200)), BLOCK), allowAll());
    playbook(mixed)
        .in(requestHeaders("POST", "/"))
        .out(requestGoes())
        .in(lastBody("#1111"))
        .out(requestBodyEnd("#1111"))
        .in(responseHeaders(200))
        .out(block("echo", 403));
    playbook(mixed)
        .in(requestHeaders("POST", "/"))
        .out(requestGoes())
        .in(body("abc"))
        .out(requestBody("abc"))
        .in(responseHeaders(200))
        .out()
        .in(lastBody("def"))
        .out(requestBodyEnd("def"), responseGoes());
  }

  @Test
  void responseRuleThatCountsARequestWhichEnvoyDoesNotSendFailsClosed() {
    Policy mixed =
        policy(
            rule("echo", new Condition.Both(cards(1), new Condition.Code(200)), BLOCK), allowAll());
    Playbook book =
        playbook(mixed)
            .headersOnly()
            .in(requestHeaders("POST", "/"))
            .out(requestGoes())
            .in(responseHeaders(200))
            .out(respond(503));
    assertThat(book.event().common().reason()).isEqualTo("policy-changed");
  }
}

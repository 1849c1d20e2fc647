package dev.menura.extproc.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.event.GatewayEvent;
import dev.menura.extproc.exchange.GeneratedExchange.Message;
import dev.menura.extproc.inspect.BodyScan;
import dev.menura.policy.Action;
import dev.menura.policy.Decision;
import dev.menura.policy.Facts;
import dev.menura.policy.Outcome;
import dev.menura.policy.Phase;
import dev.menura.policy.Rule;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/// Runs one generated exchange and holds it against the oracle:
///
/// - the verdict of each side is that of a policy to which everything is known at once;
/// - while the answer is open, nothing at or behind the first counted finding leaves, and nothing
///   at all where the whole message is held; of what is refused nothing more ever does;
/// - what is let go arrives whole and in order;
/// - nothing is held, and no body asked for, where the verdict does not need it.
final class OracleRun {
  private static final Facts CONNECTION =
      Facts.of(Playbook.TRUSTED.connect())
          .with(Playbook.TRUSTED.hello())
          .with(Playbook.TRUSTED.upstreamCertificate());

  /// A body of which this much is known.
  private record Known(long cards, boolean complete) implements Facts.Body {
    @Override
    public long count(String kind) {
      return cards;
    }
  }

  private final GeneratedExchange given;
  private final ListPolicy oracle;
  private final List<GatewayEvent> events = new ArrayList<>();
  private final HeldBytes held = new HeldBytes(HeldBytes.MAX_DEFAULT);
  private final Exchange exchange;
  private final Wire wire;
  private final Deque<Event> requestLeft = new ArrayDeque<>();
  private final Deque<Event> responseLeft = new ArrayDeque<>();
  private final List<String> trace = new ArrayList<>();
  private int requestArrived;
  private boolean requestEnded;
  private int responseArrived;
  private boolean responseBegun;
  private boolean responseEnded;

  OracleRun(GeneratedExchange given) {
    this.given = given;
    this.oracle = new ListPolicy(given.rules(), given.limits());
    this.wire = new Wire(given.request().whole(), given.response().whole());
    this.exchange =
        new Exchanges(
                () -> Policies.real(given.rules(), given.limits()),
                BodyScan::of,
                held,
                events::add,
                new ExchangeMetrics(new SimpleMeterRegistry(), held),
                Clock.fixed(Playbook.NOW, ZoneOffset.UTC),
                () -> "r1")
            .open(
                new Streams(given.requestBodiesStreamed(), given.responseBodiesAlways()),
                Playbook.TRUSTED);
  }

  void run() {
    try {
      converse();
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError(
          Policies.yaml(given.rules(), given.limits()) + String.join("\n", trace), failure);
    }
  }

  private void converse() {
    sendRequestHead();
    checkRequestHead();
    boolean early = false;
    int pieces = 0;
    while (!wire.over() && !requestLeft.isEmpty()) {
      early |= pieces >= given.early() && wire.toOrigin.head;
      if (early) {
        sendResponse();
      }
      if (!wire.over()) {
        sendRequest(requestLeft.removeFirst());
        pieces++;
      }
    }
    if (!wire.over()) {
      assertThat(wire.toOrigin.head).as("a request that has come whole is decided").isTrue();
      while (!wire.over() && sendResponse()) {}
    }
    exchange.on(new Event.Closed());
    checkEnd();
  }

  private List<Reply> on(Event event) {
    trace.add(event.toString());
    List<Reply> replies = exchange.on(event);
    replies.forEach(reply -> trace.add("    " + Playbook.words(reply)));
    return replies;
  }

  private void sendRequestHead() {
    Message request = given.request();
    List<String> more =
        request.coding().isEmpty() ? List.of() : List.of("content-encoding", request.coding());
    Event.RequestHeaders head =
        Playbook.requestHeaders(given.method(), "/", more.toArray(String[]::new));
    requestEnded = request.whole();
    wire.take(on(new Event.RequestHeaders(head.headers(), request.whole())));
    if (!request.whole() && given.requestBodiesStreamed()) {
      for (int i = 0; i < request.pieces().size(); i++) {
        boolean last = i == request.pieces().size() - 1 && !request.trailers();
        requestLeft.add(
            new Event.RequestBody(Playbook.bytes(request.pieces().get(i).text()), last));
      }
      if (request.trailers()) {
        requestLeft.add(new Event.RequestTrailers(Map.of()));
      } else if (request.pieces().isEmpty()) {
        requestLeft.add(new Event.RequestBody(Playbook.bytes(""), true));
      }
    }
    requestEnded |= requestLeft.isEmpty();
  }

  private void sendRequest(Event event) {
    if (event instanceof Event.RequestBody body) {
      requestArrived += body.bytes().remaining();
      requestEnded = body.end();
    } else {
      requestEnded = true;
    }
    wire.take(on(event));
    checkOpen();
  }

  /// Sends what comes next of the response; false where nothing does.
  private boolean sendResponse() {
    Message response = given.response();
    if (!responseBegun) {
      responseBegun = true;
      List<String> more =
          response.coding().isEmpty() ? List.of() : List.of("content-encoding", response.coding());
      Event.ResponseHeaders head =
          Playbook.responseHeaders(given.code(), more.toArray(String[]::new));
      boolean streamed = given.responseBodiesAlways() || wire.responseBodyAskedFor;
      responseEnded = response.whole() || !streamed;
      queueResponse(response, streamed);
      wire.take(on(new Event.ResponseHeaders(head.headers(), response.whole())));
      checkOpen();
      return true;
    }
    if (responseLeft.isEmpty()) {
      return false;
    }
    Event event = responseLeft.removeFirst();
    if (event instanceof Event.ResponseBody body) {
      responseArrived += body.bytes().remaining();
      responseEnded = body.end();
    } else {
      responseEnded = true;
    }
    wire.take(on(event));
    checkOpen();
    return true;
  }

  private void queueResponse(Message response, boolean streamed) {
    if (response.whole() || !streamed) {
      return;
    }
    for (int i = 0; i < response.pieces().size(); i++) {
      boolean last = i == response.pieces().size() - 1 && !response.trailers();
      responseLeft.add(
          new Event.ResponseBody(Playbook.bytes(response.pieces().get(i).text()), last));
    }
    if (response.trailers()) {
      responseLeft.add(new Event.ResponseTrailers(Map.of()));
    } else if (response.pieces().isEmpty()) {
      responseLeft.add(new Event.ResponseBody(Playbook.bytes(""), true));
    }
  }

  // What is known at a moment, at the most: a scan can know of a finding only later than this.

  private Facts soFar() {
    Message request = given.request();
    Facts facts = CONNECTION.with(new Facts.RequestHead(given.method(), "/", "https", Map.of()));
    if (request.whole()) {
      facts = facts.withRequestBody(Facts.Body.EMPTY);
    } else if (given.requestBodiesStreamed()) {
      facts = facts.withRequestBody(known(request, requestArrived, requestEnded));
    }
    if (responseBegun) {
      facts = facts.with(new Facts.ResponseHead(given.code(), Map.of()));
      Message response = given.response();
      if (response.whole()) {
        facts = facts.withResponseBody(Facts.Body.EMPTY);
      } else if (given.responseBodiesAlways() || wire.responseBodyAskedFor) {
        facts = facts.withResponseBody(known(response, responseArrived, responseEnded));
      }
    }
    return facts;
  }

  private static Known known(Message message, int arrived, boolean ended) {
    if (ended) {
      return new Known(message.cards(), true);
    }
    String seen = message.sent().substring(0, arrived);
    long cards =
        GeneratedExchange.CARDS.stream()
            .filter(message.coding().isEmpty() ? seen::contains : card -> arrived > 0)
            .filter(message.plain()::contains)
            .count();
    return new Known(cards, false);
  }

  private Facts everything() {
    return CONNECTION
        .with(new Facts.RequestHead(given.method(), "/", "https", Map.of()))
        .withRequestBody(new Known(given.request().cards(), true))
        .with(new Facts.ResponseHead(given.code(), Map.of()))
        .withResponseBody(new Known(given.response().cards(), true));
  }

  private static Decision decided(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Decided(Decision decision) -> decision;
      case Outcome.Waiting waiting -> throw new AssertionError("the oracle waits: " + waiting);
    };
  }

  // Checks.

  private void checkRequestHead() {
    switch (oracle.onRequest(soFar())) {
      case Outcome.Decided(Decision decision) -> {
        boolean blocked = decision.action() instanceof Action.Block;
        assertThat(wire.answered != 0).as("blocked by its head").isEqualTo(blocked);
        assertThat(wire.toOrigin.head).as("not held without need").isEqualTo(!blocked);
        if (!blocked) {
          boolean needed =
              switch (oracle.onResponse(soFar(), decision)) {
                case Outcome.Decided(Decision known) -> watched(known);
                case Outcome.Waiting _ ->
                    oracle.mayNeed(soFar()).contains(Phase.RESPONSE_BODY) || watched(decision);
              };
          assertThat(wire.responseBodyAskedFor)
              .as("the response's body is asked for where it is needed")
              .isEqualTo(needed && !given.responseBodiesAlways());
        }
      }
      case Outcome.Waiting(Rule rule, var _, var _) ->
          assertThat(wire.toOrigin.head)
              .as("a head leaves before the verdict through the window only")
              .isEqualTo(rule.hold() instanceof Rule.Hold.Window);
    }
  }

  private boolean watched(Decision decision) {
    return oracle.watching(soFar(), decision).contains(Phase.RESPONSE_BODY);
  }

  /// Nothing leaves that has to wait.
  private void checkOpen() {
    if (wire.over()) {
      return;
    }
    Outcome request = oracle.onRequest(soFar());
    boolean limited = allowsByLimit();
    if (request instanceof Outcome.Waiting waiting && !limited) {
      checkWaits(given.request(), wire.toOrigin, waiting.rule(), requestArrived);
    }
    if (request instanceof Outcome.Decided(Decision decision)
        && decision.action() instanceof Action.Allow
        && responseBegun
        && !limited
        && oracle.onResponse(soFar(), decision) instanceof Outcome.Waiting waiting) {
      if (waiting.needs().contains(Phase.RESPONSE_BODY)) {
        checkWaits(given.response(), wire.toClient, waiting.rule(), responseArrived);
      }
    }
  }

  private void checkWaits(Message message, Wire.Line line, Rule rule, int arrived) {
    int left = plainBytes(message, line.body.toString());
    assertThat(left)
        .as("nothing from the first finding on")
        .isLessThanOrEqualTo(message.firstCard());
    if (uniformHold()) {
      switch (rule.hold()) {
        case Rule.Hold.All() -> assertThat(line.head).as("held whole").isFalse();
        case Rule.Hold.Window() -> assertThat(line.head).as("a window holds no head").isTrue();
        case Rule.Hold.UpTo(long bytes) ->
            assertThat(line.head).as("held up to " + bytes).isEqualTo(arrived > bytes);
      }
    }
  }

  private boolean uniformHold() {
    return given.rules().stream()
            .filter(rule -> !rule.equals(Policies.allowAll()))
            .map(rule -> rule.rule().hold())
            .distinct()
            .count()
        == 1;
  }

  private boolean allowsByLimit() {
    return given.rules().stream().anyMatch(rule -> rule.rule().onLimit() == Rule.OnLimit.ALLOW);
  }

  private void checkEnd() {
    assertThat(held.held()).as("nothing stays held").isZero();
    assertThat(events).as("one event").hasSize(1);
    GatewayEvent.ExchangeEvent event = (GatewayEvent.ExchangeEvent) events.getFirst();
    String reason = Optional.ofNullable(event.common().reason()).orElse("");
    if (reason.startsWith("limit:")) {
      checkLimit(event, reason);
      return;
    }
    Decision request = decided(oracle.onRequest(everything()));
    Decision verdict = decided(oracle.onResponse(everything(), request));
    boolean block = verdict.action() instanceof Action.Block;
    assertThat(event.common().verdict()).as("verdict").isEqualTo(block ? "block" : "allow");
    assertThat(wire.over()).isEqualTo(block);
    // A limit may have let the request go whose response was refused.
    boolean letGo = allowsByLimit() && responseBegun;
    if (!letGo) {
      checkRule(event, verdict);
    }
    if (request.action() instanceof Action.Block && letGo) {
      assertThat(wire.over()).isTrue();
    } else if (request.action() instanceof Action.Block) {
      checkRefused(given.request(), wire.toOrigin);
    } else if (block) {
      checkRefused(given.response(), wire.toClient);
    } else {
      checkArrived(given.request(), wire.toOrigin, given.requestBodiesStreamed());
      checkArrived(
          given.response(),
          wire.toClient,
          given.responseBodiesAlways() || wire.responseBodyAskedFor);
      checkAlerts(event, verdict);
    }
  }

  private void checkRule(GatewayEvent.ExchangeEvent event, Decision verdict) {
    List<Optional<String>> rules = new ArrayList<>();
    rules.add(verdict.rule().map(Rule::name));
    if (responseBegun && !requestEnded) {
      // Whatever the request would have come to, a rule in front of it refused what was answered.
      rules.addAll(earlyRefusals());
    }
    assertThat(Optional.ofNullable(event.common().rule())).as("rule").isIn(rules);
  }

  private List<Optional<String>> earlyRefusals() {
    List<Optional<String>> refusals = new ArrayList<>();
    for (Facts facts : List.of(soFar(), soFar().withRequestBody(new Known(0, false)))) {
      Optional<Rule> first =
          switch (oracle.onRequest(facts)) {
            case Outcome.Decided(Decision decision) -> decision.rule();
            case Outcome.Waiting waiting -> Optional.of(waiting.rule());
          };
      Decision inFront = new Decision(first, new Action.Allow(), Optional.empty());
      if (oracle.onResponse(facts, inFront) instanceof Outcome.Decided(Decision decision)) {
        refusals.add(decision.rule().map(Rule::name));
      }
    }
    return refusals;
  }

  private void checkRefused(Message message, Wire.Line line) {
    assertThat(line.end).as("what is refused never ends well").isFalse();
    assertThat(plainBytes(message, line.body.toString()))
        .as("nothing from the first finding on")
        .isLessThanOrEqualTo(message.firstCard());
  }

  private static void checkArrived(Message message, Wire.Line line, boolean streamed) {
    assertThat(line.head).isTrue();
    if (streamed) {
      assertThat(line.end).isTrue();
      assertThat(line.body.toString()).isEqualTo(message.sent());
    }
  }

  /// A limit has decided, as the rule that waited says.
  private void checkLimit(GatewayEvent.ExchangeEvent event, String reason) {
    ListPolicy.Entry rule =
        given.rules().stream()
            .filter(entry -> entry.rule().name().equals(event.common().rule()))
            .findFirst()
            .orElseThrow();
    if (event.common().verdict().equals("block")) {
      assertThat(rule.rule().onLimit()).isEqualTo(Rule.OnLimit.BLOCK);
      assertThat(wire.over()).isTrue();
    } else {
      assertThat(allowsByLimit()).isTrue();
      checkArrived(given.request(), wire.toOrigin, given.requestBodiesStreamed());
    }
    if (!given.tight()) {
      assertThat(reason).isEqualTo("limit:hold");
      assertThat(given.rules().stream().map(entry -> entry.rule().hold()))
          .anyMatch(Rule.Hold.UpTo.class::isInstance);
    }
  }

  private void checkAlerts(GatewayEvent.ExchangeEvent event, Decision verdict) {
    boolean allSeen =
        !given.tight()
            && given.requestBodiesStreamed()
            && (given.responseBodiesAlways() || wire.responseBodyAskedFor);
    for (var effect : oracle.effects(everything(), verdict)) {
      if (effect.action() instanceof Action.Alert) {
        String said = event.alerts().getOrDefault(effect.rule().name(), "");
        String truth = effect.rule().mode() == Rule.Mode.OBSERVE ? "observed" : "true";
        assertThat(said).isIn(allSeen ? List.of(truth) : List.of(truth, "unknown"));
      }
    }
  }

  /// How much of the plain body can be had from this much of the body as sent.
  private static int plainBytes(Message message, String sent) {
    if (message.coding().isEmpty() || sent.isEmpty()) {
      return sent.length();
    }
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    ByteArrayInputStream bytes =
        new ByteArrayInputStream(sent.getBytes(StandardCharsets.ISO_8859_1));
    try (InputStream in =
        message.coding().equals("gzip")
            ? new GZIPInputStream(bytes)
            : new InflaterInputStream(bytes)) {
      int next = in.read();
      while (next >= 0) {
        plain.write(next);
        next = in.read();
      }
    } catch (IOException _) {
      // The rest has not left.
      return plain.size();
    }
    return plain.size();
  }

  /// In a few words, how the exchange came out.
  String end() {
    GatewayEvent.ExchangeEvent event = (GatewayEvent.ExchangeEvent) events.getFirst();
    String reason = Optional.ofNullable(event.common().reason()).orElse("");
    if (reason.startsWith("limit:")) {
      return "limit " + event.common().verdict();
    }
    if (!wire.over()) {
      return "all went";
    }
    if (responseBegun) {
      return wire.toClient.head ? "response blocked in the window" : "response blocked whole";
    }
    return wire.toOrigin.head ? "request blocked in the window" : "request blocked whole";
  }
}

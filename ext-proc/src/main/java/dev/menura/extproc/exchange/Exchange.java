package dev.menura.extproc.exchange;

import dev.menura.extproc.inspect.BodyScan;
import dev.menura.policy.Decision;
import dev.menura.policy.Facts;
import dev.menura.policy.Outcome;
import dev.menura.policy.Phase;
import dev.menura.policy.Policy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One HTTP request and its response, decided by policy. Does no I/O; not thread-safe.
///
/// The policy is asked twice: whether the request may go, and whether the response may go. Each
/// answer holds back its own [Side]; both run independently, since a response can begin while its
/// request still flows.
public final class Exchange {
  private final Exchanges shared;
  private final Policy policy;
  private final ConnectionContext connection;
  private final Inquiry inquiry;
  private final Ledger ledger;
  private final Side request;
  private final Side response;
  private final Prospects prospects;

  private List<Reply> out = new ArrayList<>();
  private Map<String, String> requestHeaders = Map.of();
  private Map<String, String> responseHeaders = Map.of();
  private boolean over;
  private boolean recorded;
  private long accounted;

  Exchange(Exchanges shared, Policy policy, Streams streams, ConnectionContext connection) {
    this.shared = shared;
    this.policy = policy;
    this.connection = connection;
    this.inquiry = new Inquiry(policy, connection);
    this.ledger = new Ledger(connection, shared.ids());
    this.request = begin(Part.REQUEST);
    this.response = begin(Part.RESPONSE);
    this.prospects = new Prospects(policy, streams, request, response);
  }

  private Side side(Part part) {
    return part == Part.REQUEST ? request : response;
  }

  private Side begin(Part part) {
    return new Side(
        part, new Passage(part, reply -> out.add(reply)), policy.limits(), new Bench(part));
  }

  /// Takes one event and says what Envoy is to be told, in this order. After [Reply.Respond] or
  /// [Reply.Cut] nothing more is said.
  public List<Reply> on(Event event) {
    out = new ArrayList<>();
    if (event instanceof Event.Closed) {
      close();
    } else if (!over) {
      take(event);
      if (!over) {
        advance();
      }
    }
    return out;
  }

  /// Ends the exchange because of an error of our own, as far from open as is still possible.
  public List<Reply> fail() {
    out = new ArrayList<>();
    if (!over) {
      shared.metrics().fault();
      refuse(Refusal.error(500, "internal-error", "The gateway could not inspect this request."));
    }
    return out;
  }

  /// Ends the exchange because Envoy sent what it never should.
  public List<Reply> violated(String what) {
    out = new ArrayList<>();
    if (!over) {
      violation(what);
    }
    return out;
  }

  /// The name under which the event log knows this exchange.
  public String id() {
    return ledger.id();
  }

  /// Whether nothing can follow any more that would need a verdict.
  public boolean finished() {
    return recorded;
  }

  private void take(Event event) {
    switch (event) {
      case Event.RequestHeaders head -> requestHead(head);
      case Event.ResponseHeaders head -> responseHead(head);
      case Event.RequestBody body -> bytes(Part.REQUEST, body.bytes(), body.end());
      case Event.ResponseBody body -> bytes(Part.RESPONSE, body.bytes(), body.end());
      case Event.RequestTrailers(var fields) -> trailers(Part.REQUEST, fields);
      case Event.ResponseTrailers(var fields) -> trailers(Part.RESPONSE, fields);
      case Event.Closed _ -> close();
    }
  }

  private void bytes(Part part, ByteBuffer chunk, boolean last) {
    if (expected(part, chunk.hasRemaining())) {
      side(part).bytes(chunk, last);
    }
  }

  private void trailers(Part part, Map<String, String> fields) {
    if (expected(part, true)) {
      side(part).trailers(fields);
    }
  }

  /// Whether content can come here. Envoy may say twice that a body has ended.
  private boolean expected(Part part, boolean content) {
    Side side = side(part);
    boolean ended = side.passage().ended();
    if (!side.begun() || !prospects.streamed(part) || (ended && content)) {
      violation(ended ? "content after the end" : "content before its head, or not asked for");
      return false;
    }
    return !ended && !(part == Part.REQUEST && unheard());
  }

  /// Whether Envoy answers the request itself, so that it never leaves.
  private boolean unheard() {
    return response.begun() && !request.passage().headReleased();
  }

  private void requestHead(Event.RequestHeaders head) {
    if (request.begun() || response.begun()) {
      violation("a second head");
      return;
    }
    requestHeaders = head.headers();
    ledger.request(requestHeaders);
    if (connection.standing() instanceof ConnectionContext.Standing.Own(String reached)) {
      serve(reached);
      return;
    }
    Optional<Refusal> refusal = Admission.refuse(connection, requestHeaders);
    if (refusal.isPresent()) {
      refuse(refusal.get());
      return;
    }
    inquiry.know(Heads.request(requestHeaders));
    if (Admission.isUpgrade(requestHeaders)) {
      prospects.upgrade(Admission.isWebSocket(requestHeaders));
    }
    if (head.end()) {
      inquiry.know(Part.REQUEST, Facts.Body.EMPTY);
    }
    begin(request, head.end());
  }

  private void begin(Side side, boolean last) {
    Part part = side.part();
    boolean framed = prospects.framed(part) && !last;
    if (framed) {
      inquiry.endless(part);
    }
    side.begin(last, prospects.streamed(part), framed);
  }

  private void responseHead(Event.ResponseHeaders head) {
    if (response.begun()) {
      violation("a second head");
      return;
    }
    Facts.ResponseHead known = Heads.response(head.headers());
    ledger.status(known.code());
    if (!request.passage().headReleased()) {
      // No origin has seen this request: Envoy itself answers it, and it never leaves.
      ledger.unfinished("answered-by-envoy");
      request.passage().discard();
      response.beginFree(head.end());
      return;
    }
    responseHeaders = head.headers();
    inquiry.know(known);
    prospects.answered(known.code());
    if (prospects.turnedDown()) {
      request.lapse();
    }
    if (head.end()) {
      inquiry.know(Part.RESPONSE, Facts.Body.EMPTY);
    }
    if (!over) {
      begin(response, head.end());
    }
  }

  private void advance() {
    if (request.begun() && !unheard()) {
      request.consider();
    }
    if (!over && response.begun()) {
      response.consider();
    }
    if (!over) {
      account();
    }
    if (!over && gone(Part.REQUEST) && gone(Part.RESPONSE)) {
      record();
    }
  }

  private boolean gone(Part part) {
    Passage passage = side(part).passage();
    return prospects.streamed(part) ? passage.gone() : passage.headReleased();
  }

  private void account() {
    long held = request.passage().held() + response.passage().held();
    if (shared.held().change(accounted, held)) {
      accounted = held;
    } else {
      shared.metrics().outOfMemory();
      refuse(
          Refusal.block(
              403, "memory", "Too much content waits for inspection. Please try again later."));
    }
  }

  private void violation(String what) {
    shared.metrics().violation();
    ledger.refused(Refusal.error(500, "protocol-violation", what));
    end(new Reply.Cut("protocol violation: " + what));
  }

  private void refuse(Refusal refusal) {
    ledger.refused(refusal);
    // A head that has gone may still wait in Envoy, which then sends the page after all, or else
    // resets the stream.
    if (prospects.framed(Part.RESPONSE) && response.takesMessage()) {
      end(new Reply.Close(CloseFrame.of(refusal, id())));
    } else if (response.passage().released() > 0) {
      end(new Reply.Cut(refusal.reason().isEmpty() ? refusal.rule() : refusal.reason()));
    } else {
      BlockPage.Rendered page = ledger.page(refusal, shared.clock().instant(), version());
      end(new Reply.Respond(page.status(), page.headers(), page.body()));
    }
  }

  private void serve(String reached) {
    OwnSite.Page page =
        shared
            .site()
            .answer(
                new OwnSite.Request(
                    requestHeaders.getOrDefault(":method", ""),
                    requestHeaders.getOrDefault(":path", ""),
                    reached));
    ledger.served(page.status());
    end(new Reply.Serve(page));
  }

  private void end(Reply last) {
    over = true;
    out.add(last);
    release();
    record();
  }

  private void close() {
    if (!over) {
      request.lapse();
    }
    if (!over) {
      response.lapse();
    }
    over = true;
    out.clear();
    release();
    record();
  }

  private void release() {
    request.end();
    response.end();
    shared.held().change(accounted, 0);
    accounted = 0;
  }

  private void record() {
    if (recorded) {
      return;
    }
    recorded = true;
    if (!request.begun() && !ledger.refused() && connection.equals(ConnectionContext.UNKNOWN)) {
      // Envoy answered before any gate was asked: nobody and nothing could be named.
      return;
    }
    Map<String, BodyScan> scans = new LinkedHashMap<>();
    request.scanned().ifPresent(scan -> scans.put("request", scan));
    response.scanned().ifPresent(scan -> scans.put("response", scan));
    var event = ledger.event(shared.clock().instant(), version(), inquiry, scans);
    shared.metrics().ended(event.common().verdict());
    scans.values().forEach(scan -> scan.stopped().ifPresent(shared.metrics()::stopped));
    shared.events().record(event);
  }

  private String version() {
    return connection.standing() instanceof ConnectionContext.Standing.Refused refused
        ? refused.policyVersion()
        : policy.version();
  }

  /// What one side asks of this exchange.
  private final class Bench implements Side.Bench {
    private final Part part;

    Bench(Part part) {
      this.part = part;
    }

    @Override
    public Outcome ask() {
      return inquiry.ask(part);
    }

    @Override
    public Outcome askSoFar() {
      return inquiry.soFar(part);
    }

    @Override
    public Reply head() {
      return switch (part) {
        case REQUEST -> {
          boolean asks = !prospects.streamed(Part.RESPONSE) && inquiry.wantsResponseBody();
          if (asks) {
            prospects.askForResponse();
          }
          yield new Reply.ContinueRequestHeaders(
              new Reply.HeaderChanges(inquiry.requestHeaders(), removed()),
              asks ? Reply.ResponseBody.STREAMED : Reply.ResponseBody.AS_CONFIGURED);
        }
        case RESPONSE ->
            new Reply.ContinueResponseHeaders(
                unheard()
                    ? Reply.HeaderChanges.NONE
                    : new Reply.HeaderChanges(inquiry.responseHeaders(), List.of()));
      };
    }

    /// A body that a rule may refuse is asked for as a whole: cut in two, each part could hold half
    /// of what is looked for. A server may leave a range unheard (RFC 9110 14.2), so clients cope.
    private List<String> removed() {
      var names = new ArrayList<>(Heads.forged(requestHeaders));
      if (inquiry.mayRefuseResponseBody()) {
        names.addAll(Heads.ranges(requestHeaders));
      }
      // What an extension changes in the frames (RFC 7692) could not be read.
      if (prospects.framed(Part.REQUEST) && (request.inspecting() || inquiry.wantsResponseBody())) {
        names.addAll(Heads.extensions(requestHeaders));
      }
      return names;
    }

    @Override
    public BodyScan scan() {
      Map<String, String> headers = part == Part.REQUEST ? requestHeaders : responseHeaders;
      BodyScan scan = scan(headers);
      inquiry.know(part, scan);
      return scan;
    }

    private BodyScan scan(Map<String, String> headers) {
      ScanFactory scans = shared.scans();
      if (prospects.framed(part)) {
        return scans.ofSocket(kinds(), part == Part.REQUEST, policy.limits());
      }
      return Heads.isGrpc(headers)
          ? scans.ofGrpc(kinds(), Heads.grpcEncoding(headers), policy.limits())
          : scans.of(kinds(), Heads.contentEncoding(headers), policy.limits());
    }

    @Override
    public Set<String> kinds() {
      return policy.kinds(part.body());
    }

    @Override
    public void inspected(int bytes) {
      shared.metrics().inspected(part, bytes);
    }

    @Override
    public long progress() {
      return prospects.progress();
    }

    @Override
    public Optional<BodyScan.Stop> stopped(Set<Phase> needs) {
      return prospects.stopped(needs);
    }

    @Override
    public Optional<Refusal> deadEnd(Set<Phase> needs) {
      return prospects.deadEnd(needs);
    }

    @Override
    public boolean allowed(Decision decision, Optional<String> limit) {
      inquiry.decided(part, decision);
      limit.ifPresent(ledger::limit);
      return inquiry.wantsBody(part, decision);
    }

    @Override
    public boolean mayBeEnded() {
      return part == Part.RESPONSE && !request.settled();
    }

    @Override
    public Optional<Refusal> unexcused(Decision decision) {
      return part == Part.REQUEST ? Admission.refuse(connection, decision) : Optional.empty();
    }

    @Override
    public void refuse(Refusal refusal) {
      Exchange.this.refuse(refusal);
    }
  }
}

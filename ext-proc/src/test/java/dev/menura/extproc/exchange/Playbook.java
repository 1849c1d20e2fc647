package dev.menura.extproc.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.event.GatewayEvent;
import dev.menura.policy.Facts;
import dev.menura.policy.Policy;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A conversation with one exchange, written as a wire trace: what Envoy sends, and what it is
/// told.
///
/// Replies are compared in words, see [#words].
final class Playbook {
  static final Instant NOW = Instant.parse("2026-11-23T09:00:00Z");
  static final ConnectionContext TRUSTED =
      new ConnectionContext(
          "c1",
          new Facts.Connect("192.0.2.7", "shop.example", 443),
          new Facts.Hello("tls", "shop.example", ""),
          Facts.UpstreamCertificate.NONE,
          new ConnectionContext.Standing.Trusted());

  private final Policy policy;
  private final List<GatewayEvent> events = new ArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private ScanFactory scans = MarkScan::new;
  private HeldBytes held = new HeldBytes(HeldBytes.MAX_DEFAULT);
  private Streams streams = new Streams(true, false);
  private ConnectionContext connection = TRUSTED;
  private @Nullable Exchange exchange;
  private List<String> said = List.of();

  private Playbook(Policy policy) {
    this.policy = policy;
  }

  static Playbook playbook(Policy policy) {
    return new Playbook(policy);
  }

  private Exchange open() {
    ExchangeMetrics metrics = new ExchangeMetrics(meters, held);
    return new Exchanges(
            () -> policy,
            scans,
            held,
            events::add,
            metrics,
            Clock.fixed(NOW, ZoneOffset.UTC),
            () -> "r1",
            request ->
                new OwnSite.Page(
                    request.path().equals("/ca.pem") && request.reached().equals("192.0.2.80")
                        ? 200
                        : 404,
                    Map.of(),
                    ByteBuffer.allocate(0)))
        .open(streams, connection);
  }

  Playbook scans(ScanFactory factory) {
    scans = factory;
    return this;
  }

  Playbook headersOnly() {
    streams = new Streams(false, false);
    return this;
  }

  Playbook responseBodiesAlways() {
    streams = new Streams(true, true);
    return this;
  }

  Playbook held(HeldBytes budget) {
    held = budget;
    return this;
  }

  Playbook connection(ConnectionContext context) {
    connection = context;
    return this;
  }

  /// Envoy sends this.
  Playbook in(Event event) {
    return heard(exchange().on(event));
  }

  Playbook heard(List<Reply> replies) {
    assertThat(said).as("said and not expected").isEmpty();
    said = new ArrayList<>(replies.stream().map(Playbook::words).toList());
    return this;
  }

  /// It is told exactly this.
  Playbook out(String... expected) {
    assertThat(said).containsExactly(expected);
    said = List.of();
    return this;
  }

  Exchange exchange() {
    if (exchange == null) {
      exchange = open();
    }
    return exchange;
  }

  long heldNow() {
    return held.held();
  }

  SimpleMeterRegistry meters() {
    return meters;
  }

  /// The one event that the exchange has recorded.
  GatewayEvent.ExchangeEvent event() {
    assertThat(events).hasSize(1);
    return (GatewayEvent.ExchangeEvent) events.getFirst();
  }

  List<GatewayEvent> events() {
    return events;
  }

  static Event.RequestHeaders requestHeaders(String method, String path, String... more) {
    return new Event.RequestHeaders(head(method, path, more), false);
  }

  static Event.RequestHeaders wholeRequest(String method, String path, String... more) {
    return new Event.RequestHeaders(head(method, path, more), true);
  }

  private static Map<String, String> head(String method, String path, String... more) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(":method", method);
    headers.put(":path", path);
    headers.put(":scheme", "https");
    headers.put(":authority", "shop.example");
    headers.putAll(pairs(more));
    headers.values().removeIf("-"::equals);
    return headers;
  }

  private static Map<String, String> pairs(String... more) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (int i = 0; i < more.length; i += 2) {
      headers.put(more[i], more[i + 1]);
    }
    return headers;
  }

  static Event.RequestBody body(String text) {
    return new Event.RequestBody(bytes(text), false);
  }

  static Event.RequestBody lastBody(String text) {
    return new Event.RequestBody(bytes(text), true);
  }

  static Event.RequestTrailers requestTrailers() {
    return new Event.RequestTrailers(Map.of());
  }

  static Event.ResponseHeaders responseHeaders(int status, String... more) {
    Map<String, String> headers = pairs(more);
    headers.put(":status", Integer.toString(status));
    return new Event.ResponseHeaders(headers, false);
  }

  static Event.ResponseHeaders wholeResponse(int status) {
    return new Event.ResponseHeaders(Map.of(":status", Integer.toString(status)), true);
  }

  static Event.ResponseBody answer(String text) {
    return new Event.ResponseBody(bytes(text), false);
  }

  static Event.ResponseBody lastAnswer(String text) {
    return new Event.ResponseBody(bytes(text), true);
  }

  static Event.ResponseTrailers responseTrailers() {
    return new Event.ResponseTrailers(Map.of());
  }

  static Event.Closed closed() {
    return new Event.Closed();
  }

  static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)).asReadOnlyBuffer();
  }

  static String requestGoes() {
    return "request goes";
  }

  static String requestGoesAndAsksForTheResponseBody() {
    return "request goes, response body asked for";
  }

  static String responseGoes() {
    return "response goes";
  }

  static String requestBody(String text) {
    return "request body '" + text + "'";
  }

  static String requestBodyEnd(String text) {
    return "request body '" + text + "' end";
  }

  static String responseBody(String text) {
    return "response body '" + text + "'";
  }

  static String responseBodyEnd(String text) {
    return "response body '" + text + "' end";
  }

  static String requestTrailersGo() {
    return "request trailers go";
  }

  static String responseTrailersGo() {
    return "response trailers go";
  }

  static String block(String rule, int status) {
    return "respond " + status + " by " + rule;
  }

  static String respond(int status) {
    return "respond " + status;
  }

  static String cut(String reason) {
    return "cut: " + reason;
  }

  static String words(Reply reply) {
    return switch (reply) {
      case Reply.ContinueRequestHeaders go ->
          requestGoes()
              + changes(go.changes())
              + (go.responseBody() == Reply.ResponseBody.STREAMED
                  ? ", response body asked for"
                  : "");
      case Reply.ReleaseRequestBody go ->
          go.end() ? requestBodyEnd(text(go.bytes())) : requestBody(text(go.bytes()));
      case Reply.ContinueRequestTrailers _ -> requestTrailersGo();
      case Reply.ContinueResponseHeaders go -> responseGoes() + changes(go.changes());
      case Reply.ReleaseResponseBody go ->
          go.end() ? responseBodyEnd(text(go.bytes())) : responseBody(text(go.bytes()));
      case Reply.ContinueResponseTrailers _ -> responseTrailersGo();
      case Reply.Respond page -> {
        String rule = page.headers().get("x-menura-rule");
        yield rule == null ? respond(page.status()) : block(rule, page.status());
      }
      case Reply.Close(var frame) -> "close: " + closeReason(frame);
      case Reply.Serve(var page) -> "own page " + page.status();
      case Reply.Cut end -> cut(end.reason());
    };
  }

  private static String closeReason(ByteBuffer frame) {
    var head = frame.duplicate();
    assertThat(head.get() & 0xff).isEqualTo(0x88);
    assertThat(head.get()).isEqualTo((byte) (frame.remaining() - 2));
    return head.getShort() + " " + StandardCharsets.US_ASCII.decode(head);
  }

  private static String changes(Reply.HeaderChanges changes) {
    return (changes.set().isEmpty() ? "" : " with " + new TreeMap<>(changes.set()))
        + (changes.remove().isEmpty() ? "" : " without " + changes.remove());
  }

  static String text(List<ByteBuffer> bytes) {
    StringBuilder text = new StringBuilder();
    bytes.forEach(b -> text.append(StandardCharsets.ISO_8859_1.decode(b.duplicate())));
    return text.toString();
  }
}

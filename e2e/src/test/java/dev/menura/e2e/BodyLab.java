package dev.menura.e2e;

import io.micrometer.core.instrument.Counter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/// A gateway whose policy looks for card numbers in all bodies, with an origin for each version of
/// HTTP and one client.
///
/// Messages with `window` in the path flow through the detectors' window from their first byte, the
/// others are held.
final class BodyLab implements AutoCloseable {
  /// @param least how many card numbers a message must hold to be blocked
  static String rules(int least) {
    return """
    - {name: request-window, hold: window, then: block,
       when: "request.path.contains('window') && request.body.count('credit-card') >= LEAST"}
    - {name: request-held, then: block, when: "request.body.count('credit-card') >= LEAST"}
    - {name: response-window, hold: window, then: block,
       when: "request.path.contains('window') && response.body.count('credit-card') >= LEAST"}
    - {name: response-held, then: block, when: "response.body.count('credit-card') >= LEAST"}
    - {name: all, when: true, then: allow}
    """
        .replace("LEAST", Integer.toString(least));
  }

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final Lab lab;
  final GoSession session;
  final Inspected inspectedOfRequests;
  final Inspected inspectedOfResponses;
  private final Map<Protocol, Origin> origins = new EnumMap<>(Protocol.class);
  private final AtomicInteger cases = new AtomicInteger();

  private BodyLab(Path folder, String rules) {
    lab = Lab.start(folder, rules);
    session = GoSession.through(lab);
    inspectedOfRequests = new Inspected(lab, "request");
    inspectedOfResponses = new Inspected(lab, "response");
    for (Protocol protocol : Protocol.values()) {
      origins.put(
          protocol, Origin.tls(folder, lab.root.leaf(host(protocol)), "-alpn", protocol.alpn));
    }
  }

  static BodyLab start(Path folder) {
    return new BodyLab(folder, rules(1));
  }

  static BodyLab start(Path folder, String rules) {
    return new BodyLab(folder, rules);
  }

  private static String host(Protocol protocol) {
    return protocol == Protocol.HTTP2 ? "two.test" : "one.test";
  }

  /// The origin that speaks this version of HTTP.
  Origin origin(Protocol protocol) {
    var origin = origins.get(protocol);
    if (origin == null) {
      throw new IllegalStateException("no origin for " + protocol);
    }
    return origin;
  }

  /// A path that no other request has.
  String freshPath(String path) {
    return path + (path.contains("?") ? "&" : "?") + "case=" + letters(cases.incrementAndGet());
  }

  /// A number without digits, so that a request's head has none.
  private static String letters(int number) {
    var text = Integer.toString(number).chars().map(digit -> digit - '0' + 'a');
    return text.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /// A request over this version of HTTP, on to an origin that speaks the other one.
  Call call(String method, Protocol client, Protocol origin, String path) {
    return session.call(method, origin(origin).url(host(origin), path)).over(client);
  }

  /// Waits until a request that nothing forbids has gone all the way. What was sent to the origin
  /// before has then arrived too.
  void fence(Protocol client, Protocol origin) {
    var path = freshPath("/fence");
    var fence = call("GET", client, origin, path).ask();
    if (fence.status() != 200 || !fence.ending().equals("end")) {
      throw new AssertionError("a request that nothing forbids failed: " + fence.last());
    }
    origin(origin).awaitRequest(path);
  }

  /// How many exchanges have ended.
  long ended() {
    return Math.round(
        lab.meters.get("menura.exchanges").counters().stream().mapToDouble(Counter::count).sum());
  }

  /// Waits until so many exchanges have ended.
  void awaitEnded(long exchanges) {
    Awaitility.await("exchange " + exchanges + " to end")
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> ended() >= exchanges);
  }

  @Override
  public void close() {
    session.close();
    origins.values().forEach(Origin::close);
    lab.close();
  }
}

package dev.menura.extproc.exchange;

import dev.menura.extproc.inspect.BodyScan;
import dev.menura.policy.Phase;
import dev.menura.policy.Policy;
import java.util.Optional;
import java.util.Set;

/// What can still become known of the two bodies of an exchange.
final class Prospects {
  private final Policy policy;
  private final Streams streams;
  private final Side request;
  private final Side response;
  private boolean responseAskedFor;
  private boolean upgrade;
  private boolean webSocket;
  private boolean tunnel;

  Prospects(Policy policy, Streams streams, Side request, Side response) {
    this.policy = policy;
    this.streams = streams;
    this.request = request;
    this.response = response;
  }

  /// The body of the response is asked for.
  void askForResponse() {
    responseAskedFor = true;
  }

  /// The request asks to turn the connection into a tunnel.
  void upgrade(boolean toWebSocket) {
    upgrade = true;
    webSocket = toWebSocket;
  }

  /// Whether this message consists of the frames of a WebSocket, in a stream that has no end at
  /// which it would be complete.
  boolean framed(Part part) {
    return webSocket && (part == Part.REQUEST || tunnel);
  }

  /// Whether the origin has not granted what an upgrade asked for.
  boolean turnedDown() {
    return upgrade && !tunnel;
  }

  /// The response has come; with these statuses it grants what an upgrade asked for. Envoy makes a
  /// 101 of the 200 that grants a WebSocket over HTTP/2.
  void answered(int code) {
    tunnel = code == 101 || (upgrade && !webSocket && code == 200);
  }

  /// Whether Envoy sends the body of this message.
  boolean streamed(Part part) {
    return switch (part) {
      case REQUEST -> streams.requestBodies();
      case RESPONSE -> streams.responseBodies() || responseAskedFor;
    };
  }

  /// A number that grows with everything that can change the policy's answer.
  long progress() {
    return progress(request, Phase.REQUEST_BODY) + progress(response, Phase.RESPONSE_BODY);
  }

  private long progress(Side side, Phase body) {
    long progress = side.passage().ended() ? 1 : 0;
    progress += side.settled() ? 1 : 0;
    if (side.scanned().isPresent()) {
      BodyScan scan = side.scanned().get();
      progress += scan.stopped().isPresent() ? 1 : 0;
      for (String kind : policy.kinds(body)) {
        progress += scan.count(kind);
      }
    }
    return progress;
  }

  /// Why content of these phases will never be known as a whole.
  Optional<BodyScan.Stop> stopped(Set<Phase> needs) {
    return needs.stream()
        .flatMap(phase -> scan(phase).stream())
        .flatMap(scan -> scan.stopped().stream())
        .findFirst();
  }

  private Optional<BodyScan> scan(Phase phase) {
    return switch (phase) {
      case REQUEST_BODY -> request.scanned();
      case RESPONSE_BODY -> response.scanned();
      case CONNECT, HELLO, UPSTREAM_CERTIFICATE, REQUEST_HEADERS, RESPONSE_HEADERS ->
          Optional.empty();
    };
  }

  /// Why these phases cannot become known any more, where that is so.
  Optional<Refusal> deadEnd(Set<Phase> needs) {
    if (!webSocket
        && ((needs.contains(Phase.REQUEST_BODY) && upgrade)
            || (needs.contains(Phase.RESPONSE_BODY) && tunnel))) {
      return Optional.of(
          Refusal.block(
              403,
              "cannot-inspect-upgrade",
              "The policy asks for the content of a connection that has no end."));
    }
    if (needs.contains(Phase.REQUEST_BODY) && !streamed(Part.REQUEST)) {
      return Optional.of(
          Refusal.error(503, "policy-changed", "The policy has just changed. Please try again."));
    }
    return needs.stream().allMatch(this::exhausted)
        ? Optional.of(
            Refusal.error(503, "undecidable", "What the policy asks about cannot become known."))
        : Optional.empty();
  }

  private boolean exhausted(Phase phase) {
    return switch (phase) {
      case REQUEST_BODY -> request.passage().ended();
      case RESPONSE_BODY -> !streamed(Part.RESPONSE) || response.passage().ended();
      case CONNECT, HELLO, UPSTREAM_CERTIFICATE, REQUEST_HEADERS, RESPONSE_HEADERS -> true;
    };
  }
}

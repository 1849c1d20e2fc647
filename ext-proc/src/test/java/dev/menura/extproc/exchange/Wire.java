package dev.menura.extproc.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/// The part of Envoy in an exchange: keeps what has left in each direction, and holds replies to
/// their order.
final class Wire {
  /// One direction.
  static final class Line {
    boolean head;
    boolean end;
    final StringBuilder body = new StringBuilder();

    private void head(boolean whole) {
      assertThat(head).as("one head").isFalse();
      head = true;
      end = whole;
    }

    private void body(String text, boolean last) {
      assertThat(head).as("a head in front of the body").isTrue();
      assertThat(end).as("nothing behind the end").isFalse();
      body.append(text);
      end = last;
    }

    private void trailers() {
      body("", true);
    }
  }

  private final boolean wholeRequest;
  private final boolean wholeResponse;

  /// What the origin got.
  final Line toOrigin = new Line();

  /// What the client got of the origin's answer.
  final Line toClient = new Line();

  boolean responseBodyAskedFor;

  /// The status of our own answer, 0 while there is none.
  int answered;

  boolean cut;

  Wire(boolean wholeRequest, boolean wholeResponse) {
    this.wholeRequest = wholeRequest;
    this.wholeResponse = wholeResponse;
  }

  boolean over() {
    return answered != 0 || cut;
  }

  void take(List<Reply> replies) {
    for (Reply reply : replies) {
      assertThat(over()).as("nothing is said after the last reply").isFalse();
      switch (reply) {
        case Reply.ContinueRequestHeaders go -> {
          toOrigin.head(wholeRequest);
          responseBodyAskedFor = go.responseBody() == Reply.ResponseBody.STREAMED;
        }
        case Reply.ReleaseRequestBody go -> toOrigin.body(Playbook.text(go.bytes()), go.end());
        case Reply.ContinueRequestTrailers _ -> toOrigin.trailers();
        case Reply.ContinueResponseHeaders _ -> toClient.head(wholeResponse);
        case Reply.ReleaseResponseBody go -> toClient.body(Playbook.text(go.bytes()), go.end());
        case Reply.ContinueResponseTrailers _ -> toClient.trailers();
        case Reply.Respond page -> {
          assertThat(toClient.body).as("an answer only before the origin's").isEmpty();
          answered = page.status();
        }
        case Reply.Serve(var page) -> answered = page.status();
        case Reply.Close _ -> throw new AssertionError("no WebSocket");
        case Reply.Cut _ -> cut = true;
      }
    }
  }
}

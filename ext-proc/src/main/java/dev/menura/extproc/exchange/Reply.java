package dev.menura.extproc.exchange;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/// What Envoy is told about one exchange. The counterpart to [Event].
///
/// In each direction the head's reply comes first, then the body's in the order of its bytes, then
/// that of the trailers. [Respond], [Close], [Serve] and [Cut] are the last reply of their
/// exchange.
public sealed interface Reply {
  /// Lets the head of the request go.
  record ContinueRequestHeaders(HeaderChanges changes, ResponseBody responseBody)
      implements Reply {}

  /// Lets bytes of the request's body go, in this order.
  ///
  /// @param end true where the request ends with them
  record ReleaseRequestBody(List<ByteBuffer> bytes, boolean end) implements Reply {
    public ReleaseRequestBody {
      bytes = List.copyOf(bytes);
    }
  }

  record ContinueRequestTrailers() implements Reply {}

  /// Lets the head of the response go.
  record ContinueResponseHeaders(HeaderChanges changes) implements Reply {}

  /// Lets bytes of the response's body go, in this order.
  ///
  /// @param end true where the response ends with them
  record ReleaseResponseBody(List<ByteBuffer> bytes, boolean end) implements Reply {
    public ReleaseResponseBody {
      bytes = List.copyOf(bytes);
    }
  }

  record ContinueResponseTrailers() implements Reply {}

  /// Answers the client in the origin's place; what is held of the message is dropped. Where the
  /// head of the origin's answer has left Envoy already, Envoy resets the stream instead.
  record Respond(int status, Map<String, String> headers, String body) implements Reply {
    public Respond {
      headers = Map.copyOf(headers);
    }
  }

  /// Ends a WebSocket for its client with a frame that says why, and for its origin by closing the
  /// connection. What had gone before ends with a whole message.
  ///
  /// @param frame the whole frame
  record Close(ByteBuffer frame) implements Reply {}

  /// Answers the client with a page of the gateway's own.
  record Serve(OwnSite.Page page) implements Reply {}

  /// Ends the exchange without an answer: what has begun is reset on both sides.
  ///
  /// @param reason a word for the log
  record Cut(String reason) implements Reply {}

  /// Whether Envoy is to send the body of the response.
  enum ResponseBody {
    AS_CONFIGURED,
    STREAMED
  }

  /// What Envoy is to change in a head before it goes.
  ///
  /// @param set headers that are added, or replaced where they are there already
  /// @param remove names of headers
  record HeaderChanges(Map<String, String> set, List<String> remove) {
    public static final HeaderChanges NONE = new HeaderChanges(Map.of(), List.of());

    public HeaderChanges {
      set = Map.copyOf(set);
      remove = List.copyOf(remove);
    }
  }
}

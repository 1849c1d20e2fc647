package dev.menura.extproc.exchange;

import java.nio.ByteBuffer;
import java.util.Map;

/// What Envoy sent about one exchange. The counterpart to [Reply].
public sealed interface Event {
  /// The head of the request: the first event of every exchange.
  ///
  /// @param headers names in lower case, pseudo-headers included; the values of a repeated header
  ///   are joined by a comma, those of cookies by `; `
  /// @param end true where the request has neither body nor trailers
  record RequestHeaders(Map<String, String> headers, boolean end) implements Event {
    public RequestHeaders {
      headers = Map.copyOf(headers);
    }
  }

  /// Bytes of the request's body. Nobody changes them any more.
  ///
  /// @param end true where the body ends with these bytes and no trailers follow
  record RequestBody(ByteBuffer bytes, boolean end) implements Event {}

  /// The trailers of the request, with which it ends.
  ///
  /// @param fields as the headers of [RequestHeaders]
  record RequestTrailers(Map<String, String> fields) implements Event {
    public RequestTrailers {
      fields = Map.copyOf(fields);
    }
  }

  /// The head of the response, which may come before the request has ended.
  ///
  /// @param headers as those of [RequestHeaders]
  /// @param end as that of [RequestHeaders]
  record ResponseHeaders(Map<String, String> headers, boolean end) implements Event {
    public ResponseHeaders {
      headers = Map.copyOf(headers);
    }
  }

  /// Bytes of the response's body.
  ///
  /// @param end as that of [RequestBody]
  record ResponseBody(ByteBuffer bytes, boolean end) implements Event {}

  /// The trailers of the response, with which it ends.
  ///
  /// @param fields as the headers of [RequestHeaders]
  record ResponseTrailers(Map<String, String> fields) implements Event {
    public ResponseTrailers {
      fields = Map.copyOf(fields);
    }
  }

  /// Envoy has closed the stream: nothing follows.
  record Closed() implements Event {}
}

package dev.menura.extproc.exchange;

import dev.menura.policy.Phase;
import java.nio.ByteBuffer;
import java.util.List;

/// One of the two messages of an exchange, and how replies about it are called.
enum Part {
  REQUEST(Phase.REQUEST_BODY) {
    @Override
    Reply release(List<ByteBuffer> bytes, boolean end) {
      return new Reply.ReleaseRequestBody(bytes, end);
    }

    @Override
    Reply trailers() {
      return new Reply.ContinueRequestTrailers();
    }
  },
  RESPONSE(Phase.RESPONSE_BODY) {
    @Override
    Reply release(List<ByteBuffer> bytes, boolean end) {
      return new Reply.ReleaseResponseBody(bytes, end);
    }

    @Override
    Reply trailers() {
      return new Reply.ContinueResponseTrailers();
    }
  };

  private final Phase body;

  Part(Phase body) {
    this.body = body;
  }

  /// The phase in which the body of this message becomes known.
  Phase body() {
    return body;
  }

  abstract Reply release(List<ByteBuffer> bytes, boolean end);

  abstract Reply trailers();
}
